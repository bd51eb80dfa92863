package itip

import (
	"time"

	"usher/address"
)

// Refresh asks the organizer for the newest version of what a message or a stored object is about (RFC 5546
// 3.2.6): one component with UID, ORGANIZER and the attendee who asks. If single instances are all there is, the
// first one's RECURRENCE-ID is named.
func Refresh(known *Object, attendee address.Address, at time.Time) *Object {
	refresh := New("REFRESH")
	c := known.Master()
	if c == nil {
		c = known.first()
	}
	if c == nil {
		return refresh
	}
	asked := &Component{Name: c.Name}
	for _, name := range []string{"UID", "RECURRENCE-ID"} {
		if p, ok := c.Prop(name); ok {
			asked.Add(p.Clone())
		}
	}
	asked.SetStamp(at)
	if p, ok := c.Prop("ORGANIZER"); ok {
		asked.Add(mailto(p, userOf(p).Address))
	}
	u, _ := c.Attendee(attendee)
	line := Prop{Name: "ATTENDEE"}
	if cn := u.Prop.param("CN"); cn != nil {
		line = line.With("CN", cn...)
	}
	asked.Add(mailto(line, attendee))
	refresh.Root.Parts = []*Component{asked}
	refresh.bringZones(known)
	return refresh
}

// DeclineCounter tells those who proposed other times that things stay as they are (RFC 5546 3.2.8): for each
// component of the COUNTER its UID, RECURRENCE-ID, SEQUENCE as it was, ORGANIZER and attendees. comment may be "".
func DeclineCounter(counter *Object, at time.Time, comment string) *Object {
	decline := New("DECLINECOUNTER")
	for _, c := range counter.Scheduled() {
		out := c.essence(at)
		out.Remove("DTSTART", "DTEND", "DUE", "DURATION") // those proposed
		for _, u := range c.Attendees() {
			out.Add(mailto(u.Prop, u.Address).Without("RSVP", commentParam))
		}
		if comment != "" {
			out.SetText("COMMENT", comment)
		}
		decline.Root.Parts = append(decline.Root.Parts, out)
	}
	decline.bringZones(counter)
	return decline
}
