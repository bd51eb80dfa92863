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
	known, records, listed := mine.roll(), mine.answerRecords(), c.roll()
	var lines []Prop
	var told []address.Address
	for _, a := range mine.recorded() {
		was, had := known[a]
		if !had || slices.Contains(me, a) || !records[a].since(c) {
			continue
		}
		is, has := listed[a]
		if !has && len(was.DelegatedFrom) == 0 {
			continue // no longer invited
		}
		line := was.Prop
		if has {
			line = is.Prop.Without("DELEGATED-TO", "DELEGATED-FROM").With("PARTSTAT", was.Partstat)
			line = line.withAddresses("DELEGATED-TO", was.DelegatedTo...).withAddresses("DELEGATED-FROM", was.DelegatedFrom...)
		}
		lines, told = append(lines, line), append(told, a)
		listed[a] = userOf(line)
		for _, d := range was.DelegatedTo {
			if _, there := listed[d]; !there && known[d].Address != "" {
				lines, listed[d] = append(lines, known[d].Prop), known[d]
			}
		}
	}
	c.setAttendees(lines...)
	if len(told) > 0 {
		c.withoutDelegates(told, append(mine.addresses(), me...)...)
	}
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
