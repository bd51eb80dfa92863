package itip

import (
	"strings"
)

// include tells whether the series has the instance, and takes EXDATEs for it away: who is invited to it again
// has it again.
func (r *recurrence) include(master *Component, id moment) (ok bool, err error) {
	o, ok, err := r.find(id)
	if err != nil || !ok || !r.excluded(o) {
		return ok, err
	}
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
	return true, nil
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
	r.exAt[o.at] = true
}
