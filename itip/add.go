package itip

import (
	"fmt"

	"usher/address"
)

// Add is what a stored object becomes by an ADD (RFC 5546 3.2.4): the new instance is an RDATE of the series and
// has an override of its own, with the personal data of the series and to be answered. The SEQUENCE of the
// message becomes that of the series. A second time it changes nothing.
//
// ErrSyntax: it is not one component with SEQUENCE above 0 and without recurrence, or of days where the series has
// times. ErrOutdated, ErrTakeover; ErrNoInstance if no series is stored. Neither argument changes.
func Add(stored, add *Object, me ...address.Address) (*Object, error) {
	out, _, err := added(stored, add, me)
	return out, err
}

// added is Add; asks tells whether the instance is to be answered.
func added(stored, add *Object, me []address.Address) (out *Object, asks bool, err error) {
	if err := sameKey(stored, add); err != nil {
		return nil, false, err
	}
	if err := Bound(stored, add); err != nil {
		return nil, false, err
	}
	in := add.Clone()
	in.forStore()
	if err := in.checkAdd(); err != nil {
		return nil, false, err
	}
	c := in.Master()
	if stored.Master() == nil {
		return nil, false, fmt.Errorf("%w: only single instances are stored", ErrNoInstance)
	}
	if outdated(stored.Master(), c) {
		return nil, false, ErrOutdated
	}
	m := &merge{me: me, update: &update{stored: stored, in: in, out: stored.Clone(), names: map[string]string{}, fresh: map[*Component]bool{c: true}}}
	if err := m.add(c); err != nil {
		return nil, false, err
	}
	out, err = m.out.fitting()
	return out, m.asks, err
}

func (o *Object) checkAdd() error {
	cs := o.Scheduled()
	if len(cs) != 1 {
		return fmt.Errorf("%w: ADD of %d components", ErrSyntax, len(cs))
	}
	for _, name := range []string{"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"} {
		if cs[0].Has(name) {
			return fmt.Errorf("%w: ADD with %s", ErrSyntax, name)
		}
	}
	if !cs[0].Has("DTSTART") || cs[0].Sequence() == 0 {
		return fmt.Errorf("%w: ADD without DTSTART or SEQUENCE", ErrSyntax)
	}
	return nil
}

// add places the instance.
func (m *merge) add(c *Component) error {
	t, err := m.out.timeline()
	if err != nil || t.series == nil {
		return missingUnless(err, moment{})
	}
	start, _, _, err := m.in.Zones(nil).span(c)
	if err != nil {
		return err
	}
	if start.date != t.series.start.date {
		return fmt.Errorf("%w: ADD of another type than the series", ErrSyntax)
	}
	id := t.series.start // the same instant, written as the series is
	id.at, id.wall = start.at, id.zone.wall(start.at)
	if start.date {
		id.wall = start.wall
	}
	if _, there, err := t.place(id); err != nil {
		return err
	} else if !there {
		t.series.include(t.master, occurrence{id.wall, id.at})
		t.series.settleExclusions(t.master)
		t.master.Add(id.prop("RDATE"))
	}
	t.master.SetSequence(c.Sequence())
	if p, ok := c.Prop("DTSTAMP"); ok {
		t.master.Set(p)
	}
	return m.place(c, t, id)
}

func (m *merge) place(c *Component, t *timeline, id moment) error {
	c.Add(id.prop("RECURRENCE-ID"))
	mine, by := t.master, moved{true, true}
	var old *Component
	if v := t.override(id); v != nil {
		if outdated(v.c, c) {
			return nil // it has been moved since
		}
		old, mine = v.c, v.c
		is, err := m.in.Zones(nil).override(c, nil)
		if err != nil {
			return err
		}
		by.any = t.slot(v.start, v.length) != t.slot(is.start, is.length)
		by.start = by.any
	}
	m.keep(c, mine, by)
	m.put(old, c, m.in)
	return nil
}
