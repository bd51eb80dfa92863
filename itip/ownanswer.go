package itip

import (
	"errors"
)

// OwnAnswer is what a person's own copy becomes by the REPLY that is sent for him, as Reply, ReplyEach and Delegate make
// it, so that both say the same: PARTSTAT of the whole, with overrides in which he stood as in the series, or of
// instances, which get an override if they have none; to whom he delegated; and the progress of a task. An event that
// he declined takes no time.
//
// What the copy has of a newer version stays as it is; ErrOutdated if that is all of it. ErrNoInstance and ErrAnswerer
// are as with Answered. Neither argument changes.
func OwnAnswer(stored, reply *Object) (*Object, error) {
	if err := sameKey(stored, reply); err != nil {
		return nil, err
	}
	if _, err := Answerer(reply); err != nil {
		return nil, err
	}
	x := &answering{out: stored.Clone(), zones: reply.Zones(nil), own: true, admit: func(User) bool { return true }}
	outdated := 0
	for _, c := range reply.Scheduled() {
		switch a := x.component(c); {
		case errors.Is(a.Err, ErrOutdated):
			outdated++
		case a.Err != nil:
			return nil, a.Err
		}
	}
	if outdated == len(reply.Scheduled()) {
		return nil, ErrOutdated
	}
	return x.out.fitting()
}

// writeOwn puts an answer down where it is the owner's: whether he is asked, and how he is called, stays what the
// organizer said.
func (s *said) writeOwn(c *Component) {
	u, listed := c.Attendee(s.user.Address)
	line := u.Prop
	if !listed {
		line = s.newcomer(c)
	}
	line = line.With("PARTSTAT", s.user.Partstat).Without("DELEGATED-TO")
	if s.user.Partstat == Delegated {
		line = s.passedOn(line)
	}
	c.setAttendee(line)
	s.writeDelegation(c)
	for _, name := range []string{"PERCENT-COMPLETE", "COMPLETED"} {
		if s.c.Has(name) && c.Name == Todo {
			c.replace(name, s.c)
		}
	}
	if c.Name == Event {
		c.freeIfDeclined(u, s.user.Partstat)
	}
}

// passedOn is the line of a delegator: in the role he keeps, and asked only if he wants to hear of it (S5546-48).
func (s *said) passedOn(line Prop) Prop {
	line = line.Without("RSVP").withAddresses("DELEGATED-TO", s.user.DelegatedTo...)
	if role := s.user.Prop.param("ROLE"); role != nil {
		line = line.With("ROLE", role...)
	}
	if s.user.RSVP {
		line = line.With("RSVP", "TRUE")
	}
	return line
}

// freeIfDeclined lets an event take no time for who declines it, and time again for who comes after all.
func (c *Component) freeIfDeclined(was User, is string) {
	switch {
	case is == Declined:
		c.SetText("TRANSP", "TRANSPARENT")
	case was.Partstat == Declined && c.Transparent():
		c.Remove("TRANSP")
	}
}
