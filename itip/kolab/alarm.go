package kolab

import (
	"strings"

	"usher/itip"
)

// alarm writes a VALARM as far as Kolab knows it, or gives nil: mails to nobody and alarms without trigger or of
// another action are none there.
func (w *writer) alarm(a *itip.Component) *node {
	props := branch("properties")
	for _, pl := range alarmOrder {
		for i, p := range w.alarmLines(a, strings.ToUpper(pl.name)) {
			if i > 0 && !pl.many {
				break
			}
			if n := w.alarmElement(pl.name, p, a); n != nil {
				props.nodes = append(props.nodes, n)
			}
		}
	}
	action, _ := a.Prop("ACTION")
	if props.child("action") == nil || props.child("trigger") == nil ||
		strings.EqualFold(action.Value, "EMAIL") && props.child("attendee") == nil {
		return nil
	}
	return branch("valarm", props)
}

// alarmLines are the lines of a name; a message without text shows what the event is called.
func (w *writer) alarmLines(a *itip.Component, name string) []itip.Prop {
	lines := a.All(name)
	action, _ := a.Prop("ACTION")
	if name == "DESCRIPTION" && len(lines) == 0 && strings.EqualFold(action.Value, "DISPLAY") {
		summary, _ := w.component.Prop("SUMMARY")
		lines = append(lines, itip.Prop{Name: name, Value: summary.Value})
	}
	return lines
}

func (w *writer) alarmElement(name string, p itip.Prop, a *itip.Component) *node {
	switch name {
	case "attendee":
		if addr, ok := addressOf(p); ok {
			return branch(name, calAddress(p.Param("CN"), addr))
		}
		return nil
	case "attach":
		return attachment(p)
	case "trigger":
		return trigger(p)
	case "duration", "repeat":
		if !a.Has("DURATION") || !a.Has("REPEAT") {
			return nil
		}
		if name == "duration" {
			return duration(p, a)
		}
	}
	return plain(name, p)
}

// trigger writes a time before or after start or end, or an instant.
func trigger(p itip.Prop) *node {
	if s, ok := parseStamp(p.Value, ""); ok {
		if !s.utc {
			return nil
		}
		return branch("trigger", s.node())
	}
	value, related := strings.ToUpper(strings.TrimSpace(p.Value)), strings.ToUpper(p.Param("RELATED"))
	if !isDuration(value) || related != "" && related != "START" && related != "END" {
		return nil
	}
	n := branch("trigger")
	if related != "" {
		n.nodes = append(n.nodes, branch("parameters", branch("related", leaf("text", related))))
	}
	n.nodes = append(n.nodes, leaf("duration", value))
	return n
}

// readAlarm reads valarm.
func readAlarm(n *node) *itip.Component {
	c := &itip.Component{Name: strings.ToUpper(n.name)}
	if props := n.child("properties"); props != nil {
		for _, p := range props.nodes {
			c.Props = append(c.Props, readElement(p)...)
		}
	}
	return c
}

func sameAlarm(a, b *itip.Component) bool {
	x, y := itip.New(""), itip.New("")
	x.Root.Parts, y.Root.Parts = []*itip.Component{a}, []*itip.Component{b}
	return itip.SameContent(x, y)
}
