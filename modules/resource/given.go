package resource

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/itip"
	"usher/milter/filter"
	"usher/milter/imip"
)

// given is what follows when a member decides: who passes the invitation on says so first, and others that have an older
// booking lose it.
func (s *search) given(to *member, d decision, how string) (decision, error) {
	if to.verdict != nil {
		d.notes = nil // they are among the findings
	}
	d.notes, d.chosen = append(s.findings, d.notes...), []*facility{to.room}
	d.why = strings.Join(append(s.whys(to.room), fmt.Sprintf("%s (%s): %s", to.room.Name, how, d.why)), ", ")
	if !d.handled {
		return d, nil
	}
	for _, m := range s.members {
		d.rests = append(d.rests, m.room.Calendar)
	}
	if answers(d.effects) {
		d.effects = append([]filter.Effect{s.passed(to)}, d.effects...)
	}
	for _, m := range s.members {
		if m == to {
			continue
		}
		left, err := m.elsewhere()
		if err != nil {
			return decision{}, fmt.Errorf("%s: %w", m.room.Name, err)
		}
		d.effects = append(d.effects, left...)
	}
	return d, nil
}

// elsewhere is the end of what is booked, if something is, as another member has it now.
func (b *booking) elsewhere() ([]filter.Effect, error) {
	if b.stored == nil || buried(b.stored) && !b.repeated() {
		return nil, nil
	}
	return b.leaves(movedOn)
}

// passed is the answer of who passes the invitation on.
func (s *search) passed(to *member) filter.Send {
	w := s.collectionWords()
	name, event := imip.Line(to.room.Name, maxName), title(s.incoming)
	id := s.answerID(s.invited.Address, itip.Delegated) + "/" + to.room.Mail().String()
	text := fmt.Sprintf(w.text, imip.Line(s.room.Name, maxName), event, s.span(), name)
	reply := to.passing
	if len(s.said) > 0 {
		comment := strings.Join(s.said, "\n\n")
		text += "\n\n" + comment
		reply = reply.Clone()
		for _, c := range reply.Scheduled() {
			c.SetText("COMMENT", comment)
		}
	}
	return s.send(id, fmt.Sprintf(w.subject, event), text, reply)
}

// answers tells whether effects hold an answer to the organizer.
func answers(effects []filter.Effect) bool {
	return slices.ContainsFunc(effects, func(e filter.Effect) bool {
		send, ok := e.(filter.Send)
		return ok && strings.HasPrefix(send.ID, "reply/")
	})
}

// nobody declines: no member can have it. What one has of it goes, as the event has moved away from it.
func (s *search) nobody(ctx context.Context) (decision, error) {
	if s.left != "" {
		return decision{why: strings.Join(s.whys(nil), ", "), notes: s.findings}, nil
	}
	a := answer{partstat: declined, said: []string{s.reasons()}}
	if err := s.offers(ctx, &a); err != nil {
		return decision{}, err
	}
	d := done(strings.Join(append(s.whys(nil), declined), ", "), s.reply(a))
	d.notes = s.findings
	for _, m := range s.members {
		if m.outdated() && !m.repeated() {
			continue // it is remembered already
		}
		left, err := m.leaves(declined)
		if err != nil {
			return untouched("%s: %v", m.room.Name, err), nil
		}
		d.effects = append(d.effects, left...)
	}
	return d.with(s.trace()...).with(s.notices(declined, verdict{step: stepDecline})...), nil
}

// trace is what a declined request leaves with the first member, where none has anything of the event.
func (s *search) trace() []filter.Effect {
	if len(s.members) == 0 || slices.ContainsFunc(s.members, func(m *member) bool { return m.stored != nil }) {
		return nil
	}
	m := s.members[0]
	if left := m.trace(); left != nil {
		return []filter.Effect{m.put(left, declined, nil)}
	}
	return nil
}

// reasons say of each member why not.
func (s *search) reasons() string {
	w := s.collectionWords()
	lines := []string{w.none}
	for n, f := range s.refused {
		if n < maxExplained {
			lines = append(lines, "- "+imip.Line(f.Name, maxName)+": "+w.refused)
		}
	}
	for n, m := range s.members {
		if n == maxExplained {
			lines = append(lines, fmt.Sprintf(s.words().more, len(s.members)-n))
			break
		}
		if m.verdict != nil && m.verdict.step == stepDecline {
			lines = append(lines, "- "+imip.Line(m.room.Name, maxName)+": "+m.reason())
		}
	}
	if len(lines) == 1 {
		return w.nobody
	}
	return strings.Join(lines, "\n")
}

// reason is why a member declines, without what is in its way.
func (m *member) reason() string {
	line, _, _ := strings.Cut(m.because(*m.verdict), "\n")
	return strings.TrimRight(line, " :.")
}

// opening is a time at which a member could be booked.
type opening struct {
	itip.Instance
	who *facility
}

// offers add when members are next free: as many times as the collection offers, and one at least. Each has been judged
// by the member as the request for it would be.
func (s *search) offers(ctx context.Context, a *answer) error {
	var all []opening
	for _, m := range s.members {
		if m.verdict == nil {
			continue
		}
		slots, err := m.slots(ctx, *m.verdict)
		if err != nil {
			return err
		}
		for _, i := range slots {
			all = append(all, opening{i, m.room})
		}
	}
	slices.SortStableFunc(all, func(a, b opening) int { return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End)) })
	all = slices.CompactFunc(all, func(a, b opening) bool { return a.Start.Equal(b.Start) })
	var lines []string
	for _, o := range all[:min(len(all), max(1, s.collection.rules.Alternatives))] {
		lines = append(lines, fmt.Sprintf("- %s (%s)", s.times(o.Start, o.End), imip.Line(o.who.Name, maxName)))
	}
	a.list(s.words().offer, lines)
	return nil
}
