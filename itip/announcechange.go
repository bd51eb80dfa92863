package itip

import (
	"fmt"
	"slices"
	"strings"
)

// changed tells whether a view says anything else than it did before.
func changed(was, is *Object) bool { return changedBut(was, is) }

// changedBut is changed without looking at some properties.
func changedBut(was, is *Object, but ...string) bool {
	return timesDiffer(was, is) || gist(was, but) != gist(is, but) || asksAgain(was, is)
}

// significant tells whether an attendee has to think about it again.
func significant(was, is *Object) bool {
	return timesDiffer(was, is) || statuses(was) != statuses(is)
}

// timesDiffer compares both ways: TimeChanged takes an object without master for a part of the other.
func timesDiffer(was, is *Object) bool {
	return TimeChanged(was, is, nil) || TimeChanged(is, was, nil)
}

func statuses(o *Object) string {
	var ss []string
	for _, c := range o.Scheduled() {
		if s := statusOf(c) + spare(c); s != "" {
			ss = append(ss, written(c)+s)
		}
	}
	slices.Sort(ss)
	return strings.Join(ss, "\n")
}

// spare is a DURATION beside DTEND. It may not be there (RFC 5545 3.6.1) and does not count here, but others may
// go by it.
func spare(c *Component) string {
	if !c.Has("DTEND") {
		return ""
	}
	return c.word("DURATION")
}

// ungisted are the properties in which nobody else is interested: when it was written, what the owner or his
// client noted, and what timesDiffer compares by its meaning.
var ungisted = []string{"DTSTAMP", "LAST-MODIFIED", "CREATED", "COMMENT",
	"DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}

// gist is what a view says besides its times, such that spelling and order make no difference.
func gist(o *Object, but []string) string {
	keys, z := []string{}, o.Zones(nil)
	for _, c := range o.Scheduled() {
		lines := []string{spare(c)}
		for _, p := range c.Props {
			if slices.Contains(ungisted, p.Name) || slices.Contains(but, p.Name) || strings.HasPrefix(p.Name, "X-") {
				continue
			}
			if line := p.gist(); line != "" {
				lines = append(lines, line)
			}
		}
		for _, part := range c.Parts {
			lines = append(lines, canonical(part))
		}
		slices.Sort(lines)
		keys = append(keys, instanceName(z, c)+"\n"+strings.Join(slices.Compact(lines), "\n"))
	}
	slices.Sort(keys)
	return strings.Join(keys, "\n\n")
}

func instanceName(z *Zones, c *Component) string {
	if !c.Has("RECURRENCE-ID") {
		return c.Name
	}
	id, _, err := z.recurrenceID(c)
	if err != nil {
		return written(c)
	}
	return fmt.Sprint(c.Name, id.at, id.date)
}

// gist leaves out what a property says by default. Of users, their answers are not news of the organizer's, and
// that one need not answer is none.
func (p Prop) gist() string {
	switch p.Name {
	case "SEQUENCE":
		p.Value = strings.TrimLeft(strings.TrimSpace(p.Value), "0")
	case "ATTENDEE", "ORGANIZER":
		u := userOf(p)
		return fmt.Sprint(p.Name, u.Address, u.Name, u.Role, u.CUType, u.SentBy, u.DelegatedTo, u.DelegatedFrom)
	}
	if p.Value == "" {
		return ""
	}
	return p.canonical()
}

// asksAgain tells whether somebody is asked for an answer who was not before (S5546-27).
func asksAgain(was, is *Object) bool {
	for _, c := range is.Scheduled() {
		before := was.Counterpart(is, c)
		if before == nil {
			continue
		}
		for _, u := range c.Attendees() {
			if v, ok := before.Attendee(u.Address); ok && u.RSVP && !v.RSVP {
				return true
			}
		}
	}
	return false
}
