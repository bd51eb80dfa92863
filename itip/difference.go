package itip

import (
	"slices"
	"strings"
	"time"

	"usher/address"
)

// Difference is one thing that is not as it was, for a notice such as "10:00 -> 11:00" (S5546-04).
type Difference struct {
	Name           string            // property; DTSTART and DTEND (DUE of a task) also where DURATION says it
	Instance       time.Time         // original start of the instance; zero for the series or a single event
	Was, Is        string            // unescaped; several values are separated by line ends; "" if there is none
	WasTime, Time  time.Time         // of DTSTART, DTEND and DUE, in the zone they are written in; zero if there is none
	AllDay         bool              // Time is a day
	Added, Removed []address.Address // of ATTENDEE
}

// told are the properties that mean something to people. RRULE, RDATE and EXDATE are compared as they are written.
var told = []string{"SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "RRULE", "RDATE", "EXDATE", "ORGANIZER", "URL", "CONFERENCE", "PRIORITY", "CLASS"}

// Changed tells what of a stored object is otherwise after an update, in order of the components of the new one:
// first the series, then instances. An override that is new, or gone, is compared with what the series says of that
// instance. Alarms and other personal data are no matter. Times that cannot be read or followed are not told.
func Changed(stored, now *Object) []Difference {
	before, err := stored.timeline()
	after, errAfter := now.timeline()
	if err != nil || errAfter != nil {
		return differences(stored.Master(), now.Master(), stored, now, time.Time{})
	}
	ds := differences(before.master, after.master, stored, now, time.Time{})
	ids := map[int64]moment{}
	for _, v := range slices.Concat(before.overrides, after.overrides) {
		ids[v.id.at] = v.id
	}
	for _, id := range inOrderOfTime(ids) {
		a, errA := before.speaksFor(id)
		b, errB := after.speaksFor(id)
		if errA == nil && errB == nil {
			ds = append(ds, differences(a, b, stored, now, id.zone.time(id.at))...)
		}
	}
	return ds
}

func inOrderOfTime(ids map[int64]moment) []moment {
	var ms []moment
	for _, id := range ids {
		ms = append(ms, id)
	}
	slices.SortFunc(ms, func(a, b moment) int { return compare(a.at, b.at) })
	return ms
}

// speaksFor is the component of an instance, its own or what that would be; nil if there is no such instance.
func (t *timeline) speaksFor(id moment) (*Component, error) {
	if v := t.override(id); v != nil {
		return v.c, nil
	}
	return t.derived(id)
}

func differences(a, b *Component, was, is *Object, instance time.Time) []Difference {
	if a == nil && b == nil {
		return nil
	}
	if a == nil || b == nil {
		return []Difference{presence(a, b, was, is, instance)}
	}
	var ds []Difference
	for _, name := range []string{"DTSTART", "DTEND", "DUE"} {
		ds = append(ds, timeDifference(name, a, b, was, is)...)
	}
	for _, name := range told {
		if x, y := a.texts(name), b.texts(name); x != y {
			ds = append(ds, Difference{Name: name, Was: x, Is: y})
		}
	}
	ds = append(ds, attendeeDifference(a, b)...)
	for i := range ds {
		ds[i].Instance = instance
	}
	return ds
}

// presence tells of an instance, or a series, that one side only has, as STATUS.
func presence(a, b *Component, was, is *Object, instance time.Time) Difference {
	d := Difference{Name: "STATUS", Instance: instance}
	if a != nil {
		d.Was, d.Is = a.status(), "CANCELLED"
		d.WasTime, _, _ = a.time("DTSTART", was)
	} else {
		d.Is = b.status()
		d.Time, d.AllDay, _ = b.time("DTSTART", is)
	}
	return d
}

func (c *Component) status() string {
	if s := c.word("STATUS"); s != "" {
		return s
	}
	return "CONFIRMED"
}

func (c *Component) texts(name string) string {
	var texts []string
	for _, p := range c.All(name) {
		switch name {
		case "RRULE", "RDATE", "EXDATE":
			texts = append(texts, p.Value)
		case "ORGANIZER":
			texts = append(texts, userOf(p).Address.String())
		default:
			texts = append(texts, p.Text())
		}
	}
	return strings.Join(texts, "\n")
}

func timeDifference(name string, a, b *Component, was, is *Object) []Difference {
	x, dayA, okA := a.time(name, was)
	y, dayB, okB := b.time(name, is)
	if okA == okB && x.Equal(y) && dayA == dayB {
		return nil
	}
	return []Difference{{Name: name, Was: timeText(x, dayA, okA), Is: timeText(y, dayB, okB), WasTime: x, Time: y, AllDay: dayB}}
}

func timeText(t time.Time, allDay, ok bool) string {
	switch {
	case !ok:
		return ""
	case allDay:
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04")
}

// time is where a component begins or ends, DURATION counted in. The end of an event of days is the day after it,
// as in DTEND.
func (c *Component) time(name string, of *Object) (at time.Time, allDay, ok bool) {
	if name == "DTSTART" && !c.Has("DTSTART") || name == "DTEND" && c.Name != Event || name == "DUE" && c.Name != Todo {
		return at, false, false
	}
	start, l, ok, err := of.Zones(nil).span(c)
	if !ok || err != nil {
		return at, false, false
	}
	if name == "DTSTART" {
		return start.zone.time(start.at), start.date, true
	}
	if name == "DUE" && !c.Has("DUE") && !c.Has("DURATION") {
		return at, false, false
	}
	end := (&recurrence{start: start}).end(occurrence{start.wall, start.at}, l)
	return start.zone.time(end), start.date, true
}

func attendeeDifference(a, b *Component) []Difference {
	in := func(c *Component) (as []address.Address) {
		for _, u := range c.Attendees() {
			as = append(as, u.Address)
		}
		return as
	}
	x, y := in(a), in(b)
	d := Difference{Name: "ATTENDEE", Added: without(y, x), Removed: without(x, y)}
	if d.Added == nil && d.Removed == nil {
		return nil
	}
	return []Difference{d}
}

func without(as, others []address.Address) (rest []address.Address) {
	for _, a := range as {
		if !slices.Contains(others, a) {
			rest = append(rest, a)
		}
	}
	return rest
}
