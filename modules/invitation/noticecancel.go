package invitation

import (
	"fmt"
	"time"

	"usher/itip"
)

// ofCancel tells what is cancelled: all of it, or which instances.
func (v *visit) ofCancel() notice {
	w, o := v.told(), v.cancelledPart()
	name := title(o, v.stored)
	lines := []string{fmt.Sprintf(w.cancelledBy, name, v.by()), ""}
	for n, c := range v.incoming.Scheduled() {
		if n == maxTold {
			lines = append(lines, fmt.Sprintf(w.more, len(v.incoming.Scheduled())-n))
			break
		}
		lines = append(lines, v.cancelledAt(w, c))
	}
	return v.close(w, fmt.Sprintf(w.cancelled, name), lines)
}

// cancelledPart is what the copy has of the first thing that is cancelled.
func (v *visit) cancelledPart() *itip.Object {
	return v.alone(v.stored, v.stored.Counterpart(v.incoming, v.incoming.Scheduled()[0]))
}

// cancelledAt says when the instance was, or the whole.
func (v *visit) cancelledAt(w words, c *itip.Component) string {
	mine := v.stored.Counterpart(v.incoming, c)
	id, ok := c.Prop("RECURRENCE-ID")
	switch {
	case !ok && mine.Has("RRULE"), !ok && mine.Has("RDATE"):
		return fmt.Sprintf(w.cancelledAll, v.when(w, v.stored))
	case !ok:
		return fmt.Sprintf(w.cancelledOne, v.when(w, v.stored))
	case id.Param("RANGE") != "":
		return fmt.Sprintf(w.cancelledFrom, v.start(w, c))
	case mine.Has("RECURRENCE-ID"):
		return fmt.Sprintf(w.cancelledOne, v.when(w, v.alone(v.stored, mine)))
	}
	return fmt.Sprintf(w.cancelledOne, v.start(w, c))
}

// start is the original start of an instance that a message names.
func (v *visit) start(w words, c *itip.Component) string {
	id, _ := c.Prop("RECURRENCE-ID")
	id.Name = "DTSTART"
	only := v.alone(v.incoming, c)
	c = only.Scheduled()[0]
	c.Remove("RECURRENCE-ID", "DTEND", "DURATION", "DUE")
	c.Set(id)
	i, ok, err := only.Next(time.Unix(0, 0), v.zone)
	if err != nil || !ok {
		return id.Value
	}
	zone, err := only.Zones(v.zone).Find(id.Param("TZID"))
	switch {
	case i.AllDay:
		return i.Start.In(v.zone).Format(w.date)
	case err != nil:
		return w.moment(i.Start.In(v.zone))
	}
	return w.moment(zone.In(i.Start))
}

// alone is an object with one component only.
func (v *visit) alone(o *itip.Object, c *itip.Component) *itip.Object {
	only := itip.New("")
	for _, part := range o.Root.Parts {
		if part == c || !part.Has("UID") {
			only.Root.Parts = append(only.Root.Parts, part.Clone())
		}
	}
	return only
}
