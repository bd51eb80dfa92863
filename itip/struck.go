package itip

import (
	"slices"

	"usher/address"
)

// Struck is what a CANCEL makes of a person's copy that is to keep what was cancelled: STATUS:CANCELLED, with
// SEQUENCE and DTSTAMP of the message, on all components, or on those of the instances it names, which get an
// override if they have none. RANGE=THISANDFUTURE ends the series, and nothing after it is kept; given me, the
// copy notes where, for Merge and Update. What is kept so makes older messages outdated (S5546-55). me, the errors and everything else are as with Cancelled; ErrTakeover
// if the UID belongs to another organizer. Neither argument changes.
func Struck(stored, cancel *Object, me ...address.Address) (*Object, error) {
	fresh, whole, err := cancelling(stored, cancel, me)
	if err != nil {
		return nil, err
	}
	if err := Bound(stored, cancel); err != nil {
		return nil, err
	}
	x := &striking{cancellation: cancellation{out: stored.Clone(), note: len(me) > 0}, zones: cancel.Zones(nil)}
	if whole {
		x.all(fresh[slices.IndexFunc(fresh, func(c *Component) bool { return !c.Has("RECURRENCE-ID") })])
		return x.out.fitting()
	}
	for _, c := range fresh {
		x.by = exclusionOf(c)
		if err := x.component(c); err != nil {
			return nil, err
		}
	}
	x.writeNotes()
	return x.out.fitting()
}

// striking is one CANCEL being applied to a copy that is kept.
type striking struct {
	cancellation
	zones *Zones    // of the CANCEL
	times *timeline // of out, as far as it is known
}

// strike marks a component as cancelled by another.
func (c *Component) strike(by *Component) {
	c.SetText("STATUS", "CANCELLED")
	c.SetSequence(max(c.Sequence(), by.Sequence()))
	if p, ok := by.Prop("DTSTAMP"); ok {
		c.Set(p.Clone())
	}
}

func (x *striking) all(by *Component) {
	for _, c := range x.out.Scheduled() {
		c.strike(by)
	}
}

func (x *striking) component(by *Component) error {
	id, future, err := x.zones.recurrenceID(by)
	if err != nil {
		return err
	}
	if !future {
		return x.one(by, id)
	}
	x.times = nil
	if err := x.read(); err != nil {
		return err
	}
	before := x.out.Clone()
	if err := x.from(id); err != nil {
		return err
	}
	if left, err := x.left(); err != nil || left {
		return err
	}
	x.out = before // nothing would be left: all of it is cancelled
	x.all(by)
	return nil
}

// one strikes a single instance out.
func (x *striking) one(by *Component, id moment) error {
	if x.times == nil {
		t, err := x.out.timeline()
		if err != nil {
			return err
		}
		x.times = t
	}
	t := x.times
	if v := t.override(id); v != nil && !(v.future && t.series != nil) {
		v.c.strike(by)
		return nil
	} else if v != nil {
		x.times = nil
		if err := x.read(); err != nil {
			return err
		}
		return x.cancellation.one(id) // the later ones still follow it
	}
	p, ok, err := t.place(id)
	if err != nil {
		return err
	}
	if !ok {
		return x.excluded(t, id)
	}
	if !t.series.repeats() && len(t.overrides) == 0 {
		x.all(by)
		return nil
	}
	c := t.derive(p)
	c.strike(by)
	return t.add(c)
}

// excluded is the case of an instance that is out already.
func (x *striking) excluded(t *timeline, id moment) error {
	if t.series == nil {
		return missing(false, id)
	}
	_, is, err := t.series.find(id)
	if err != nil {
		return err
	}
	return missing(is, id)
}
