package invitation_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

// lines are those of a message about the whole or an instance, or of John's own entry.
func (s *tale) lines(id string, standing map[string]string) []string {
	start, sequence := s.start, s.sequence
	if id != "" {
		start, sequence = s.at(id), s.changes[id]
	}
	all := []string{"UID:" + uid, "DTSTAMP:" + cmp.Or(s.stamp, s.now.Format(clock)+"Z"), fmt.Sprintf("SEQUENCE:%d", sequence), "SUMMARY:" + s.title,
		"DTSTART;TZID=Europe/Berlin:" + start, "DTEND;TZID=Europe/Berlin:" + later(start, time.Hour), "ORGANIZER:mailto:" + addr("john")}
	if id != "" {
		all = append(all, "RECURRENCE-ID;TZID=Europe/Berlin:"+id)
	} else if s.series {
		all = append(all, fmt.Sprintf("RRULE:FREQ=WEEKLY;COUNT=%d", s.weeks))
	}
	if s.gone || id != "" && s.over[id] == "" {
		all = append(all, "STATUS:CANCELLED")
	}
	for _, key := range guests {
		partstat := itip.NeedsAction
		if standing != nil {
			partstat = standing[key]
		}
		all = append(all, "ATTENDEE;RSVP=TRUE;PARTSTAT="+partstat+":mailto:"+addr(key))
	}
	return all
}

// write is what John's client does to his own entry.
func (s *tale) write(change func(old *itip.Object) *itip.Object) {
	old, _, version, err := s.calendars.Find(s.t.Context(), addr("john"), uid)
	if err == nil {
		err = s.calendars.Put(s.t.Context(), calendar.Put{Calendar: addr("john"), UID: uid, Object: change(old), Base: version})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// anew is the whole event as it is now.
func (s *tale) anew(*itip.Object) *itip.Object { return s.parse("", itip.Event, s.lines("", nil)) }

// renamed has another title, and all answers as they are.
func (s *tale) renamed(old *itip.Object) *itip.Object {
	is := old.Clone()
	for _, c := range is.Scheduled() {
		c.SetText("SUMMARY", s.title)
	}
	return is
}

// shorter has fewer weeks.
func (s *tale) shorter(old *itip.Object) *itip.Object {
	is := old.Clone()
	is.Master().Set(itip.Prop{Name: "RRULE", Value: fmt.Sprintf("FREQ=WEEKLY;COUNT=%d", s.weeks)})
	is.Root.Parts = slices.DeleteFunc(is.Root.Parts, func(c *itip.Component) bool {
		p, ok := c.Prop("RECURRENCE-ID")
		return ok && p.Value >= later(s.start, time.Duration(s.weeks)*7*24*time.Hour)
	})
	return is
}

// whole is the event with all its instances, as everybody has answered: some clients send it so, others the series alone.
func (s *tale) whole() []string {
	all := s.lines("", s.standing(""))
	if s.random.IntN(2) == 0 {
		return all
	}
	for _, id := range slices.Sorted(maps.Keys(s.over)) {
		all = append(append(all, "END:VEVENT", "BEGIN:VEVENT"), s.lines(id, s.standing(id))...)
	}
	return all
}

// with has another version of one instance.
func (s *tale) with(id string) func(*itip.Object) *itip.Object {
	return func(old *itip.Object) *itip.Object {
		is := old.Clone()
		is.Root.Parts = slices.DeleteFunc(is.Root.Parts, func(c *itip.Component) bool {
			p, _ := c.Prop("RECURRENCE-ID")
			return p.Value == id
		})
		is.Root.Parts = append(is.Root.Parts, s.parse("", itip.Event, s.lines(id, nil)).Scheduled()[0])
		return is
	}
}

// sendAll sends a message to everybody, in one mail or in several.
func (s *tale) sendAll(method string, lines []string) {
	mails := [][]string{guests}
	if s.random.IntN(2) == 0 {
		mails = [][]string{{"jane"}, {"jack"}, {"mark"}}
	}
	for _, to := range mails {
		if r := s.sendTo("john", to, ical(method, itip.Event, lines)); r.delivered {
			s.t.Errorf("%s gets the %s", to, method)
		}
	}
}
