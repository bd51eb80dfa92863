package kolab

import (
	"strings"
	"time"

	"usher/itip"
)

// The forms of a DATE and a DATE-TIME in iCalendar and in xCal.
const (
	icalDate, icalTime = "20060102", "20060102T150405"
	xcalDate, xcalTime = "2006-01-02", "2006-01-02T15:04:05"
)

// zonePrefix stands before the IANA name in Kolab's TZIDs.
const zonePrefix = "/kolab.org/"

// stamp is a DATE or DATE-TIME: what the clock shows, kept in UTC, and where that clock hangs.
type stamp struct {
	wall time.Time
	date bool
	utc  bool
	tzid string // "" with neither date nor utc is floating
}

// parseStamp reads a value of iCalendar.
func parseStamp(s, tzid string) (stamp, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if t, err := time.Parse(icalDate, s); err == nil {
		return stamp{wall: t, date: true}, true
	}
	s, utc := strings.CutSuffix(s, "Z")
	if len(s) == len("20060102T1504") { // seconds left out
		s += "00"
	}
	if minute, leap := strings.CutSuffix(s, "60"); leap && len(s) == len(icalTime) {
		s = minute + "59"
	}
	t, err := time.Parse(icalTime, s)
	if err != nil || len(s) != len(icalTime) { // no fractions of seconds
		return stamp{}, false
	}
	if utc {
		return stamp{wall: t, utc: true}, true
	}
	return stamp{wall: t, tzid: tzid}, true
}

// value is the stamp as iCalendar writes it.
func (s stamp) value() string {
	switch {
	case s.date:
		return s.wall.Format(icalDate)
	case s.utc:
		return s.wall.Format(icalTime) + "Z"
	}
	return s.wall.Format(icalTime)
}

// params are what stands with it in iCalendar.
func (s stamp) params() []itip.Param {
	switch {
	case s.date:
		return []itip.Param{{Name: "VALUE", Values: []string{"DATE"}}}
	case !s.utc && s.tzid != "":
		return []itip.Param{{Name: "TZID", Values: []string{s.tzid}}}
	}
	return nil
}

// node is the stamp as an element.
func (s stamp) node() *node {
	switch {
	case s.date:
		return leaf("date", s.wall.Format(xcalDate))
	case s.utc:
		return leaf("date-time", s.wall.Format(xcalTime)+"Z")
	}
	return leaf("date-time", s.wall.Format(xcalTime))
}

// parseNode reads date and date-time. Fractions of seconds are left out; an offset, which Kolab's own reader
// refuses, is counted in.
func parseNode(n *node, tzid string) (stamp, bool) {
	text := strings.TrimSpace(n.text)
	if n.name == "date" {
		t, err := time.Parse(xcalDate, text)
		return stamp{wall: t, date: true}, err == nil
	}
	if t, err := time.Parse(xcalTime, text); err == nil {
		return stamp{wall: t.Truncate(time.Second), tzid: tzid}, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return stamp{wall: t.UTC().Truncate(time.Second), utc: true}, err == nil
}

// readStamps reads the stamps of an element.
func readStamps(n *node) []stamp {
	tzid := ""
	if t := n.child("parameters").child("tzid"); t != nil {
		tzid = strings.TrimPrefix(strings.TrimSpace(textOf(t)), zonePrefix)
	}
	var found []stamp
	for _, c := range n.nodes {
		if c.name == "date" || c.name == "date-time" {
			if s, ok := parseNode(c, tzid); ok {
				found = append(found, s)
			}
		}
	}
	return found
}

// textOf is what the first value of an element says.
func textOf(n *node) string {
	for _, c := range n.nodes {
		if c.name != "parameters" {
			return textOf(c)
		}
	}
	return n.text
}
