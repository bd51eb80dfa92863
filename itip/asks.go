package itip

import (
	"slices"

	"usher/address"
)

// Asks tells whether a REQUEST or ADD wants an answer that the person has not given (me are his addresses; stored is
// his copy, nil if he has none). What comes new asks him if it says RSVP or NEEDS-ACTION. Of what he has, only what
// takes place at other times than before does, by a newer message (S5546-19), or takes place after all, or comes back
// to him because his delegate declined (S5546-47). What Merge refuses asks nothing.
func Asks(stored, request *Object, me ...address.Address) bool {
	_, asks, err := merged(stored, request, me)
	return err == nil && asks
}

// invites tells whether a component that comes new is to be answered by the person.
func (c *Component) invites(me []address.Address) bool {
	u, listed := c.Attendee(me...)
	return listed && !c.Cancelled() && (u.RSVP || u.Partstat == NeedsAction && u.Role != "NON-PARTICIPANT")
}

// keep is keepPersonal, and notes what is to be answered.
func (m *merge) keep(c, mine *Component, by moved) {
	by.any = by.any || mine.Cancelled() && !c.Cancelled() || c.returns(mine, m.me)
	c.keepPersonal(mine, by, m.me)
	if by.any && m.fresh[c] {
		m.asks = m.asks || c.invites(m.me)
	}
}

// returns tells whether an invitation comes back to the person who had passed it on: his delegates have declined.
func (c *Component) returns(mine *Component, me []address.Address) bool {
	was, _ := mine.Attendee(me...)
	is, _ := c.Attendee(me...)
	if was.Partstat != Delegated || is.Partstat != NeedsAction || !is.RSVP || len(was.DelegatedTo) == 0 {
		return false
	}
	return !slices.ContainsFunc(was.DelegatedTo, func(a address.Address) bool { return !c.declinedBy([]address.Address{a}) })
}

func (c *Component) declinedBy(me []address.Address) bool {
	u, ok := c.Attendee(me...)
	return ok && u.Partstat == Declined
}
