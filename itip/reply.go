package itip

import (
	"maps"
	"slices"
	"time"

	"usher/address"
)

// ProdID names Usher as the writer of an object.
const ProdID = "-//Usher//Usher//EN"

// Reply is the answer of one attendee to a REQUEST (RFC 5546 3.2.3): for each component that asks him (for all, if
// he is in none of them, as a member of a list) UID, SEQUENCE, RECURRENCE-ID, ORGANIZER and what clients need to
// show it as they were, and he as the only ATTENDEE with his PARTSTAT. at is the time of the message, comment may
// be "". Nothing of RFC 6638's server-side parameters is sent (S6638-15).
func Reply(request *Object, attendee address.Address, partstat string, at time.Time, comment string) *Object {
	reply := New("REPLY")
	asked := request.asking(attendee)
	for _, c := range asked {
		reply.Root.Parts = append(reply.Root.Parts, answer(c, attendee, partstat, at, comment))
	}
	reply.bringZones(request)
	return reply
}

// asking are the components that list an attendee, or all.
func (o *Object) asking(attendee address.Address) []*Component {
	all := o.Scheduled()
	var asking []*Component
	for _, c := range all {
		if _, ok := c.Attendee(attendee); ok {
			asking = append(asking, c)
		}
	}
	if asking == nil {
		return all
	}
	return asking
}

// unaltered are the properties a REPLY repeats as they were: those that name what is answered, and those without
// which clients show an answer to nothing.
var unaltered = []string{"UID", "RECURRENCE-ID", "DTSTART", "DTEND", "DUE", "DURATION", "SUMMARY"}

func answer(c *Component, attendee address.Address, partstat string, at time.Time, comment string) *Component {
	a := c.essence(at)
	u, ok := c.Attendee(attendee)
	if !ok {
		u.Prop = Prop{Name: "ATTENDEE"}
	}
	a.Add(mailto(u.Prop, attendee).Without("RSVP", commentParam).With("PARTSTAT", partstat))
	if comment != "" {
		a.SetText("COMMENT", comment)
	}
	return a
}

// mailto is a calendar user as it may be sent: a mailto URI (S6047-07) as it was written, if it was one.
func mailto(p Prop, a address.Address) Prop {
	p = p.Without("SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND")
	if a != "" && (!isMailto(p.Value) || calAddress(p.Value) != a) {
		p.Value = "mailto:" + a.String()
	}
	return p
}

// AddRequestStatus says in every component how a request was dealt with (RFC 5545 3.8.8.3): a code such as "4.0",
// a text, and data such as the property that was in the way, or "".
func (o *Object) AddRequestStatus(code, text, data string) {
	for _, c := range o.Scheduled() {
		c.addRequestStatus(code, text, data)
	}
}

func (c *Component) addRequestStatus(code, text, data string) {
	if code == "" {
		return
	}
	value := code + ";" + Escape(text)
	if data != "" {
		value += ";" + Escape(data)
	}
	c.Add(Prop{Name: "REQUEST-STATUS", Value: value})
}

// bringZones adds a VTIMEZONE for every TZID in use (S5546-13): that of the other object, else one written for
// the zone that the name is known for.
func (o *Object) bringZones(from *Object) {
	var zones []*Component
	for _, tzid := range slices.Sorted(maps.Keys(usedZones(o.Scheduled()))) {
		if o.zone(tzid) != nil {
			continue
		}
		if z := from.zone(tzid); z != nil {
			zones = append(zones, z.Clone())
		} else if loc, ok := Location(tzid); ok {
			zones = append(zones, writeZone(tzid, loc))
		}
	}
	o.Root.Parts = append(zones, o.Root.Parts...)
}

// AddZones adds a VTIMEZONE for every TZID that is used and has none, if its name is known.
func (o *Object) AddZones() { o.bringZones(o) }
