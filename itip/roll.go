package itip

import (
	"slices"

	"usher/address"
)

// roll is the attendees of a component by their addresses. Whoever asks for many of them reads them once: of a thousand
// attendees each line would be parsed a thousand times.
type roll map[address.Address]User

func (c *Component) roll() roll {
	r := roll{}
	for _, u := range c.Attendees() {
		if u.Address != "" {
			r[u.Address] = u
		}
	}
	return r
}

// knows tells whether somebody stands for one who is listed.
func (r roll) knows(u User) bool {
	return slices.ContainsFunc(append(calAddresses(u.Prop, "MEMBER"), u.DelegatedFrom...), func(a address.Address) bool {
		_, ok := r[a]
		return ok
	})
}

// setAttendees puts lines in the place of those of the same attendees, or behind them all. Of several lines for one
// attendee the last counts.
func (c *Component) setAttendees(lines ...Prop) {
	if len(lines) == 0 {
		return
	}
	line, placed := map[address.Address]Prop{}, map[address.Address]bool{}
	for _, p := range lines {
		line[userOf(p).Address] = p
	}
	var props []Prop
	add := func(p Prop) {
		if p.Name != "ATTENDEE" {
			props = append(props, p)
			return
		}
		a := userOf(p).Address
		q, ok := line[a]
		switch {
		case !ok:
			props = append(props, p)
		case !placed[a]:
			props, placed[a] = append(props, q), true
		}
	}
	for _, p := range append(slices.Clone(c.Props), lines...) {
		add(p)
	}
	c.Props = props
}
