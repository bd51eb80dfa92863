package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// search is the way of one invitation to a member of a collection.
type search struct {
	*booking   // of who is invited: the collection, or a member that had the booking
	collection *facility
	family     []*facility
	members    []*member // that could have it
	notes      []string  // for the log: who could not, or did not want to
	unreadable error     // why a member's calendar could not be read
}

// member is a member's view of the invitation.
type member struct {
	booking
	passing *itip.Object // REPLY of who passes it on
	verdict *verdict
	because string // of a verdict, for the answer
}

// look finds the members that may have the invitation, and what they have of it already.
func (s *search) look(ctx context.Context) error {
	for _, f := range s.family {
		if f.DN == s.room.DN {
			continue // it passes the invitation on
		}
		if why := s.out(f); why != "" {
			s.note(f, why)
			continue
		}
		m := &member{booking: *s.booking}
		m.room, m.via, m.stored, m.version = s.fitting(f), s.collection.Mail(), nil, ""
		if err := m.find(ctx); err != nil {
			return err
		}
		if m.stored != nil && !s.ours(m) {
			s.note(f, "has the event already")
			continue
		}
		var err error
		if m.passing, m.incoming, err = s.passOn(f, s.family); err != nil {
			s.note(f, err.Error())
			continue
		}
		m.invited, _ = invited(m.incoming, f.Addresses)
		s.members = append(s.members, m)
	}
	return nil
}

// out says why a member is none that the invitation can be passed on to, or "".
func (s *search) out(f *facility) string {
	switch u, listed := invited(s.incoming, f.Addresses); {
	case f.Mail() == "":
		return "has no address"
	case s.touches(f, s.incoming.UID()):
		return "has it by the same mail"
	case listed && !passedOn(u):
		return "is invited itself"
	}
	return ""
}

// ours tells whether what a member has was passed on by this collection, or is over.
func (s *search) ours(m *member) bool {
	return m.sameOrganizer() && (tombstone(m.stored) || s.collection.called(cameThrough(m.stored)))
}

// fitting is a member as the strategy wants it treated: what is chosen by size has to be large enough.
func (s *search) fitting(f *facility) *facility {
	if s.collection.rules.Strategy != "smallest_fit" {
		return f
	}
	g := *f
	g.rules.EnforceCapacity = true
	return &g
}

func (s *search) note(f *facility, why string) { s.notes = append(s.notes, f.Name+": "+why) }

// story is what is noted, and how it ended.
func (s *search) story(end string) string {
	notes := s.notes
	if len(notes) > maxExplained {
		notes = append(slices.Clone(notes[:maxExplained]), fmt.Sprintf("and %d more", len(notes)-maxExplained))
	}
	return strings.Join(append(slices.Clone(notes), end), ", ")
}

// cancelled tells whether a member knows that the event was cancelled later than it was asked for.
func (s *search) cancelled() bool {
	return slices.ContainsFunc(s.members, func(m *member) bool {
		return m.stored != nil && tombstone(m.stored) && itip.CompareObjects(m.stored, s.incoming) != itip.Newer
	})
}

// holder is the member that has the booking: the one that got it by this very mail, else the first.
func (s *search) holder() *member {
	var first *member
	for _, m := range s.members {
		switch {
		case m.stored == nil || tombstone(m.stored):
		case m.repeated():
			return m
		case first == nil:
			first = m
		}
	}
	return first
}

// refused notes that a member will not have it.
func (m *member) refused(v verdict) {
	m.verdict, m.because = &v, m.reason(v)
}

// reason is the first line of why a member declines.
func (m *member) reason(v verdict) string {
	line, _, _ := strings.Cut(m.booking.because(v), "\n")
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(line), " :"), ":")
}

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

func (s *search) ask(ctx context.Context, m *member) error {
	v, d, err := m.weigh(ctx)
	switch {
	case errors.Is(err, calendar.ErrUnreadable):
		s.unreadable = fmt.Errorf("%s: %w", m.room.Name, err)
		s.note(m.room, "its calendar cannot be read")
	case err != nil:
		return err
	case v == nil:
		s.note(m.room, d.why)
	default:
		s.note(m.room, v.words())
		m.refused(*v)
	}
	return nil
}

// given is what follows from a member's decision: who passes the invitation on says so first, and others that have an
// older booking lose it.
func (s *search) given(to *member, d decision, how string) (decision, error) {
	if !d.handled {
		d.why = to.room.Name + ": " + d.why
		return d, nil
	}
	if answers(d.effects) {
		d.effects = append([]filter.Effect{s.passed(to.room, to.passing)}, d.effects...)
	}
	for _, m := range s.members {
		if m != to && m.stored != nil && !tombstone(m.stored) {
			d.effects = append(d.effects, m.leaves()...)
		}
	}
	d.why = s.story(fmt.Sprintf("%s (%s): %s", to.room.Name, how, d.why))
	return d, nil
}

// nobody declines: no member can have it. What one has of it goes, as the event has moved away from it.
func (s *search) nobody(ctx context.Context) (decision, error) {
	a := answer{partstat: declined, said: []string{s.reasons(ctx)}}
	d := done(s.story(declined), s.reply(a))
	for _, m := range s.members {
		freed, err := m.free()
		if err != nil {
			return untouched("%s: what is booked cannot be freed: %v", m.room.Name, err), nil
		}
		d.effects = append(append(d.effects, freed...), m.dropped(freed)...)
	}
	return d, nil
}

// reasons say of each member why not.
func (s *search) reasons(context.Context) string {
	w := s.collectionWords()
	lines := []string{w.none}
	for _, m := range s.members {
		if m.because != "" && len(lines) <= maxExplained {
			lines = append(lines, "- "+m.room.Name+": "+m.because)
		}
	}
	if len(lines) == 1 {
		return w.nobody
	}
	return strings.Join(lines, "\n")
}
