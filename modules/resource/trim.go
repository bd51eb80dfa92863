package resource

import (
	"slices"
	"strings"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/imip"
)

// needed are the properties that a booking is made of. Of a private event nothing else is kept (D-16).
var needed = []string{"UID", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE",
	"EXRULE", "STATUS", "TRANSP", "CLASS", "ORGANIZER", "X-MICROSOFT-CDO-APPT-SEQUENCE", asked,
	viaProperty, calendar.ClassProperty}

// comments are the properties that hold what people wrote about an event.
var comments = []string{"DESCRIPTION", "COMMENT", "X-ALT-DESC", "STYLED-DESCRIPTION"}

// trim takes out of a component what the resource's calendar, which many can read, is not to hold.
func (b *booking) trim(o *itip.Object, c *itip.Component) {
	r := b.room.rules
	class := calendar.ClassOf(o, c)
	if class != "PUBLIC" {
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
		hide(c, class)
	}
	if r.AddOrganizerToSubject {
		b.sign(c)
	}
}

// hide takes CLASS away from those who look at the calendar, and keeps it for what is told of the booking.
func hide(c *itip.Component, class string) {
	c.Remove("CLASS")
	if class != "PUBLIC" {
		c.SetText(calendar.ClassProperty, class)
	}
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
