package itip

import (
	"fmt"
	"slices"
	"time"

	"usher/address"
)

// Delegate passes an invitation on (RFC 5546 4.2.5). reply tells the organizer: from has PARTSTAT=DELEGATED, and
// to is listed with him. onward is the REQUEST to the delegate, with the SEQUENCE as it was, for the instances that
// name from.
//
// from.Address is one the request lists; from.Role, unless "", is the role he keeps (NON-PARTICIPANT for a
// collection of rooms), and from.RSVP whether he wants to hear of updates (S5546-48). to.Role "" gives the
// delegate the role that from had; he is asked for an answer if to.RSVP is set or from was asked (S5546-51).
//
// ErrDelegation: the invitation has been passed on MaxDelegations times already, or comes back to somebody who
// had it. ErrNotListed: nothing in the request names from. The request does not change.
func Delegate(request *Object, from, to User, at time.Time, comment string) (reply, onward *Object, err error) {
	own, err := For(request, from.Address)
	if err != nil {
		return nil, nil, err
	}
	reply, onward = New("REPLY"), Message(own, "REQUEST", at)
	for _, c := range onward.Scheduled() {
		if err := c.mayDelegate(from.Address, to.Address); err != nil {
			return nil, nil, err
		}
		delegator, delegate := c.delegation(from, to)
		c.setAttendee(delegator)
		c.setAttendee(delegate)
		a := answer(c, from.Address, Delegated, at, comment)
		a.setAttendee(delegator)
		a.setAttendee(delegate.With("PARTSTAT", NeedsAction)) // so that it is the delegator's answer and no other
		reply.Root.Parts = append(reply.Root.Parts, a)
	}
	reply.bringZones(onward)
	return reply, onward, nil
}

// delegation are the two lines it changes.
func (c *Component) delegation(from, to User) (delegator, delegate Prop) {
	was, _ := c.Attendee(from.Address)
	delegator = mailto(was.Prop, from.Address).Without("RSVP", "PARTSTAT", "DELEGATED-TO")
	delegator = delegator.With("PARTSTAT", Delegated).withAddresses("DELEGATED-TO", to.Address)
	if from.Role != "" {
		delegator = delegator.With("ROLE", from.Role)
	}
	if from.RSVP {
		delegator = delegator.With("RSVP", "TRUE")
	}
	if u, listed := c.Attendee(to.Address); listed {
		return delegator, u.Prop.withAddresses("DELEGATED-FROM", from.Address)
	}
	return delegator, newDelegate(was, to)
}

func newDelegate(from, to User) Prop {
	p := mailto(Prop{Name: "ATTENDEE"}, to.Address)
	if to.Name != "" {
		p = p.With("CN", to.Name)
	}
	if to.CUType != "" && to.CUType != "INDIVIDUAL" {
		p = p.With("CUTYPE", to.CUType)
	}
	if to.Role == "" {
		to.Role = from.Role
	}
	if to.Role != roles[0] {
		p = p.With("ROLE", to.Role)
	}
	p = p.With("PARTSTAT", NeedsAction)
	if to.RSVP || from.RSVP {
		p = p.With("RSVP", "TRUE")
	}
	return p.withAddresses("DELEGATED-FROM", from.Address)
}

// mayDelegate follows the delegations that led to from.
func (c *Component) mayDelegate(from, to address.Address) error {
	organizer, _ := c.Organizer()
	if to == "" || to == from || to == organizer.Address {
		return fmt.Errorf("%w: to the delegator or the organizer", ErrDelegation)
	}
	seen := []address.Address{from}
	for depth, level := 1, seen; len(level) > 0; depth++ {
		if depth > MaxDelegations {
			return fmt.Errorf("%w: %d times", ErrDelegation, MaxDelegations)
		}
		level = c.delegatorsOf(level)
		if slices.Contains(level, to) {
			return fmt.Errorf("%w: back to a delegator", ErrDelegation)
		}
		level = slices.DeleteFunc(level, func(a address.Address) bool { return slices.Contains(seen, a) })
		seen = append(seen, level...)
	}
	return nil
}

func (c *Component) delegatorsOf(as []address.Address) []address.Address {
	var from []address.Address
	for _, u := range c.Attendees() {
		if u.Address != "" && slices.Contains(as, u.Address) {
			from = append(from, u.DelegatedFrom...)
		}
		if u.Address != "" && slices.ContainsFunc(u.DelegatedTo, func(a address.Address) bool { return slices.Contains(as, a) }) {
			from = append(from, u.Address)
		}
	}
	slices.Sort(from)
	return slices.Compact(from)
}
