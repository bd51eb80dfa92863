package resource

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// choose asks all members and gives the one that is to have it, or nil. A calendar that cannot be read is not free; it
// is in nobody's way as long as another member is.
func (s *search) choose(ctx context.Context) (*member, error) {
	var choices []choice
	var able []*member
	for _, m := range s.members {
		if m.verdict == nil {
			if err := s.ask(ctx, m); err != nil {
				return nil, err
			}
		}
		if m.verdict == nil || m.verdict.step == stepDecline {
			continue
		}
		c, err := s.choice(ctx, m)
		if err != nil {
			return nil, err
		}
		choices, able = append(choices, c), append(able, m)
	}
	if i := choose(s.collection.rules.Strategy, s.incoming.UID(), choices); i >= 0 {
		return able[i], nil
	}
	return nil, s.unreadable
}

// ask has a member judge the invitation.
func (s *search) ask(ctx context.Context, m *member) error {
	if m.outdated() && !m.repeated() {
		if m.declinedByOwner() {
			s.refused = append(s.refused, m.room)
		}
		s.note(m.room, over(m.stored))
		return nil
	}
	v, d, err := m.weighAnew(ctx)
	switch {
	case errors.Is(err, calendar.ErrUnreadable):
		s.unreadable = fmt.Errorf("%s: %w", m.room.Name, err)
		s.note(m.room, "its calendar cannot be read")
	case err != nil:
		return err
	case v == nil:
		s.note(m.room, d.why)
		s.left = d.why
	default:
		s.judged(m, *v)
	}
	return nil
}

// weighAnew is weigh, and judges a message that was declined when it came first once more: for the reasons.
func (m *member) weighAnew(ctx context.Context) (*verdict, decision, error) {
	if !m.repeated() || !buried(m.stored) {
		return m.weigh(ctx)
	}
	o, err := itip.Update(nil, m.incoming)
	if err != nil {
		return nil, untouched("%v", err), nil
	}
	v, err := m.judge(ctx, o)
	return &v, decision{}, err
}

// judged keeps what a member says.
func (s *search) judged(m *member, v verdict) {
	m.verdict = &v
	s.note(m.room, v.words())
	s.findings = append(s.findings, m.notes(v)...)
}

// around is how far before and after the time asked for bookings count for the strategies that spread them.
const around = 14 * 24 * time.Hour

// choice is what a strategy has to know of a member that can take the invitation.
func (s *search) choice(ctx context.Context, m *member) (c choice, err error) {
	v, strategy := m.verdict, s.collection.rules.Strategy
	c = choice{name: m.room.DN, step: v.step, left: len(v.out), cut: !v.cut.IsZero(), capacity: m.room.rules.Capacity}
	if strategy == "least_used" || strategy == "round_robin" {
		c.hours, c.bookings, err = m.load(ctx, first(v.instances).Add(-around), first(v.instances).Add(around))
	}
	return c, err
}

// load is how long and by how many others a member is booked within a stretch of time.
func (m *member) load(ctx context.Context, from, to time.Time) (hours time.Duration, bookings int, err error) {
	busy, _, err := m.calendars.Busy(ctx, m.room.Calendar, calendar.Span{From: from, To: to})
	if err != nil {
		return 0, 0, fmt.Errorf("read calendar %s: %w", m.room.Calendar, err)
	}
	seen := map[string]bool{}
	for _, p := range m.withPlanned(busy) {
		if start, end := latest(p.From, from), earliest(p.To, to); start.Before(end) && p.UID != m.incoming.UID() {
			hours += end.Sub(start)
			seen[p.UID] = true
		}
	}
	return hours, len(seen), nil
}
