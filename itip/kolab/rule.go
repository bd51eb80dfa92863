package kolab

import (
	"strings"
	"time"

	"usher/itip"
)

// rule writes an RRULE. UNTIL is written as it is meant: a date with all-day starts, otherwise an instant.
func (w *writer) rule(value string) (*node, error) {
	parts := map[string][]string{}
	for part := range strings.SplitSeq(value, ";") {
		name, list, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(part)), "=")
		for v := range strings.SplitSeq(list, ",") {
			parts[strings.ToLower(name)] = append(parts[strings.ToLower(name)], strings.TrimSpace(v))
		}
	}
	recur := branch("recur")
	for _, name := range recurOrder {
		for _, v := range parts[name] {
			if name != "until" {
				recur.nodes = append(recur.nodes, leaf(name, v))
				continue
			}
			n, err := w.until(v)
			if n == nil {
				return nil, err
			}
			recur.nodes = append(recur.nodes, branch("until", n))
		}
	}
	if len(parts["freq"]) != 1 {
		return nil, nil
	}
	return branch("rrule", recur), nil
}

// until is the last moment of a rule; a local one is meant on the clock of DTSTART, a date to its end.
func (w *writer) until(value string) (*node, error) {
	s, ok := parseStamp(value, w.start.tzid)
	switch {
	case !ok:
		return nil, nil
	case w.start.date:
		return stamp{wall: s.wall, date: true}.node(), nil
	case s.date:
		s = stamp{wall: s.wall.Add(24*time.Hour - time.Second), tzid: w.start.tzid}
	}
	if w.start.utc {
		s.utc = true
	}
	s, err := w.zones.inUTC(s)
	return s.node(), err
}

// readRule reads rrule.
func readRule(n *node) itip.Prop {
	var parts []string
	recur := n.child("recur")
	for _, name := range recurOrder {
		var values []string
		for _, c := range recur.all(name) {
			v := strings.TrimSpace(c.text)
			if name == "until" {
				v = readUntil(c)
			}
			values = append(values, v)
		}
		if len(values) > 0 {
			parts = append(parts, strings.ToUpper(name)+"="+strings.Join(values, ","))
		}
	}
	return itip.Prop{Name: "RRULE", Value: strings.Join(parts, ";")}
}

func readUntil(n *node) string {
	for _, s := range readStamps(n) {
		return s.value()
	}
	return ""
}

// settledRule is a rule without what Kolab's writer leaves out.
func settledRule(value string) string {
	var parts []string
	for part := range strings.SplitSeq(value, ";") {
		if part != "INTERVAL=1" && !strings.HasPrefix(part, "WKST=") && !strings.HasPrefix(part, "BYSETPOS=") {
			parts = append(parts, part)
		}
	}
	return strings.ReplaceAll(strings.Join(parts, ";"), "+", "")
}
