package itip_test

import (
	"slices"
	"strings"
	"time"

	"usher/itip"
)

// times compares what says when it takes place, both ways.
func (v *verdict) times(w mapping, c *itip.Component, f frame, name string) {
	for _, field := range []string{"dtstart", "dtend", "due"} {
		want, got := list(w[field]), c.All(field)
		if f.derived && len(want) == 0 || f.method == "REPLY" && v.ownStart(w, c) {
			continue
		}
		if len(want) != len(got) {
			v.diff("%s: %d %s, want %d", name, len(got), field, len(want))
		} else if len(want) == 1 && !sameTime(readTimed(want[0]), timed{got[0].Value, got[0].Param("TZID")}) {
			v.diff("%s: %s, want %v", name, got[0], want[0])
		}
	}
	for _, field := range []string{"completed", "dtstamp", "created", "last-modified"} {
		if p, _ := c.Prop(field); w[field] != nil && p.Value != readTimed(w[field]).value {
			v.diff("%s: %s, want %v", name, p, w[field])
		}
	}
	for _, field := range []string{"exdate", "rdate"} {
		v.dates(field, list(w[field]), c, f, name)
	}
	for _, field := range []string{"rrule", "duration"} {
		if want, got := ruleParts(values(w[field])), ruleParts(propValues(c.All(field))); !slices.Equal(want, got) {
			v.diff("%s: %s %v, want %v", name, field, got, want)
		}
	}
}

// ownStart tells whether an answer to an instance has the start of that instance where the source has that of the
// series.
func (v *verdict) ownStart(w mapping, c *itip.Component) bool {
	id, has := c.Prop("RECURRENCE-ID")
	start, _ := c.Prop("DTSTART")
	own := has && w["dtstart"] != nil && id.Value == start.Value && !sameTime(readTimed(w["dtstart"]), readTimed(w["recurrence-id"]))
	if own {
		v.differ("S5545-25", "an instance that was not moved starts at its RECURRENCE-ID")
	}
	return own
}

func values(n node) []string {
	var all []string
	for _, v := range list(n) {
		all = append(all, text(v))
	}
	return all
}

func propValues(ps []itip.Prop) []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.Value)
	}
	return all
}

// ruleParts are rules such that the order of their parts makes no difference.
func ruleParts(rules []string) []string {
	var all []string
	for _, r := range rules {
		parts := strings.Split(strings.ToUpper(r), ";")
		slices.Sort(parts)
		all = append(all, strings.Join(parts, ";"))
	}
	slices.Sort(all)
	return all
}

func datesOf(c *itip.Component, field string) []timed {
	var all []timed
	for _, p := range c.All(field) {
		for _, value := range strings.Split(p.Value, ",") {
			all = append(all, timed{value, p.Param("TZID")})
		}
	}
	return all
}

func (v *verdict) dates(field string, want []node, c *itip.Component, f frame, name string) {
	got := datesOf(c, field)
	for _, w := range want {
		for _, value := range strings.Split(readTimed(w).value, ",") {
			one := timed{value, readTimed(w).tzid}
			i := slices.IndexFunc(got, func(g timed) bool { return sameTime(one, g) })
			if i < 0 {
				v.diff("%s: no %s %s", name, field, value)
				continue
			}
			got = slices.Delete(got, i, i+1)
		}
	}
	for _, g := range got {
		if field == "exdate" && slices.ContainsFunc(f.struck, func(s timed) bool { return sameTime(s, g) }) {
			continue // see missing
		}
		v.diff("%s: %s %s is too many", name, field, g.value)
	}
}

// sameTime compares times of one type as instants, in whatever zone they are written.
func sameTime(a, b timed) bool {
	if a == b {
		return true
	}
	s, dateA, okA := a.instant()
	t, dateB, okB := b.instant()
	return okA && okB && dateA == dateB && s.Equal(t)
}

func (v timed) instant() (at time.Time, date, ok bool) {
	if at, err := time.Parse("20060102", v.value); err == nil {
		return at, true, true
	}
	if at, err := time.Parse("20060102T150405Z", v.value); err == nil {
		return at, false, true
	}
	loc, known := itip.Location(v.tzid)
	if v.tzid == "" || !known {
		return at, false, false
	}
	at, err := time.ParseInLocation("20060102T150405", v.value, loc)
	return at, false, err == nil
}
