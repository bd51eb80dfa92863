package itip

import (
	"slices"

	"usher/address"
)

// MaxDelegations is how often an invitation may be passed on (S5546-49).
const MaxDelegations = 3

// writeDelegation notes the other side of a delegation, whichever of the two answers comes first.
func (s *said) writeDelegation(c *Component) {
	if s.user.Partstat == Delegated {
		for _, a := range s.user.DelegatedTo {
			s.writeDelegate(c, a)
		}
	}
	for _, a := range s.user.DelegatedFrom {
		if u, ok := c.Attendee(a); ok && !s.spoken(c, a) && a != s.user.Address {
			line := u.Prop.Without("RSVP").With("PARTSTAT", Delegated)
			c.setAttendee(line.withAddresses("DELEGATED-TO", s.user.Address))
		}
	}
}

// spoken tells whether an attendee has said himself what he does: then he is believed, and not his delegate.
func (s *said) spoken(c *Component, a address.Address) bool {
	return c.answerRecord(a).known || s.master != nil && s.master.answerRecord(a).known
}

// writeDelegate lists the delegate that a delegator names, with what the reply says of him (it may say nothing,
// ERR-01). One who is listed keeps what he has answered.
func (s *said) writeDelegate(c *Component, a address.Address) {
	if a == s.user.Address {
		return
	}
	u, listed := c.Attendee(a)
	line := u.Prop
	if !listed {
		named, _ := s.c.Attendee(a)
		delegate := said{user: named}
		delegate.user.Address, delegate.user.DelegatedFrom = a, []address.Address{s.user.Address}
		line = delegate.newcomer(c).With("PARTSTAT", NeedsAction)
		if named.RSVP || named.Prop.Name == "" {
			line = line.With("RSVP", "TRUE")
		}
	}
	c.setAttendee(line.withAddresses("DELEGATED-FROM", s.user.Address))
}

// settleDelegations makes delegators' states follow from those of their delegates: one whose delegates have all
// declined is asked again (RFC 5546 4.2.7), and no longer if one of them changes his mind.
func (c *Component) settleDelegations() {
	for _, u := range c.Attendees() {
		if len(u.DelegatedTo) == 0 || u.Partstat != Delegated && u.Partstat != NeedsAction || u.Address == "" {
			continue
		}
		back := !slices.ContainsFunc(u.DelegatedTo, func(a address.Address) bool {
			d, ok := c.Attendee(a)
			return !ok || d.Partstat != Declined
		})
		if back && u.Partstat == Delegated {
			c.setAttendee(u.Prop.With("PARTSTAT", NeedsAction).With("RSVP", "TRUE"))
		} else if !back && u.Partstat == NeedsAction {
			c.setAttendee(u.Prop.With("PARTSTAT", Delegated).Without("RSVP"))
		}
	}
}
