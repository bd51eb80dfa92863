package resource

import (
	"usher/itip"
	"usher/itip/calendar"
)

// asked is the property of a series that was cut to the booking window: the rule as the organizer wrote it, so that
// a later change can be told from our own.
const asked = "X-USHER-ASKED"

// toStore is the resource's own copy of what was accepted.
func (b *booking) toStore(v verdict, a answer) (*itip.Object, error) {
	o, err := v.object, error(nil)
	if !v.cut.IsZero() {
		if o, err = cut(o, v.cut, b.tx.Time); err != nil {
			return nil, err
		}
	}
	return b.asBooked(o, a)
}

// asBooked is the resource's own copy of an object: with its answer in it, blocking time, and without what its
// calendar is not to hold. What the message is not about stays.
func (b *booking) asBooked(o *itip.Object, a answer) (*itip.Object, error) {
	o = o.Clone()
	o.SetMethod("")
	said := b.says(o)
	forgetClass(o, said)
	for _, c := range o.Scheduled() {
		if !said(c) {
			continue
		}
		b.setPartstat(c, a.partstat)
		c.Remove(questionProperty) // whoever wrote it: what is stored anew is asked about anew
		if !c.Cancelled() {
			c.SetText("STATUS", "CONFIRMED")
			c.SetText("TRANSP", "OPAQUE")
		}
		b.noteVia(c)
		b.trim(o, c)
	}
	o.AddZones()
	for _, i := range a.parts {
		c, err := o.Override(i.RecurrenceID)
		if err != nil {
			return nil, err
		}
		b.leave(c)
	}
	return o, nil
}

// forgetClass takes out what an earlier version was, where the message says what there is now.
func forgetClass(o *itip.Object, said func(*itip.Component) bool) {
	for _, c := range o.Scheduled() {
		if said(c) {
			c.Remove(calendar.ClassProperty)
		}
	}
}

// leave marks an instance of a booked series as declined: it takes no time (D-12).
func (b *booking) leave(c *itip.Component) {
	b.setPartstat(c, declined)
	c.SetText("TRANSP", "TRANSPARENT")
}

func (b *booking) setPartstat(c *itip.Component, partstat string) {
	for _, a := range b.room.Addresses {
		c.SetPartstat(a, partstat)
	}
}

// left tells whether a component is one that leave marked.
func (b *booking) left(c *itip.Component) bool {
	u, ok := c.Attendee(b.room.Addresses...)
	return ok && u.Partstat == declined && c.Transparent()
}

// asAsked is a stored object with the rule that the organizer asked for.
func asAsked(o *itip.Object) *itip.Object {
	master := o.Master()
	if master == nil || !master.Has(asked) {
		return o
	}
	o = o.Clone()
	o.Master().Set(itip.Prop{Name: "RRULE", Value: o.Master().Text(asked)})
	return o
}

// recut ends a series where the stored one was cut.
func recut(known, o *itip.Object) {
	was, master := known.Master(), o.Master()
	if was == nil || master == nil || !was.Has(asked) {
		return
	}
	rule, _ := was.Prop("RRULE")
	master.Set(rule.Clone())
	master.SetText(asked, was.Text(asked))
}
