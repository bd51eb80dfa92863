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

// keepAnswers keeps what others have answered (Propagate) since the organizer wrote the message, which cannot know of
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
