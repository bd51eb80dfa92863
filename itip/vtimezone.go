package itip

import (
	"errors"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// observance is a STANDARD or DAYLIGHT part of a VTIMEZONE: from each of its onsets on, until one of any other
// observance, the clocks are to ahead of UTC. Onsets are written on the clock of the offset before (from).
type observance struct {
	from, to int64
	onsets   []int64 // instants, rising: DTSTART, RDATE, and rules that count
	rules    []*series
	years    map[int64][]int64 // instants of the rules by year
}

const (
	maxObservances = 200
	maxRules       = 50   // of one zone
	maxOnsets      = 1000 // of one rule with COUNT
)

// Rules are followed from 1600 to 2200; before and after, the clocks stay as they were then.
var firstRule, lastRule = daysOf(1600, 1, 1) * day, daysOf(2200, 1, 1) * day

var errNoZone = errors.New("VTIMEZONE cannot be followed")

// newZone reads a VTIMEZONE (RFC 5545 3.6.5). Only yearly rules are followed: there are no others.
func newZone(c *Component) (*Zone, error) {
	z := &Zone{Name: c.Text("TZID"), fixed: map[int64]*time.Location{}}
	steps, rules := maxSteps, 0
	for _, part := range c.Parts {
		if part.Name != "STANDARD" && part.Name != "DAYLIGHT" {
			continue
		}
		o, err := newObservance(part, &steps)
		if err != nil {
			return nil, err
		}
		z.parts = append(z.parts, o)
		rules += len(o.rules)
	}
	if len(z.parts) == 0 || len(z.parts) > maxObservances || rules > maxRules {
		return nil, errNoZone
	}
	return z, nil
}

func newObservance(c *Component, steps *int) (*observance, error) {
	from, okFrom := parseOffset(c.Text("TZOFFSETFROM"))
	to, okTo := parseOffset(c.Text("TZOFFSETTO"))
	p, _ := c.Prop("DTSTART")
	start, err := p.when()
	if err != nil || start.date || start.utc || !okFrom || !okTo {
		return nil, errNoZone
	}
	o := &observance{from: from, to: to, onsets: []int64{start.wall - from}, years: map[int64][]int64{}}
	for _, p := range c.All("RDATE") {
		dates, err := p.dates()
		if err != nil {
			return nil, errNoZone
		}
		for _, d := range dates {
			o.onsets = append(o.onsets, o.instant(d.when))
		}
	}
	for _, p := range c.All("RRULE") {
		if err := o.addRule(p.Value, start, steps); err != nil {
			return nil, err
		}
	}
	slices.Sort(o.onsets)
	return o, nil
}

func (o *observance) instant(w when) int64 {
	if w.utc {
		return w.wall
	}
	return w.wall - o.from
}

// addRule follows a yearly rule lazily, year by year, as it may begin in 1601 (Microsoft) and has no end.
func (o *observance) addRule(value string, start when, steps *int) error {
	r, err := parseRule(value)
	if err != nil || r.freq != yearly || len(r.byHour)+len(r.byMinute)+len(r.bySecond) > 0 {
		return errNoZone
	}
	s, err := newSeries(r, start, &Zone{loc: time.FixedZone("", int(o.from))}, steps)
	if err != nil {
		return err
	}
	if r.count == 0 {
		o.rules = append(o.rules, s)
		return nil
	}
	if r.count > maxOnsets {
		return errNoZone
	}
	return s.each(start.wall, math.MaxInt64/2, func(at occurrence) bool {
		o.onsets = append(o.onsets, at.at)
		return true
	})
}

// latest is the last onset up to an instant.
func (o *observance) latest(at int64) (onset int64, ok bool) {
	if i := sort.Search(len(o.onsets), func(i int) bool { return o.onsets[i] > at }); i > 0 {
		onset, ok = o.onsets[i-1], true
	}
	if len(o.rules) == 0 || !ok {
		return onset, ok // rules begin with DTSTART
	}
	y := yearOf(min(at, o.lastUntil()) + o.from)
	for back := int64(0); back < 12; back++ { // a rule for leap days alone may miss eight years in a row
		ons := o.year(y - back)
		i := sort.Search(len(ons), func(i int) bool { return ons[i] > at })
		if i > 0 {
			return max(onset, ons[i-1]), true
		}
	}
	return onset, ok
}

// lastUntil is where the last of the rules ends.
func (o *observance) lastUntil() int64 {
	last := int64(math.MinInt64)
	for _, s := range o.rules {
		last = max(last, s.until)
	}
	return min(last, math.MaxInt64-2*day)
}

// year gives the onsets of the rules in one year.
func (o *observance) year(y int64) []int64 {
	if ons, ok := o.years[y]; ok {
		return ons
	}
	var ons []int64
	for _, s := range o.rules {
		if y < 1 || mod(y-s.unit(floor(s.start, day)), s.interval) != 0 {
			continue
		}
		days, _ := s.days(y)
		s.times(days, s.clocks, func(wall int64) bool {
			at := wall - o.from
			if wall >= s.start && (s.untilWall && wall <= s.until || !s.untilWall && at <= s.until) {
				ons = append(ons, at)
			}
			return true
		})
	}
	slices.Sort(ons)
	o.years[y] = ons
	return ons
}

func yearOf(wall int64) int64 {
	y, _, _ := civil(floor(wall, day))
	return int64(y)
}

// observed is the offset at an instant: that of the observance which began last, or what the earliest one
// began from.
func (z *Zone) observed(at int64) int64 {
	at = min(max(at, firstRule), lastRule)
	best, offset := int64(math.MinInt64), int64(0)
	for _, o := range z.parts {
		if onset, ok := o.latest(at); ok && onset > best {
			best, offset = onset, o.to
		}
	}
	if best > math.MinInt64 {
		return offset
	}
	first := z.parts[0]
	for _, o := range z.parts {
		if o.onsets[0] < first.onsets[0] {
			first = o
		}
	}
	return first.from
}

// parseOffset reads a UTC-OFFSET; LMT ones have seconds.
func parseOffset(s string) (seconds int64, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, false
	}
	sign := int64(1)
	if s[0] == '-' {
		sign = -1
	}
	s = strings.Replace(strings.TrimLeft(s, "+-"), ":", "", 1)
	if len(s) != 4 && len(s) != 6 || !digits(s) {
		return 0, false
	}
	seconds = int64(num(s[:2])*3600 + num(s[2:4])*60 + num(s[4:]))
	return sign * seconds, seconds < margin
}
