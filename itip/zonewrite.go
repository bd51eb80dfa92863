package itip

import (
	"fmt"
	"strconv"
	"time"
)

// writeZone describes an IANA zone as a VTIMEZONE that is right from 1970 on: what goes by one rule until the end
// of what the zone database lists is written as a rule, everything before as single onsets.
func writeZone(tzid string, loc *time.Location) *Component {
	z := &Component{Name: "VTIMEZONE"}
	z.SetText("TZID", tzid)
	groups := onsetsOf(loc)
	for _, g := range groups {
		z.Parts = append(z.Parts, g.components()...)
	}
	return z
}

// onset is a change of the clocks.
type onset struct {
	wall     int64 // on the clock before
	from, to int
	name     string
	dst      bool
}

// group are onsets from one offset to another.
type group []onset

const zoneYears = 2100 // some zones have changes by the moon listed up to 2087

func onsetsOf(loc *time.Location) []group {
	start := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	name, offset := start.In(loc).Zone()
	groups := []group{{{int64(offset), offset, offset, name, start.In(loc).IsDST()}}}
	for t := start; ; {
		next, ok := nextOnset(t, loc)
		if !ok || next.Year() > zoneYears {
			return groups
		}
		_, before := next.Add(-time.Second).Zone()
		name, after := next.Zone()
		o := onset{next.Unix() + int64(before), before, after, name, next.IsDST()}
		groups = addOnset(groups, o)
		t = next
	}
}

// nextOnset is when the clocks change next. Where a zone goes by a rule, package time ends a period on the last
// day of a leap year, at which nothing changes, and gives that same end for all of that day.
func nextOnset(t time.Time, loc *time.Location) (time.Time, bool) {
	for {
		_, next := t.In(loc).ZoneBounds()
		if next.IsZero() || next.Year() > zoneYears {
			return next, false
		}
		if !next.After(t) {
			t = t.Add(day * time.Second)
			continue
		}
		before, after := next.Add(-time.Second), next
		nameBefore, offsetBefore := before.Zone()
		nameAfter, offsetAfter := after.Zone()
		if nameBefore != nameAfter || offsetBefore != offsetAfter || before.IsDST() != after.IsDST() {
			return next, true
		}
		t = next
	}
}

func addOnset(groups []group, o onset) []group {
	for i, g := range groups {
		if i > 0 && g[0].from == o.from && g[0].to == o.to && g[0].dst == o.dst && g[0].name == o.name {
			groups[i] = append(g, o)
			return groups
		}
	}
	return append(groups, group{o})
}

// components are the observances of a group: its single onsets, and a rule for those of the last years that
// follow one.
func (g group) components() []*Component {
	cut, rule := g.rule()
	var cs []*Component
	if cut > 0 {
		c := g[0].component()
		for _, o := range g[1:cut] {
			c.Add(Prop{Name: "RDATE", Value: when{wall: o.wall}.String()})
		}
		cs = append(cs, c)
	}
	if cut < len(g) {
		c := g[cut].component()
		c.Set(Prop{Name: "RRULE", Value: rule})
		cs = append(cs, c)
	}
	return cs
}

func (o onset) component() *Component {
	c := &Component{Name: "STANDARD"}
	if o.dst {
		c.Name = "DAYLIGHT"
	}
	c.Set(Prop{Name: "DTSTART", Value: when{wall: o.wall}.String()})
	c.Set(Prop{Name: "TZOFFSETFROM", Value: formatOffset(o.from)})
	c.Set(Prop{Name: "TZOFFSETTO", Value: formatOffset(o.to)})
	c.SetText("TZNAME", o.name)
	return c
}

func formatOffset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	s := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}

// rule finds the last years of a group that go by one yearly rule up to the end: from g[cut] on. cut is len(g)
// if there is none.
func (g group) rule() (cut int, rule string) {
	if y, _, _ := civil(g[len(g)-1].wall / day); y < zoneYears {
		return len(g), ""
	}
	cut = len(g)
	for first := len(g) - 1; first >= 0; first-- {
		r, ok := g[first:].sameRule()
		if !ok {
			break
		}
		cut, rule = first, r
	}
	if len(g)-cut < 3 { // less is chance
		return len(g), ""
	}
	return cut, rule
}

// sameRule is the rule of onsets that come every year, in one month, on one weekday and at one time of day: the
// last such day, the n-th, or the first from some day on.
func (g group) sameRule() (rule string, ok bool) {
	y0, m0, _ := civil(g[0].wall / day)
	wd, last, low, high := weekday(g[0].wall/day), true, 31, 1
	for i, o := range g {
		y, m, d := civil(o.wall / day)
		if y != y0+i || m != m0 || weekday(o.wall/day) != wd || o.wall%day != g[0].wall%day {
			return "", false
		}
		last = last && d > monthLen(y, m)-7
		low, high = min(low, d), max(high, d)
	}
	rule = "FREQ=YEARLY;BYMONTH=" + strconv.Itoa(m0)
	switch {
	case last:
		return rule + ";BYDAY=-1" + weekdays[wd], true
	case (low-1)/7 == (high-1)/7:
		return rule + ";BYDAY=" + strconv.Itoa((low-1)/7+1) + weekdays[wd], true
	case high-low < 7:
		rule += ";BYDAY=" + weekdays[wd] + ";BYMONTHDAY="
		for d := low; d < min(low+7, 32); d++ {
			if d > low {
				rule += ","
			}
			rule += strconv.Itoa(d)
		}
		return rule, true
	}
	return "", false
}
