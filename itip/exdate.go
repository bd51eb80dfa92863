package itip

import (
	"fmt"
	"strings"
)

// accept looks for an instance that a message is about in the series of master, and takes EXDATEs for it away:
// who is invited to it again has it again. Without a master there is nothing to look in.
func (r *recurrence) accept(master *Component, id moment) error {
	if master == nil {
		return nil
	}
	if r == nil {
		return fmt.Errorf("%w: %s", ErrNoInstance, id)
	}
	o, ok, err := r.find(id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: %s", ErrNoInstance, id)
	}
	if r.excluded(o) {
		r.include(master, o)
	}
	return nil
}

// include takes the EXDATEs of a start away.
func (r *recurrence) include(master *Component, o occurrence) {
	var props []Prop
	for _, p := range master.Props {
		if p.Name == "EXDATE" {
			if p = r.without(p, o); p.Value == "" {
				continue
			}
		}
		props = append(props, p)
	}
	master.Props = props
	delete(r.exAt, r.key(o))
	delete(r.exDay, floor(o.wall, day))
}

// without is an EXDATE without the values that mean this start.
func (r *recurrence) without(p Prop, o occurrence) Prop {
	dates, err := p.dates()
	if err != nil {
		return p
	}
	var rest []string
	for _, d := range dates {
		if !r.excludes(d, o) {
			rest = append(rest, d.text)
		}
	}
	p.Value = strings.Join(rest, ",")
	return p
}

func (r *recurrence) excludes(d date, o occurrence) bool {
	if d.date != r.start.date {
		return floor(d.wall, day) == floor(o.wall, day)
	}
	m, err := r.zones.moment(d.when)
	return err == nil && m.at == o.at
}

// exclude adds an EXDATE for a start, in the form DTSTART has; a line of its own, as some readers know only one
// value.
func (r *recurrence) exclude(master *Component, o occurrence) {
	if r.excluded(o) {
		return
	}
	w := r.start.when
	w.wall = o.wall
	p := Prop{Name: "EXDATE", Value: w.String()}
	if w.date {
		p = p.With("VALUE", "DATE")
	} else if w.tzid != "" {
		p = p.With("TZID", w.tzid)
	}
	master.Add(p)
	r.exAt[r.key(o)] = true
}
