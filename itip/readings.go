package itip

import (
	"time"
)

// Readings gives all the times that somebody may take the object to mean within [from, to): what Instances gives
// and, where programs are known to disagree, what the others read. A room is blocked by all of them, and a booking
// needs it for all of them. Where everybody agrees, which is nearly always, it is Instances.
//
// D-10: a VTIMEZONE that goes by an IANA name but says something else counts as it stands and as the name.
// D-11: a start that the clocks skip is counted on with the offset before the gap (RFC 5545 3.3.5) and with that
// after it, also where RFC 5545 3.3.10 wants the rule to leave it out.
//
// The order, the limits and the errors are those of Instances; each reading has MaxInstances of its own.
func (o *Object) Readings(from, to time.Time, local *time.Location) ([]Instance, error) {
	is, err := o.reading(from, to, local)
	if err != nil {
		return nil, err
	}
	named, differs := o.byName()
	if !differs {
		return is, nil
	}
	others, err := named.reading(from, to, local)
	if err != nil {
		return nil, err
	}
	return unite(is, others), nil
}

func (o *Object) reading(from, to time.Time, local *time.Location) ([]Instance, error) {
	w, err := o.window(from.Unix(), to.Unix(), local, true)
	if err != nil {
		return nil, err
	}
	is, err := w.instances(o)
	return unite(nil, is), err // a skipped start may be read as one that there is anyway
}

// byName is the object without the VTIMEZONEs that go by an IANA name, so that the name counts.
func (o *Object) byName() (named *Object, differs bool) {
	root := *o.Root
	root.Parts = nil
	for _, c := range o.Root.Parts {
		if c.Name == "VTIMEZONE" {
			if _, ok := ianaName(c.Text("TZID")); ok {
				differs = true
				continue
			}
		}
		root.Parts = append(root.Parts, c)
	}
	return &Object{Root: &root}, differs
}

// unite adds those of b that are not in a: of another component, as one may be cancelled and the other not, or at
// another time.
func unite(a, b []Instance) []Instance {
	type key struct {
		from, to int64
		c        *Component
	}
	seen := map[key]bool{}
	for _, i := range a {
		seen[key{i.Start.Unix(), i.End.Unix(), i.Component}] = true
	}
	for _, i := range b {
		if k := (key{i.Start.Unix(), i.End.Unix(), i.Component}); !seen[k] {
			seen[k] = true
			a = append(a, i)
		}
	}
	sortInstances(a)
	return a
}

// otherReading is a start that the clocks skip, with the offset after the gap.
func (z *Zone) otherReading(o occurrence) (other occurrence, skipped bool) {
	if z.wall(o.at) == o.wall {
		return o, false
	}
	return occurrence{o.wall, o.wall - z.offset(o.at)}, true
}

// show is what the clocks of z show at a start that is written on those of another zone. A time that both skip
// stays as it is written, so that what is counted from it, in days or by how far it moved, is that of its series.
func (z *Zone) show(o occurrence, on *Zone) int64 {
	if on.wall(o.at) != o.wall {
		if at, _ := z.instant(o.wall); at == o.at {
			return o.wall
		}
	}
	return z.wall(o.at)
}

// until is how long it takes from m to end. With both readings it is the longer of the two: who reads a start that
// is skipped as earlier counts from there, in all of the series.
func (m moment) until(end moment, readings bool) length {
	seconds := max(0, end.at-m.at)
	if readings {
		early, _ := m.zone.otherReading(occurrence{m.wall, m.at})
		late, _ := end.zone.otherReading(occurrence{end.wall, end.at})
		seconds = max(seconds, late.at-early.at)
	}
	return length{seconds: seconds}
}
