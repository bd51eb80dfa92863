package itip

import (
	"fmt"
	"math"
	"slices"

	"usher/address"
)

// Cancelled is what a CANCEL leaves of a stored object. Without RECURRENCE-ID all of it is gone. With, each
// instance named becomes an EXDATE of the series and loses its override; RANGE=THISANDFUTURE ends the series
// right before the instance (RFC 5546 3.2.5). When no instance is left, gone is true and rest is nil.
//
// Given addresses of the recipient (me), components that list attendees but none of these do not concern him;
// if that is all of them, ErrNotListed. A component that lists nobody is for everybody, and STATUS makes no
// difference (D-04). ErrOutdated: all that concerns him is older than what is stored. ErrNoInstance: the series
// never had such an instance; one that is cancelled already is cancelled again. Given addresses, the copy notes what
// the organizer took out, for Merge. Neither argument changes.
func Cancelled(stored, cancel *Object, me ...address.Address) (rest *Object, gone bool, err error) {
	fresh, whole, err := cancelling(stored, cancel, me)
	if err != nil || whole {
		return nil, err == nil, err
	}
	return cancelInstances(stored, cancel.Zones(nil), fresh, len(me) > 0)
}

// cancelling are the components of a CANCEL that concern the recipient and are not outdated; whole tells whether
// one of them is about all of the object.
func cancelling(stored, cancel *Object, me []address.Address) (fresh []*Component, whole bool, err error) {
	if err := sameKey(stored, cancel); err != nil {
		return nil, false, err
	}
	keys, z, listed := stored.keys(), cancel.Zones(nil), false
	for _, c := range cancel.Scheduled() {
		if !concerns(c, me) {
			continue
		}
		listed = true
		if Compare(keys.counterpart(z, c), c) != Older {
			fresh = append(fresh, c)
			whole = whole || !c.Has("RECURRENCE-ID")
		}
	}
	switch {
	case !listed:
		return nil, false, ErrNotListed
	case len(fresh) == 0:
		return nil, false, ErrOutdated
	}
	return fresh, whole, nil
}

func concerns(c *Component, me []address.Address) bool {
	if len(me) == 0 || !c.Has("ATTENDEE") {
		return true
	}
	_, ok := c.Attendee(me...)
	return ok
}

func cancelInstances(stored *Object, z *Zones, cs []*Component, note bool) (rest *Object, gone bool, err error) {
	x := &cancellation{out: stored.Clone(), note: note}
	if err := x.read(); err != nil {
		return nil, false, err
	}
	for _, c := range cs {
		id, future, err := z.recurrenceID(c)
		if err != nil {
			return nil, false, err
		}
		x.by = exclusionOf(c)
		if future {
			err = x.from(id)
		} else {
			err = x.one(id)
		}
		if err != nil {
			return nil, false, err
		}
	}
	x.writeNotes()
	left, err := x.left()
	if err != nil || !left {
		return nil, err == nil, err
	}
	return x.out, false, x.out.fits()
}

// cancellation is one CANCEL of instances being applied.
type cancellation struct {
	out       *Object
	master    *Component  // nil if only instances are stored
	series    *recurrence // of master
	overrides []*override

	by    exclusion  // the message
	note  bool       // what is taken away is noted on the series, as the organizer's doing
	notes exclusions // nil: not looked at
}

// writeNotes puts down what has been taken away.
func (x *cancellation) writeNotes() {
	if master := x.out.Master(); master != nil && x.notes != nil {
		master.setExclusions(x.notes)
	}
}

// away notes that a start, or all from there on, is taken away; unless the owner of the copy has done so himself.
func (x *cancellation) away(o occurrence, future bool) {
	if !x.note {
		return
	}
	if x.notes == nil {
		x.notes = x.master.exclusions()
	}
	k := excluded{x.series.key(o), future}
	if _, noted := x.notes[k]; noted || future || !x.series.excluded(o) {
		x.notes[k] = x.by
	}
}

// read looks at the object as it is by now.
func (x *cancellation) read() (err error) {
	x.master = x.out.Master()
	if x.series, err = x.out.series(); err != nil {
		return err
	}
	x.overrides, err = x.out.overrides(x.out.Zones(nil))
	return err
}

// one cancels a single instance.
func (x *cancellation) one(id moment) error {
	found := false
	x.drop(func(v *override) bool {
		same := v.id.at == id.at && v.id.date == id.date
		found = found || same
		return same && !(v.future && x.series != nil) // the later ones still follow it; EXDATE takes its own away
	})
	if x.series == nil {
		return missing(found, id)
	}
	o, ok, err := x.series.find(id)
	if err != nil {
		return err
	}
	if ok {
		x.away(o, false)
		x.series.exclude(x.master, o)
	}
	return missing(found || ok, id)
}

func missing(found bool, id moment) error {
	if found {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNoInstance, id)
}

// from cancels an instance and all later ones. Later means by RECURRENCE-ID, wherever they were moved
// (S5545-26).
func (x *cancellation) from(id moment) error {
	found := false
	x.drop(func(v *override) bool {
		found = found || v.id.at >= id.at
		return v.id.at >= id.at
	})
	if x.series == nil {
		return missing(found, id)
	}
	o, ok, err := x.series.find(id)
	if err != nil {
		return err
	}
	if !ok {
		if later, err := x.series.after(id.at); err != nil || !later {
			return err // cancelled already
		}
		if !found {
			return missing(false, id)
		}
		o = occurrence{x.series.start.zone.wall(id.at), id.at}
	}
	x.away(o, true)
	if err := x.series.cut(x.master, o); err != nil {
		return err
	}
	return x.read()
}

// drop takes overrides away.
func (x *cancellation) drop(want func(*override) bool) {
	dropped := map[*Component]bool{}
	x.overrides = slices.DeleteFunc(x.overrides, func(v *override) bool {
		if want(v) {
			dropped[v.c] = true
		}
		return dropped[v.c]
	})
	if len(dropped) > 0 {
		x.out.keep(func(c *Component) bool { return !dropped[c] })
	}
}

// left tells whether anything of the object takes place any more.
func (x *cancellation) left() (bool, error) {
	for _, v := range x.overrides {
		if !v.c.Cancelled() {
			return true, nil
		}
	}
	if x.series == nil {
		return false, nil
	}
	w := &window{overrides: x.overrides}
	w.index(x.series)
	left := false
	err := x.series.each(math.MinInt64, math.MaxInt64, func(o occurrence, _ length) bool {
		left = !w.overridden(x.series, o)
		return !left
	})
	return left, err
}
