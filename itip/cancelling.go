package itip

import (
	"slices"
	"time"

	"usher/address"
)

// Cancel is the CANCEL for a stored object (RFC 5546 3.2.5), or for some of its instances, which are named by their
// original starts: SEQUENCE one higher than that of the series and of its overrides (S5546-02), which the organizer's
// object has to take over. Given attendees (to), it tells exactly these that they are no longer invited, and has no
// STATUS, as it takes place without them (S5546-37, S5546-56); nil is to all attendees and says STATUS:CANCELLED.
// ErrNoInstance: the object has no such instance; ErrNotListed: to is empty. The stored object does not change.
func Cancel(stored *Object, to []address.Address, instances []time.Time, at time.Time) (*Object, error) {
	if to != nil && len(to) == 0 {
		return nil, ErrNotListed // a CANCEL that lists nobody is to everybody (D-04)
	}
	cs, err := stored.cancelled(instances)
	if err != nil {
		return nil, err
	}
	cancel, sequence := New("CANCEL"), 0
	for _, c := range append(stored.Scheduled(), cs...) {
		sequence = max(sequence, c.Sequence())
	}
	for _, c := range cs {
		cancel.Root.Parts = append(cancel.Root.Parts, cancellationOf(c, to, sequence+1, at))
	}
	cancel.bringZones(stored)
	return cancel, nil
}

// cancelled are the components to be cancelled: the master, which stands for all, or those of instances.
func (o *Object) cancelled(instances []time.Time) ([]*Component, error) {
	if len(instances) == 0 {
		if master := o.Master(); master != nil {
			return []*Component{master}, nil
		}
		return o.Scheduled(), nil
	}
	t, err := o.timeline()
	if err != nil {
		return nil, err
	}
	var cs []*Component
	for _, at := range instances {
		c, err := t.component(at)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// component is what an object says about the instance that originally starts at an instant: its override, or what
// that would be.
func (t *timeline) component(at time.Time) (*Component, error) {
	id := moment{when{wall: at.Unix(), utc: true}, utc, at.Unix()}
	if t.series != nil {
		id = t.series.start
		id.at = at.Unix()
		id.wall = id.zone.wall(id.at)
	}
	if i := slices.IndexFunc(t.overrides, func(v *override) bool { return v.id.at == id.at }); i >= 0 {
		return t.overrides[i].c, nil
	}
	if v := t.override(id); v != nil {
		return v.c, nil
	}
	p, ok, err := t.place(id)
	if err != nil || !ok || p.at != id.at {
		return nil, missingUnless(err, id)
	}
	return t.derive(p), nil
}

func cancellationOf(c *Component, to []address.Address, sequence int, at time.Time) *Component {
	out := c.essence(at)
	out.SetSequence(sequence)
	if to == nil {
		out.SetText("STATUS", "CANCELLED")
	}
	if to == nil {
		to = c.invited()
	}
	for _, a := range to {
		u, listed := c.Attendee(a)
		if !listed {
			u.Prop = Prop{Name: "ATTENDEE"} // taken off before
		}
		out.Add(mailto(u.Prop, a).Without("RSVP", commentParam))
	}
	return out
}

// invited are the attendees but for the organizer.
func (c *Component) invited() (as []address.Address) {
	organizer, _ := c.Organizer()
	for _, u := range c.Attendees() {
		if u.Address != "" && u.Address != organizer.Address {
			as = append(as, u.Address)
		}
	}
	return as
}

// essence is what every message about a component repeats: what names it and lets clients show it, and who
// organizes it.
func (c *Component) essence(at time.Time) *Component {
	out := &Component{Name: c.Name}
	for _, name := range unaltered {
		if p, ok := c.Prop(name); ok {
			out.Add(p.Clone())
		}
	}
	out.SetStamp(at)
	if n := c.Sequence(); n != 0 {
		out.SetSequence(n)
	}
	if p, ok := c.Prop("ORGANIZER"); ok {
		out.Add(mailto(p, userOf(p).Address))
	}
	return out
}
