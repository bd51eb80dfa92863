package itip

import (
	"cmp"
	"fmt"
	"slices"

	"usher/address"
)

// version is an object before or after a change, with the times of its parts. One that is not there is empty.
type version struct {
	*Object
	master    *Component
	overrides map[instanceKey]*override
	times     *times
	timeline  *timeline
	scheduled bool         // has an ORGANIZER, and is not cancelled as a whole
	parts     []*Component // those scheduled
	users     map[*Component]map[address.Address]User
	names     map[string]instanceKey // of RECURRENCE-IDs as they are written
}

func newVersion(o *Object) (*version, error) {
	if o == nil {
		o = &Object{Root: &Component{Name: "VCALENDAR"}}
	}
	v := &version{Object: o, master: o.Master(), parts: o.Scheduled(), users: map[*Component]map[address.Address]User{}}
	v.scheduled = (v.master == nil || !v.master.Cancelled()) && slices.ContainsFunc(o.Scheduled(), func(c *Component) bool { return c.Has("ORGANIZER") })
	var err error
	if v.overrides, err = o.overrideMap(); err != nil {
		return nil, fmt.Errorf("read overrides: %w", err)
	}
	if v.times, err = o.times(nil); err != nil {
		return nil, fmt.Errorf("read times: %w", err)
	}
	if v.timeline, err = o.timeline(); err != nil {
		return nil, fmt.Errorf("read times: %w", err)
	}
	if v.master != nil && len(o.Scheduled()) != 1+len(o.Overrides()) {
		return nil, fmt.Errorf("%w: two components without RECURRENCE-ID", ErrSyntax)
	}
	return v, nil
}

// empty tells whether the object is not there.
func (v *version) empty() bool { return v.master == nil && len(v.overrides) == 0 }

// counterpart is what speaks for an instance here: its override, else the master; nil is the master itself.
func (v *version) counterpart(of *override) *Component {
	if of != nil {
		if o := v.overrides[of.key()]; o != nil {
			return o.c
		}
	}
	return v.master
}

// invites tells whether a component asks an attendee to come, and he is scheduled by us.
func (v *version) invites(c *Component, who address.Address) bool {
	if c == nil || !v.scheduled || c.Cancelled() {
		return false
	}
	u, ok := v.user(c, who)
	return ok && served(u.Prop)
}

// user is Attendee, read once of each component: there may be a thousand.
func (v *version) user(c *Component, who address.Address) (User, bool) {
	us := v.users[c]
	if us == nil {
		us = map[address.Address]User{}
		for _, u := range c.Attendees() {
			us[u.Address] = u
		}
		v.users[c] = us
	}
	u, ok := us[who]
	return u, ok && who != ""
}

// seat tells which components invite an attendee. Who has the same seat sees the same.
func (v *version) seat(who address.Address) string {
	var s []byte
	for _, c := range v.parts {
		if v.invites(c, who) {
			s = append(s, '1')
		} else {
			s = append(s, '0')
		}
	}
	return string(s)
}

// attendees are all who are named anywhere, each once, in order.
func (v *version) attendees() []address.Address {
	var all []address.Address
	seen := map[address.Address]bool{"": true}
	for _, c := range v.Scheduled() {
		for _, u := range c.Attendees() {
			if !seen[u.Address] {
				seen[u.Address] = true
				all = append(all, u.Address)
			}
		}
	}
	return all
}

// view is the object as one attendee may see it (S6638-07): the instances that name him. The master is without
// those of which he is not, or which are cancelled; nil if there is nothing.
func (v *version) view(who address.Address) *Object {
	view := New("REQUEST")
	hidden := []*override{}
	whole := v.invites(v.master, who)
	if whole {
		view.Root.Parts = append(view.Root.Parts, v.master.Clone())
	}
	for _, o := range inOrder(v.overrides) {
		if v.invites(o.c, who) {
			view.Root.Parts = append(view.Root.Parts, o.c.Clone())
		} else {
			hidden = append(hidden, o)
		}
	}
	if len(view.Root.Parts) == 0 {
		return nil
	}
	if whole {
		view.hide(hidden, v.Object)
	}
	view.forSending()
	view.bringZones(v.Object)
	return view
}

// hide takes instances out of the series, whose zones are those of the object it is from, and with
// RANGE=THISANDFUTURE all later ones. Overrides of what is no instance are nothing to take out.
func (o *Object) hide(hidden []*override, from *Object) {
	master, steps := o.Master(), maxSteps
	r, ok, err := from.Zones(nil).recurrenceOf(master, &steps)
	if !ok || err != nil {
		return
	}
	for _, v := range hidden {
		start, is, err := r.find(v.id)
		if !is || err != nil {
			continue
		}
		if v.future && r.cut(master, start) == nil {
			return
		}
		r.exclude(master, start)
	}
}

// highest is the highest SEQUENCE of all components.
func (o *Object) highest() int {
	c := slices.MaxFunc(o.Scheduled(), func(a, b *Component) int { return cmp.Compare(a.Sequence(), b.Sequence()) })
	return c.Sequence()
}
