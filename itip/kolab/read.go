package kolab

import (
	"strings"

	"usher/itip"
)

// readElement gives the lines that an element stands for: one, or several if its dates are of different kinds.
func readElement(n *node) []itip.Prop {
	if n == nil {
		return nil
	}
	p := itip.Prop{Name: strings.ToUpper(n.name)}
	switch n.name {
	case "created", "dtstamp", "dtstart", "dtend", "due", "recurrence-id", "rdate", "exdate":
		return readTimes(n)
	case "rrule":
		p = readRule(n)
	case "organizer", "attendee":
		p = readPerson(n)
	case "attach":
		p = readAttachment(n)
	case "trigger":
		p = readTrigger(n)
	case "duration":
		p.Value = readDuration(textOf(n))
	case "sequence", "priority", "percent-complete", "repeat", "url":
		p.Value = strings.TrimSpace(textOf(n))
	case "categories":
		var texts []string
		for _, t := range n.all("text") {
			texts = append(texts, itip.Escape(t.text))
		}
		p.Value = strings.Join(texts, ",")
	case "uid", "class", "summary", "description", "comment", "status", "location", "transp", "related-to", "action":
		p.Value = itip.Escape(textOf(n))
		p.Params = readParams(n)
	default:
		return readUnknown(n)
	}
	return []itip.Prop{p}
}

// readTimes reads the properties with dates and times.
func readTimes(n *node) []itip.Prop {
	var props []itip.Prop
	for _, s := range readStamps(n) {
		if n.name == "dtend" && s.date {
			s.wall = s.wall.AddDate(0, 0, 1)
		}
		p := itip.Prop{Name: strings.ToUpper(n.name), Params: s.params(), Value: s.value()}
		if r := n.child("parameters").child("range"); r != nil && n.name == "recurrence-id" {
			p.Params = append(p.Params, itip.Param{Name: "RANGE", Values: []string{textOf(r)}})
		}
		last := len(props) - 1
		switch {
		case last < 0:
			props = append(props, p)
		case n.name != "rdate" && n.name != "exdate":
			return props
		case sameLine(props[last], withValue(p, props[last].Value)):
			props[last].Value += "," + p.Value
		default:
			props = append(props, p)
		}
	}
	return props
}

func withValue(p itip.Prop, value string) itip.Prop {
	p.Value = value
	return p
}

func readAttachment(n *node) itip.Prop {
	p := itip.Prop{Name: "ATTACH", Params: readParams(n)}
	if b := n.child("binary"); b != nil {
		p.Value = strings.Join(strings.Fields(b.text), "")
		return p.With("ENCODING", "BASE64").With("VALUE", "BINARY")
	}
	p.Value = strings.TrimSpace(textOf(n))
	return p
}

func readTrigger(n *node) itip.Prop {
	p := itip.Prop{Name: "TRIGGER", Params: readParams(n)}
	if d := n.child("duration"); d != nil {
		p.Value = readDuration(d.text)
		return p
	}
	for _, s := range readStamps(n) {
		p = p.Without("TZID").With("VALUE", "DATE-TIME")
		p.Value = s.value()
	}
	return p
}

// readParams reads parameters that are texts. Kolab's writer leaves empty ones.
func readParams(n *node) []itip.Param {
	params := n.child("parameters")
	if params == nil {
		return nil
	}
	var found []itip.Param
	for _, c := range params.nodes {
		if name := strings.ToUpper(c.name); isName(name) && textOf(c) != "" {
			found = append(found, itip.Param{Name: name, Values: []string{textOf(c)}})
		}
	}
	return found
}

// readUnknown reads what Kolab's schema has no place for, as RFC 6321 means it as far as that can be told.
func readUnknown(n *node) []itip.Prop {
	p := itip.Prop{Name: strings.ToUpper(n.name), Params: readParams(n)}
	if !isName(p.Name) {
		return nil
	}
	var values []string
	for _, c := range n.nodes {
		switch c.name {
		case "parameters":
		case "text", "unknown":
			values = append(values, itip.Escape(c.text))
		default:
			values = append(values, strings.Join(strings.Fields(textOf(c)), ""))
		}
	}
	p.Value = strings.Join(values, ",")
	return []itip.Prop{p}
}

// isName tells whether a property or parameter can be called so.
func isName(s string) bool {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != "" && s != "BEGIN" && s != "END"
}
