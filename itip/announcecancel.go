package itip

import "usher/address"

// cancel takes components from one attendee, the only one whom it lists (S5546-37). STATUS says whether it was
// cancelled for all or he was removed (S5546-56).
func (x *change) cancel(who address.Address, cs []*Component) Announcement {
	o := New("CANCEL")
	for _, c := range cs {
		o.Root.Parts = append(o.Root.Parts, x.cancelled(who, c))
	}
	o.bringZones(x.before.Object)
	return Announcement{From: x.organizer.Address, To: who, Object: o, Significant: true}
}

func (x *change) cancelled(who address.Address, c *Component) *Component {
	d := c.essence(x.at)
	if d.Has("DTEND") {
		d.Remove("DURATION")
	}
	d.SetSequence(x.cancelSequence(c))
	d.Set(x.organizerLine())
	u, ok := x.before.user(c, who)
	if !ok && x.before.master != nil { // the cancelled instance does not list him, the series did
		u, _ = x.before.user(x.before.master, who)
	}
	u.Prop.Name = "ATTENDEE"
	d.Add(mailto(u.Prop, who).Without("RSVP", commentParam))
	if now := x.now(c); now == nil || now.Cancelled() {
		d.Set(Prop{Name: "STATUS", Value: "CANCELLED"})
	}
	return d
}

// now is what a component has become, nil if it is gone or nobody is invited any more.
func (x *change) now(c *Component) *Component {
	if !x.after.scheduled {
		return nil
	}
	if k := x.before.keyOf(c); k != nil {
		if _, still := x.after.times.at(*k); !still && x.after.times.series != nil {
			return nil
		}
		return x.after.counterpart(x.before.overrides[*k])
	}
	if k := x.after.keyOf(c); k != nil {
		return c
	}
	return x.after.master
}

// keyOf is the instance that a component of this version is about, nil for a master and for what is not in it.
func (v *version) keyOf(c *Component) *instanceKey {
	if v.names == nil {
		v.names = map[string]instanceKey{}
		for k, o := range v.overrides {
			v.names[written(o.c)] = k
		}
	}
	if k, ok := v.names[written(c)]; ok && c.Has("RECURRENCE-ID") {
		return &k
	}
	return nil
}

// cancelSequence is higher than what he was told of the same series or instance (S5546-40), and as high as what is
// stored now.
func (x *change) cancelSequence(c *Component) int {
	if c.Has("RECURRENCE-ID") {
		n := c.Sequence()
		if k := x.before.keyOf(c); k != nil {
			n = max(n, x.before.overrides[*k].c.Sequence()+1)
		}
		if now := x.now(c); now != nil && now.Has("RECURRENCE-ID") {
			n = max(n, now.Sequence())
		}
		return n
	}
	n := c.Sequence() + 1
	if now := x.after.master; now != nil {
		n = max(n, now.Sequence())
	}
	return n
}
