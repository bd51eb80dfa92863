package resource

import (
	"slices"
	"strings"

	"usher/itip"
	"usher/milter/imip"
)

// needed are the properties that a booking is made of. Of a private event nothing else is kept (D-16).
var needed = []string{"UID", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE",
	"EXRULE", "STATUS", "TRANSP", "CLASS", "ORGANIZER", "X-MICROSOFT-CDO-APPT-SEQUENCE", asked,
	viaProperty}

// comments are the properties that hold what people wrote about an event.
var comments = []string{"DESCRIPTION", "COMMENT", "X-ALT-DESC", "STYLED-DESCRIPTION"}

// trim takes out of a component what the resource's calendar, which many can read, is not to hold.
func (b *booking) trim(o *itip.Object, c *itip.Component) {
	r := b.room.rules
	if private(o, c) {
		b.bare(c)
	}
	if r.TrimSubject {
		c.Remove("SUMMARY")
	}
	if r.TrimComments {
		c.Remove(comments...)
	}
	if r.TrimAttachments {
		c.Remove("ATTACH")
	}
	if r.TrimPrivate {
		c.Remove("CLASS")
	}
	if r.AddOrganizerToSubject {
		b.sign(c)
	}
}

// private tells whether the details of a component are nobody else's business. One that does not say is like its
// series; a class nobody knows is private (RFC 5545 3.8.1.3).
func private(o *itip.Object, c *itip.Component) bool {
	class := c.Text("CLASS")
	if master := o.Master(); class == "" && master != nil {
		class = master.Text("CLASS")
	}
	return class != "" && !strings.EqualFold(strings.TrimSpace(class), "PUBLIC")
}

// bare leaves time and organizer, and the resource's own answer.
func (b *booking) bare(c *itip.Component) {
	c.Parts = nil
	c.Props = slices.DeleteFunc(c.Props, func(p itip.Prop) bool {
		if p.Name == "ATTENDEE" {
			u, ok := (&itip.Component{Props: []itip.Prop{p}}).Attendee(b.room.Addresses...)
			return !ok || u.Address == ""
		}
		return !slices.Contains(needed, p.Name)
	})
}

// sign puts the organizer in front of the subject.
func (b *booking) sign(c *itip.Component) {
	name := imip.Line(b.organizer.Name, maxName)
	if name == "" {
		name = b.organizer.Address.String()
	}
	subject := c.Text("SUMMARY")
	if subject == name || strings.HasPrefix(subject, name+": ") {
		return
	}
	if subject != "" {
		name += ": " + subject
	}
	c.SetText("SUMMARY", name)
}
