package resource

import (
	"fmt"
	"slices"

	"usher/address"
	"usher/itip"
)

// passOn is the answer of the invited one who passes the invitation on to a member (RFC 5546 4.2.5, 4.2.6), and the
// request as that member gets it. It is the same request: a retry of the mail is to know it again.
func (b *booking) passOn(to *facility, family []*facility) (reply, onward *itip.Object, err error) {
	request := b.incoming.Clone()
	for _, c := range request.Scheduled() {
		b.straighten(c, to, family)
	}
	from := itip.User{Address: b.invited.Address, Role: nonParticipant}
	delegate := itip.User{Address: to.Mail(), Name: to.Name, CUType: b.invited.CUType}
	if b.invited.Role == nonParticipant {
		delegate.Role = "REQ-PARTICIPANT"
	}
	reply, onward, err = itip.Delegate(request, from, delegate, b.tx.Time, "")
	if err != nil {
		return nil, nil, fmt.Errorf("pass on to %s: %w", to.Mail(), err)
	}
	sayNoRSVP(reply, b.invited.Address)
	restamp(onward, b.incoming)
	return reply, onward, nil
}

// nonParticipant is the role of who is told and does not take part (RFC 5545 3.2.16).
const nonParticipant = "NON-PARTICIPANT"

// sayNoRSVP says what RSVP is anyway when it is not there: some clients take it for TRUE.
func sayNoRSVP(reply *itip.Object, who address.Address) {
	for _, c := range reply.Scheduled() {
		for i, p := range c.Props {
			if p.Name == "ATTENDEE" && userOf(p).Address == who {
				c.Props[i] = p.Without("ROLE", "RSVP").With("ROLE", nonParticipant).With("RSVP", "FALSE")
			}
		}
	}
}

// restamp gives what is passed on the time stamps of what came in.
func restamp(onward, incoming *itip.Object) {
	for _, c := range onward.Scheduled() {
		if was := incoming.Counterpart(onward, c); was != nil && !was.Stamp().IsZero() {
			c.SetStamp(was.Stamp())
		}
	}
}

// straighten takes earlier ways of the invitation out of a component, so that it comes from the one who is invited to
// the member and has been nowhere else: rooms that change hands often would exhaust itip.MaxDelegations.
func (b *booking) straighten(c *itip.Component, to *facility, family []*facility) {
	var props []itip.Prop
	for _, p := range c.Props {
		if p.Name == "ATTENDEE" {
			switch u := userOf(p); {
			case u.Address == b.invited.Address:
				p = p.Without("DELEGATED-TO", "DELEGATED-FROM")
			case slices.Contains(to.Addresses, u.Address), passedOn(u) && isAmong(u.Address, family):
				continue
			}
		}
		props = append(props, p)
	}
	c.Props = props
}

// userOf reads one ATTENDEE.
func userOf(p itip.Prop) itip.User {
	if us := (&itip.Component{Props: []itip.Prop{p}}).Attendees(); len(us) == 1 {
		return us[0]
	}
	return itip.User{Prop: p}
}

// passedOn tells whether an attendee is one end of a delegation.
func passedOn(u itip.User) bool { return len(u.DelegatedTo)+len(u.DelegatedFrom) > 0 }

func isAmong(a address.Address, family []*facility) bool {
	return a != "" && slices.ContainsFunc(family, func(f *facility) bool { return slices.Contains(f.Addresses, a) })
}

// hasPassedOn tells whether a message says that the invited one passed the invitation on to another attendee: then that
// one answers, who is asked as well. NON-PARTICIPANT alone says nothing, as Outlook invites resources like that.
func (b *booking) hasPassedOn() bool {
	for _, c := range b.incoming.Scheduled() {
		me, _ := c.Attendee(b.room.Addresses...)
		for _, u := range c.Attendees() {
			if u.Address != "" && (slices.Contains(me.DelegatedTo, u.Address) || slices.ContainsFunc(u.DelegatedFrom, b.room.called)) {
				return true
			}
		}
	}
	return false
}
