package itip

import "slices"

// timeline is which component of an object speaks for which instance.
type timeline struct {
	object *Object
	master *Component
	series *recurrence // of the master; nil without one or without times
	window
}

// place is one instance of a series.
type place struct {
	occurrence
	length length
	own    bool // a PERIOD gave the length
}

func (o *Object) timeline() (*timeline, error) {
	t := &timeline{object: o, master: o.Master()}
	t.zones = o.Zones(nil)
	var err error
	if t.series, err = o.series(); err != nil {
		return nil, err
	}
	t.overrides, err = o.overrides(t.zones)
	if t.series != nil {
		t.index(t.series)
	}
	return t, err
}

// override is the override of exactly this instance, however its RECURRENCE-ID is written: one that says the
// instant, else one that says its day where the series has times, or the reverse.
func (t *timeline) override(id moment) *override {
	i := slices.IndexFunc(t.overrides, func(v *override) bool { return v.id.at == id.at && v.id.date == id.date })
	if i < 0 && t.series != nil {
		i = slices.IndexFunc(t.overrides, func(v *override) bool {
			return v.id.date != id.date && floor(v.id.wall, day) == floor(id.wall, day)
		})
	}
	if i < 0 {
		return nil
	}
	return t.overrides[i]
}

// add takes in an override that was made since, so that a message about many instances reads the object once.
func (t *timeline) add(c *Component) error {
	v, err := t.zones.override(c, nil)
	if err != nil {
		return err
	}
	t.object.Root.Parts = append(t.object.Root.Parts, c)
	t.overrides = append(t.overrides, v)
	if v.future {
		i, _ := slices.BinarySearchFunc(t.futures, v.id.at, func(f *override, at int64) int { return compare(f.id.at, at) })
		t.futures = slices.Insert(t.futures, i, v)
	}
	return nil
}

// place finds an instance of the series; one that EXDATE takes away is none.
func (t *timeline) place(id moment) (p place, ok bool, err error) {
	if t.series == nil {
		return p, false, nil
	}
	err = t.series.each(id.at-2*day, id.at+2*day, func(o occurrence, l length) bool {
		if t.series.means(id, o) {
			p, ok = place{o, l, l != t.series.length}, true
		}
		return !ok
	})
	return p, ok, err
}

// id is the RECURRENCE-ID of a place, in the form that DTSTART of the series has.
func (t *timeline) id(p place) moment {
	id := t.series.start
	id.wall, id.at = p.wall, p.at
	return id
}

// derive makes the component of its own that an instance would have: a copy of what it follows, the master or an
// earlier RANGE=THISANDFUTURE, with the times of this instance. Records of answers stay behind: they are kept
// for each instance (S5546-09).
func (t *timeline) derive(p place) *Component {
	from, start, at, l := t.master, t.series.start, p.occurrence, p.length
	if v := t.later(p.occurrence); v != nil {
		from, start, at = v.c, v.start, v.shift(t.series, p.occurrence)
		l, p.own = v.length, false
	}
	c := from.Clone()
	c.Remove("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", answerProperty, exclusionProperty)
	end := (&recurrence{start: start}).end(at, l)
	if p.own {
		c.Remove("DURATION", "DTEND")
		c.Add(start.prop("DTEND"))
	}
	t.setTimes(c, start, at, end)
	c.Add(t.id(p).prop("RECURRENCE-ID"))
	return c
}

// setTimes moves a component that begins at start to another start and end, in the zones it is written in.
func (t *timeline) setTimes(c *Component, start moment, at occurrence, end int64) {
	if p, ok := c.Prop("DTSTART"); ok {
		w := start.when
		w.wall = at.wall
		p.Value = w.String()
		c.Set(p)
	}
	for _, name := range []string{"DTEND", "DUE"} {
		p, ok := c.Prop(name)
		if !ok {
			continue
		}
		w, err := p.when()
		if err != nil {
			continue // Parse lets nothing like this through
		}
		if zone, err := t.zones.of(w); err == nil && !w.date && !start.date {
			w.wall = zone.wall(end)
		} else {
			w.wall += at.wall - start.wall
		}
		p.Value = w.String()
		c.Set(p)
	}
}

// prop writes a time with the parameters it needs.
func (w when) prop(name string) Prop {
	p := Prop{Name: name, Value: w.String()}
	if w.date {
		return p.With("VALUE", "DATE")
	}
	if w.tzid != "" {
		return p.With("TZID", w.tzid)
	}
	return p
}
