package kolab

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/itip"
)

// writer writes one component; where a time stands and what is near it decides how it is written.
type writer struct {
	zones     *zones
	component *itip.Component
	first     *itip.Component // of the object
	start     stamp
	started   bool // there is a DTSTART that can be written
}

// element writes the lines of one name as one element, or gives nil if Kolab has no words for them. What the element
// does not say exactly as the lines do is found by reading it back.
func (w *writer) element(pl place, lines []itip.Prop) (*node, error) {
	p := lines[0]
	if p.Value == "" && len(lines) == 1 {
		return nil, nil // Kolab's software drops what is empty
	}
	switch pl.name {
	case "rdate", "exdate":
		return w.dates(pl.name, lines)
	case "rrule":
		return w.rule(p.Value)
	case "organizer", "attendee":
		return person(pl.name, p), nil
	case "attach":
		return attachment(p), nil
	case "categories":
		return categories(lines), nil
	case "duration":
		return duration(p, w.component), nil
	}
	if pl.date {
		return w.time(pl.name, p)
	}
	return plain(pl.name, p), nil
}

// plain writes texts, numbers and addresses of pages.
func plain(name string, p itip.Prop) *node {
	value := strings.TrimSpace(p.Value)
	switch name {
	case "sequence":
		return number(name, value, 0, 1<<31-1)
	case "priority":
		return number(name, value, 0, 9)
	case "percent-complete":
		return number(name, value, 0, 100)
	case "repeat":
		return number(name, value, 0, 1<<15)
	case "url":
		if value == "" || strings.ContainsAny(value, " \t") {
			return nil
		}
		return branch(name, leaf("uri", value))
	case "class", "status", "transp", "action":
		return word(name, strings.ToUpper(value))
	}
	return branch(name, leaf("text", p.Text()))
}

// vocabulary is what Kolab's reader takes without complaint; a class it does not know it would make public.
var vocabulary = map[string]map[string]bool{
	"class":  words("PUBLIC PRIVATE CONFIDENTIAL"),
	"status": words("TENTATIVE CONFIRMED CANCELLED NEEDS-ACTION COMPLETED IN-PROCESS"),
	"transp": words("OPAQUE TRANSPARENT"),
	"action": words("DISPLAY EMAIL AUDIO"),
}

func word(name, value string) *node {
	if !vocabulary[name][value] {
		if name != "class" {
			return nil
		}
		value = "PRIVATE" // RFC 5545 3.8.1.3
	}
	return branch(name, leaf("text", value))
}

// number writes an integer, the nearest one that is allowed.
func number(name, value string, low, high int) *node {
	n, err := strconv.Atoi(value)
	if err != nil {
		return nil
	}
	return branch(name, leaf("integer", strconv.Itoa(min(max(n, low), high))))
}

func categories(lines []itip.Prop) *node {
	n := branch("categories")
	for _, p := range lines {
		for _, c := range splitText(p.Value) {
			n.nodes = append(n.nodes, leaf("text", itip.Unescape(c)))
		}
	}
	return n
}

// splitText cuts a list of texts at the commas that are not escaped.
func splitText(s string) []string {
	var items []string
	begin := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			items = append(items, s[begin:i])
			begin = i + 1
		}
	}
	return append(items, s[begin:])
}

// duration writes DURATION; beside DTEND Kolab would not look at it.
func duration(p itip.Prop, c *itip.Component) *node {
	value := strings.ToUpper(strings.TrimSpace(p.Value))
	if c.Has("DTEND") || !isDuration(value) {
		return nil
	}
	return branch("duration", leaf("duration", value))
}

// time writes a property with one date or time. The last day of an all-day event is inside it, at Kolab.
func (w *writer) time(name string, p itip.Prop) (*node, error) {
	s, ok := parseStamp(p.Value, p.Param("TZID"))
	if !ok {
		return nil, nil
	}
	switch name {
	case "created", "dtstamp": // always UTC
		if s.date || s.tzid == "" {
			s = stamp{wall: s.wall, utc: true}
		}
		s, err := w.zones.inUTC(s)
		return branch(name, s.node()), err
	case "dtend", "due":
		if w.started && s.date != w.start.date {
			return nil, nil
		}
		if name == "dtend" && s.date {
			s.wall = s.wall.AddDate(0, 0, -1)
			if s.wall.Before(w.start.wall) {
				s.wall = w.start.wall
			}
		}
	}
	s, err := w.zones.native(s)
	if err != nil {
		return nil, err
	}
	return timed(name, p.Param("RANGE"), s), nil
}

// timed is an element with stamps of one kind and zone.
func timed(name, rang string, stamps ...stamp) *node {
	n, params := branch(name), branch("parameters")
	if s := stamps[0]; !s.date && !s.utc && s.tzid != "" {
		params.nodes = append(params.nodes, branch("tzid", leaf("text", zonePrefix+s.tzid)))
	}
	if name == "recurrence-id" && strings.EqualFold(rang, "THISANDFUTURE") {
		params.nodes = append(params.nodes, branch("range", leaf("text", "THISANDFUTURE")))
	}
	if len(params.nodes) > 0 {
		n.nodes = append(n.nodes, params)
	}
	for _, s := range stamps {
		n.nodes = append(n.nodes, s.node())
	}
	return n
}

// stampsOf are the dates and times of a property; of a PERIOD the start.
func stampsOf(p itip.Prop) []stamp {
	var found []stamp
	for item := range strings.SplitSeq(p.Value, ",") {
		item, _, _ = strings.Cut(item, "/")
		if s, ok := parseStamp(item, p.Param("TZID")); ok {
			found = append(found, s)
		}
	}
	return found
}

// dates writes RDATE or EXDATE: there is one element for all of them, with one zone and either dates or times. If
// both occur, those that are like DTSTART are written; times of several zones are written in UTC.
func (w *writer) dates(name string, lines []itip.Prop) (*node, error) {
	var stamps []stamp
	for _, p := range lines {
		for _, s := range stampsOf(p) {
			s, err := w.zones.native(s)
			if err != nil {
				return nil, err
			}
			stamps = append(stamps, s)
		}
	}
	like := func(s stamp) bool { return s.date == w.start.date }
	if slices.ContainsFunc(stamps, like) {
		stamps = slices.DeleteFunc(stamps, func(s stamp) bool { return !like(s) })
	}
	if len(stamps) == 0 {
		return nil, nil
	}
	if !oneClock(stamps) {
		stamps = slices.DeleteFunc(stamps, func(s stamp) bool { return !s.date && !s.utc && s.tzid == "" })
		for i, s := range stamps {
			zone, err := w.zones.iana.Find(s.tzid)
			if err != nil {
				return nil, err
			}
			if !s.utc && !s.date {
				at, _ := zone.Instant(s.wall)
				stamps[i] = stamp{wall: at.UTC(), utc: true}
			}
		}
	}
	return timed(name, "", stamps...), nil
}

func oneClock(stamps []stamp) bool {
	return !slices.ContainsFunc(stamps, func(s stamp) bool {
		return s.utc != stamps[0].utc || s.tzid != stamps[0].tzid
	})
}

// attachment writes an attachment in the object or elsewhere; it is called what clients call it in one way or another.
func attachment(p itip.Prop) *node {
	label := p.Param("X-LABEL")
	for _, name := range []string{"FILENAME", "X-FILENAME"} {
		if label == "" {
			label = p.Param(name)
		}
	}
	params := branch("parameters")
	if t := p.Param("FMTTYPE"); t != "" {
		params.nodes = append(params.nodes, branch("fmttype", leaf("text", t)))
	}
	if label != "" {
		params.nodes = append(params.nodes, branch("x-label", leaf("text", label)))
	}
	value := leaf("uri", p.Value)
	if p.Param("ENCODING") != "" || strings.EqualFold(p.Param("VALUE"), "BINARY") {
		if _, err := base64.StdEncoding.Strict().DecodeString(p.Value); err != nil {
			return nil
		}
		params.nodes = append(params.nodes, branch("encoding", leaf("text", "BASE64")))
		value = leaf("binary", p.Value)
	} else if strings.ContainsAny(p.Value, " \t") {
		return nil
	}
	n := branch("attach")
	if len(params.nodes) > 0 {
		n.nodes = append(n.nodes, params)
	}
	n.nodes = append(n.nodes, value)
	return n
}

// due is when a task ends that says how long it takes.
func due(start stamp, length string) (stamp, bool) {
	days, exact, ok := parseLength(length)
	if !ok || start.date && exact != 0 {
		return start, false
	}
	start.wall = start.wall.AddDate(0, 0, days).Add(exact)
	return start, true
}

func parseLength(s string) (days int, exact time.Duration, ok bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !isDuration(s) || strings.HasPrefix(s, "-") {
		return 0, 0, false
	}
	n := 0
	for _, r := range strings.TrimLeft(s, "+PT") {
		switch r {
		case 'W':
			days, n = days+7*n, 0
		case 'D':
			days, n = days+n, 0
		case 'H':
			exact, n = exact+time.Duration(n)*time.Hour, 0
		case 'M':
			exact, n = exact+time.Duration(n)*time.Minute, 0
		case 'S':
			exact, n = exact+time.Duration(n)*time.Second, 0
		case 'T':
		default:
			n = 10*n + int(r-'0')
		}
	}
	return days, exact, days < 40000 && exact < 40000*24*time.Hour
}
