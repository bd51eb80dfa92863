package resource

import (
	"errors"
	"slices"

	"usher/itip"
	"usher/itip/calendar"
)

// cancel frees the resource at once, whole or instance (S5546-36, S5546-39). Nobody waits for an answer. What is left
// takes no time, and makes a request that is older and comes later outdated (S5546-55).
func (b *booking) cancel() (decision, error) {
	switch {
	case b.stored == nil:
		return b.cancelUnknown()
	case b.room.unknown != nil && b.ownersWait():
		return decision{}, b.room.unknown
	case b.repeated():
		return done("cancelled before", b.put(b.stored, cancelled, nil)).with(b.voided(b.stored, ownerWords.ofCancel)...), nil
	}
	_, gone, err := itip.Cancelled(b.stored, b.incoming, b.room.Addresses...)
	switch {
	case errors.Is(err, itip.ErrNoInstance) && b.stored.Master() == nil && !b.knowsAny():
		return b.cancelUnknown()
	case errors.Is(err, itip.ErrOutdated):
		return done("outdated cancellation, nothing changed"), nil
	case err != nil:
		return untouched("%v", err), nil
	}
	o, err := itip.Struck(b.stored, b.incoming, b.room.Addresses...)
	if err != nil {
		return untouched("%v", err), nil
	}
	return b.struck(o, gone), nil
}

// struck stores what a cancellation left.
func (b *booking) struck(o *itip.Object, gone bool) decision {
	b.asFree(o)
	if b.via == "" {
		forgetVia(o) // it is for the resource itself
	}
	why := "instance cancelled"
	if gone {
		why = "cancelled"
		if !b.room.rules.KeepCancelled {
			b.bury(o)
		}
	}
	if b.room.unknown != nil {
		why += ", its rules could not be asked for"
	}
	b.void(o)
	return done(why, b.put(o, cancelled, nil)).with(b.voided(o, ownerWords.ofCancel)...)
}

// bury leaves of an object no more than is needed to know an older message by.
func (b *booking) bury(o *itip.Object) {
	for _, c := range o.Scheduled() {
		b.bare(c)
		b.noteVia(c)
		c.Remove("ATTENDEE", "CLASS", calendar.ClassProperty)
		c.SetText("STATUS", "CANCELLED")
		c.SetText("TRANSP", "TRANSPARENT")
	}
	o.AddZones()
}

// tombstone tells whether all of an event was cancelled.
func tombstone(o *itip.Object) bool { return buried(o) && o.Master() != nil }

// buried tells whether nothing of an object takes place any more.
func buried(o *itip.Object) bool {
	return !slices.ContainsFunc(o.Scheduled(), func(c *itip.Component) bool { return !c.Cancelled() })
}

// cancelUnknown remembers a cancellation that came before what it cancels (S5546-65). Under SEQUENCE 0, which some clients do
// not raise (D-05), DTSTAMP tells what is older (S5546-08).
func (b *booking) cancelUnknown() (decision, error) {
	o := b.incoming.Clone()
	o.SetMethod("")
	o.Root.Parts = keepParts(o, func(c *itip.Component) bool {
		return (c.Sequence() > 0 || !c.Stamp().IsZero()) && b.concerns(c) && (c.Has("DTSTART") || placeAt(c))
	})
	if len(o.Scheduled()) == 0 {
		return done("cancelled, nothing was booked"), nil
	}
	b.bury(o)
	if b.stored != nil {
		o = joined(b.stored, o)
	}
	return done("cancelled before it was booked", b.put(o, cancelled, nil)), nil
}

// knowsAny tells whether something of what is cancelled is booked.
func (b *booking) knowsAny() bool {
	return slices.ContainsFunc(b.incoming.Scheduled(), func(c *itip.Component) bool { return b.stored.Counterpart(b.incoming, c) != nil })
}

// joined are instances that are booked by themselves, and others of their series.
func joined(stored, others *itip.Object) *itip.Object {
	o := stored.Clone()
	o.Root.Parts = append(o.Root.Parts, others.Clone().Scheduled()...)
	o.AddZones()
	return o
}

// concerns tells whether a cancellation is for the resource: it lists it, or nobody (D-04).
func (b *booking) concerns(c *itip.Component) bool {
	_, listed := c.Attendee(b.room.Addresses...)
	return listed || !c.Has("ATTENDEE")
}

// placeAt gives a cancellation without times the one it was for, or that of the message: an event has to have one.
func placeAt(c *itip.Component) bool {
	for _, name := range []string{"RECURRENCE-ID", "DTSTAMP"} {
		if p, ok := c.Prop(name); ok {
			p = p.Clone().Without("RANGE")
			p.Name = "DTSTART"
			c.Add(p)
			return true
		}
	}
	return false
}

// keepParts are the time zones of an object and those of its components that are wanted.
func keepParts(o *itip.Object, want func(*itip.Component) bool) (parts []*itip.Component) {
	for _, c := range o.Root.Parts {
		if c.Name == "VTIMEZONE" || c.Has("UID") && want(c) {
			parts = append(parts, c)
		}
	}
	return parts
}
