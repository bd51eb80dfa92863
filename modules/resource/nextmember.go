package resource

import (
	"context"
	"strings"

	"usher/itip"
	"usher/ldapdir"
)

// handOn is what follows when a booking cannot be had for its owner. One that a collection chose goes to the next member
// that can take it; where none is left the collection declines as well (RFC 5546 4.2.7). An instance stays with its series.
func (h *heard) handOn(ctx context.Context, a answer, knows *ldapdir.Entry) (decision, error) {
	change := h.without()
	via := h.collectionOf(cameThrough(h.stored))
	if via == "" || !buried(change.Object) {
		return h.tell(a, change, knows), nil
	}
	before := itip.Cause("") // what an earlier attempt has decided
	if c := h.stored.Cause(); c.Same(h.cause()) {
		before = c
	}
	c := h.booking
	c.via, c.incoming = via, asAsked(h.incoming)
	s, err := c.siblings(ctx)
	if err != nil {
		return decision{}, err
	}
	s.said = append(h.word(), a.said...)
	d, ok, err := s.next(ctx, before.Decision())
	if err != nil {
		return decision{}, err
	}
	if !ok {
		return s.noneLeft(ctx, h.tell(a, change, knows))
	}
	change.Cause = itip.CauseOfMessage(h.answer, h.owner.Mail(), h.room.Mail(), movedOn)
	d = d.with(change).with(h.closes(a.partstat, knows)...)
	d.why = h.decidedWhy() + ": " + d.why
	return d, nil
}

// next gives the booking to another member, the same one that got it when the same answer came before. ok is false where
// there is none.
func (s *search) next(ctx context.Context, before string) (d decision, ok bool, err error) {
	to := s.holder()
	switch {
	case to != nil && to.repeated():
		if _, d, err = to.weigh(ctx); err == nil {
			d, err = s.given(to, d, "in its place")
		}
		return d, true, err
	case before == movedOn:
		return done("passed on before"), true, nil
	}
	if to, err = s.choose(ctx); to == nil || before == declined || err != nil {
		return decision{}, false, err
	}
	if d, err = to.carryOut(ctx, *to.verdict); err != nil || !d.handled {
		return decision{}, false, err
	}
	d, err = s.given(to, d, "in its place")
	return d, true, err
}

// noneLeft adds the collection's own decline to that of the last member.
func (s *search) noneLeft(ctx context.Context, d decision) (decision, error) {
	c := *s
	member := *s.booking
	c.booking = &member
	if u, listed := invited(c.incoming, s.collection.Addresses); listed {
		c.invited = u
	} else {
		c.invited = itip.User{Address: s.collection.Mail()}
	}
	c.refused = append([]*facility{s.room}, s.refused...)
	c.room = s.collection
	a := answer{partstat: declined, said: []string{c.reasons()}}
	if err := c.offers(ctx, &a); err != nil {
		return decision{}, err
	}
	d.notes = append(d.notes, s.findings...)
	d.why = strings.Join(append([]string{d.why}, s.whys(nil)...), ", ")
	return d.with(c.reply(a)).with(c.notices(declined, verdict{step: stepDecline})...), nil
}
