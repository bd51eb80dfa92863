package itip

import (
	"slices"
	"strings"
	"time"

	"usher/address"
)

// ourProperties begin the names of what we keep on stored objects for ourselves.
const ourProperties = "X-USHER-"

// forSending takes away what belongs into a calendar and not into a message: alarms (S5546-14), our own notes, the
// server-side parameters of RFC 6638 (S6638-15), what attendees wrote to the organizer, and addresses that are no
// mailto URI (S6047-07).
func (o *Object) forSending() {
	for _, c := range o.Scheduled() {
		c.RemoveParts("VALARM")
		c.removeOurs()
		for i, p := range c.Props {
			if p.Name == "ATTENDEE" || p.Name == "ORGANIZER" {
				c.Props[i] = mailto(p, userOf(p).Address).Without(commentParam)
			}
		}
	}
}

func (c *Component) removeOurs() {
	c.Props = slices.DeleteFunc(slices.Clone(c.Props), func(p Prop) bool {
		return strings.HasPrefix(p.Name, ourProperties) || p.Name == "X-LIC-ERROR"
	})
}

// Message makes a message of a stored object: METHOD, DTSTAMP, and what may be sent of it, with the time zones it
// uses. SEQUENCE is as it is stored.
func Message(stored *Object, method string, at time.Time) *Object {
	m := stored.Clone()
	m.Repairs = nil
	m.Root.SetText("PRODID", ProdID)
	m.Root.SetText("VERSION", "2.0")
	m.SetMethod(method)
	m.forSending()
	for _, c := range m.Scheduled() {
		c.SetStamp(at)
	}
	m.AddZones()
	return m
}

// For is the part of an object that an attendee may know: the instances that name him (RFC 6638 3.2.6). Listed in
// the series he gets it without the overrides that leave him out, which EXDATE takes away; otherwise the overrides
// that list him, alone. ErrNotListed if none does. The object does not change.
func For(o *Object, attendee ...address.Address) (*Object, error) {
	lists := func(c *Component) bool { _, ok := c.Attendee(attendee...); return ok }
	if !slices.ContainsFunc(o.Scheduled(), lists) {
		return nil, ErrNotListed
	}
	out := o.Clone()
	if master := out.Master(); master != nil && lists(master) {
		if err := out.leaveOut(lists); err != nil {
			return nil, err
		}
	}
	out.keep(lists)
	return out.fitting()
}

// leaveOut takes the instances of overrides that are not wanted out of the series. Later ones that would follow
// such an override are not there either.
func (o *Object) leaveOut(wanted func(*Component) bool) error {
	t, err := o.timeline()
	if err != nil {
		return err
	}
	for _, v := range t.overrides {
		if wanted(v.c) || t.series == nil {
			continue
		}
		at, ok, err := t.series.find(v.id)
		if err != nil {
			return err
		}
		switch {
		case ok && v.future:
			err = t.series.cut(t.master, at)
		case ok:
			t.series.exclude(t.master, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
