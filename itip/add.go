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
	if err := sameKey(stored, add); err != nil {
		return nil, err
	}
	if err := Bound(stored, add); err != nil {
		return nil, err
	}
	in := add.Clone()
	in.forStore()
	if err := in.checkAdd(); err != nil {
		return nil, err
	}
	c := in.Master()
	if stored.Master() == nil {
		return nil, fmt.Errorf("%w: only single instances are stored", ErrNoInstance)
	}
	if outdated(stored.Master(), c) {
		return nil, ErrOutdated
	}
	u := &update{stored: stored, in: in, out: stored.Clone(), names: map[string]string{}, fresh: map[*Component]bool{}}
	if err := u.add(c, me); err != nil {
		return nil, err
	}
	return u.out.fitting()
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
func (u *update) add(c *Component, me []address.Address) error {
	t, err := u.out.timeline()
	if err != nil || t.series == nil {
		return missingUnless(err, moment{})
	}
	start, _, _, err := u.in.Zones(nil).span(c)
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
		t.master.Add(id.prop("RDATE"))
	}
	t.master.SetSequence(c.Sequence())
	if p, ok := c.Prop("DTSTAMP"); ok {
		t.master.Set(p)
	}
	return u.place(c, t, id, me)
}

func (u *update) place(c *Component, t *timeline, id moment, me []address.Address) error {
	c.Add(id.prop("RECURRENCE-ID"))
	mine, m := t.master, moved{true, true}
	var old *Component
	if v := t.override(id); v != nil {
		old, mine = v.c, v.c
		is, err := u.in.Zones(nil).override(c, nil)
		if err != nil {
			return err
		}
		m.any = t.slot(v.start, v.length) != t.slot(is.start, is.length)
		m.start = m.any
	}
	c.keepPersonal(mine, m, me)
	u.put(old, c, u.in)
	return nil
}
