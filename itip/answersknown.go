package itip

import (
	"slices"

	"usher/address"
)

// recorded are the attendees whose answers are recorded in a component.
func (c *Component) recorded() (as []address.Address) {
	for _, p := range c.All(answerProperty) {
		if _, who, ok := readAnswerRecord(p); ok {
			as = append(as, who)
		}
	}
	return as
}

// keepAnswers keeps what others have answered (Informed) since the organizer wrote the message, which cannot know of
// it.
func (c *Component) keepAnswers(mine *Component, me []address.Address) {
	for _, a := range mine.recorded() {
		was, had := mine.Attendee(a)
		if !had || slices.Contains(me, a) || !mine.answerRecord(a).since(c) {
			continue
		}
		is, has := c.Attendee(a)
		if !has && len(was.DelegatedFrom) == 0 {
			continue // no longer invited
		}
		line := was.Prop
		if has {
			line = is.Prop.Without("DELEGATED-TO", "DELEGATED-FROM").With("PARTSTAT", was.Partstat)
			line = line.withAddresses("DELEGATED-TO", was.DelegatedTo...).withAddresses("DELEGATED-FROM", was.DelegatedFrom...)
		}
		c.setAttendee(line)
		c.withoutDelegates([]address.Address{a}, append(mine.addresses(), me...)...)
		for _, d := range was.DelegatedTo {
			if u, known := mine.Attendee(d); known && !c.lists(d) {
				c.setAttendee(u.Prop)
			}
		}
	}
}

func (c *Component) lists(a address.Address) bool {
	_, ok := c.Attendee(a)
	return ok
}

// since tells whether an answer is to this version of a component, or a later one, and was given after it was sent.
func (r answerRecord) since(c *Component) bool {
	if !r.known || r.sequence != c.Sequence() {
		return r.known && r.sequence > c.Sequence()
	}
	return r.stamp.After(c.Stamp())
}

// addresses are those of the attendees.
func (c *Component) addresses() (as []address.Address) {
	for _, u := range c.Attendees() {
		as = append(as, u.Address)
	}
	return as
}

// withoutDelegates takes away those whom some attendees have sent, but for these.
func (c *Component) withoutDelegates(of []address.Address, but ...address.Address) {
	c.Props = slices.DeleteFunc(slices.Clone(c.Props), func(p Prop) bool {
		if p.Name != "ATTENDEE" || p.Param("DELEGATED-FROM") == "" {
			return false
		}
		u := userOf(p)
		return !slices.Contains(but, u.Address) && slices.ContainsFunc(u.DelegatedFrom, func(a address.Address) bool { return slices.Contains(of, a) })
	})
}
