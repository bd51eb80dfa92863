package kolab

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/itip"
)

// prodID and formatVersion stand in every document. Kolab's reader asks for a version but does not look at it.
const (
	prodID        = itip.ProdID
	formatVersion = "3.1.0"
)

// unwritten are lines around the components that mean nothing in a stored object.
var unwritten = words("PRODID VERSION METHOD CALSCALE")

// writeDocument makes the xCal document; at stands in for times that Kolab asks for and the object does not have.
func writeDocument(o *itip.Object, at time.Time) ([]byte, error) {
	if kind := o.Kind(); kind != itip.Event && kind != itip.Todo {
		return nil, fmt.Errorf("%w: %.20q", ErrKind, kind)
	}
	components := branch("components")
	zones := newZones(o)
	all := inOrder(o)
	for _, c := range all {
		w := &writer{zones: zones, component: c, first: all[0]}
		n, err := w.write(at)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", c.Name, err)
		}
		components.nodes = append(components.nodes, n)
	}
	keepCalendar(o, components.nodes[0].child("properties"))
	return document(components), nil
}

func document(components *node) []byte {
	text := func(name, text string) *node { return branch(name, leaf("text", text)) }
	root := branch("vcalendar",
		branch("properties", text("prodid", prodID), text("version", "2.0"), text("x-kolab-version", formatVersion)),
		components)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>` + "\n")
	b.WriteString(`<icalendar xmlns="` + namespace + `">` + "\n")
	root.render(&b, "  ")
	b.WriteString("</icalendar>\n")
	return []byte(b.String())
}

// inOrder gives the master first: at Kolab the first component is the object and all others are its exceptions.
func inOrder(o *itip.Object) []*itip.Component {
	var cs []*itip.Component
	if master := o.Master(); master != nil {
		cs = append(cs, master)
	}
	return append(cs, o.Overrides()...)
}

// keepCalendar keeps what stands around the components: time zones, names of calendars.
func keepCalendar(o *itip.Object, props *node) {
	for _, p := range o.Root.Props {
		if !unwritten[p.Name] {
			props.nodes = append(props.nodes, keep(keptCalendar, nil, []itip.Prop{p}))
		}
	}
	scheduled := map[*itip.Component]bool{}
	for _, c := range o.Scheduled() {
		scheduled[c] = true
	}
	for _, c := range o.Root.Parts {
		if !scheduled[c] {
			props.nodes = append(props.nodes, keepComponent(keptCalendar, c))
		}
	}
}

// write writes an event or task: what Kolab knows in its order, then what is custom, then what is kept.
func (w *writer) write(at time.Time) (*node, error) {
	c := w.component
	order := taskOrder
	if c.Name == itip.Event {
		order = eventOrder
	}
	if p, ok := c.Prop("DTSTART"); ok {
		w.start, w.started = parseStamp(p.Value, p.Param("TZID"))
	}
	if !w.started && c.Name == itip.Event {
		return nil, fmt.Errorf("%w: no start", ErrFormat)
	}
	props, custom, done := branch("properties"), []*node{}, map[string]bool{}
	for _, pl := range order {
		name := strings.ToUpper(pl.name)
		lines, original := w.lines(name, at)
		for _, p := range append(original, lines...) {
			done[p.Name] = true
		}
		for _, g := range groups(pl, lines, original) {
			elements, kept, err := w.group(pl, g)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			props.nodes, custom = append(props.nodes, elements...), append(custom, kept...)
		}
	}
	props.nodes = append(append(props.nodes, customs(c, done)...), custom...)
	n := branch(strings.ToLower(c.Name), props)
	if alarms := w.parts(props); len(alarms.nodes) > 0 {
		n.nodes = append(n.nodes, alarms)
	}
	return n, nil
}

// lines are what to write for a name, and what the object has of it: Kolab asks for CREATED and DTSTAMP, and knows
// the length of a task by its end only.
func (w *writer) lines(name string, at time.Time) (lines, original []itip.Prop) {
	original = w.component.All(name)
	switch {
	case name == "CREATED":
		return []itip.Prop{w.created(at)}, original
	case len(original) > 0:
		return original, original
	case name == "DTSTAMP":
		return []itip.Prop{{Name: name, Value: mailTime(at).Format(icalTime) + "Z"}}, nil
	case name == "DUE":
		length, _ := w.component.Prop("DURATION")
		if end, ok := due(w.start, length.Value); ok && w.started {
			return []itip.Prop{{Name: name, Params: end.params(), Value: end.value()}}, w.component.All("DURATION")
		}
	}
	return nil, nil
}

// created is CREATED of the first component for all of them, as Kolab's writer makes it; its DTSTAMP stands in.
func (w *writer) created(at time.Time) itip.Prop {
	p, ok := w.first.Prop("CREATED")
	if !ok {
		p, ok = w.first.Prop("DTSTAMP")
	}
	if !ok {
		p = itip.Prop{Value: mailTime(at).Format(icalTime) + "Z"}
	}
	p.Name = "CREATED"
	return p
}

// group is what goes into one element.
type group struct{ lines, original []itip.Prop }

func groups(pl place, lines, original []itip.Prop) []group {
	if len(lines) == 0 {
		return nil
	}
	if !pl.many {
		return []group{{lines, original}}
	}
	var gs []group
	for i := range lines {
		gs = append(gs, group{lines[i : i+1], original[i : i+1]})
	}
	return gs
}

// group writes the element, and keeps the lines if it does not say the same.
func (w *writer) group(pl place, g group) (elements, kept []*node, err error) {
	n, err := w.element(pl, g.lines)
	if err != nil {
		return nil, nil, err
	}
	if n == nil && (pl.name == "created" || pl.name == "dtstamp") { // one that cannot be read
		n = branch(pl.name, stamp{wall: time.Unix(0, 0).UTC(), utc: true}.node())
	}
	if n != nil {
		elements = append(elements, n)
	}
	if back := readElement(n); !sameLines(back, g.original) || slices.ContainsFunc(g.original, fragile) {
		kept = append(kept, keepLines(back, g.original))
	}
	return elements, kept, nil
}

// customs writes all that is not done yet.
func customs(c *itip.Component, done map[string]bool) []*node {
	var natural, kept []*node
	for _, p := range c.Props {
		if done[p.Name] {
			continue
		}
		if n := custom(p); n != nil {
			natural = append(natural, n)
		} else {
			kept = append(kept, keepLines(nil, []itip.Prop{p}))
		}
	}
	return append(natural, kept...)
}

// parts writes alarms; what is not exactly the same there, and other parts, are kept.
func (w *writer) parts(props *node) (alarms *node) {
	alarms = branch("components")
	for _, part := range w.component.Parts {
		word := keptAlone
		if part.Name == "VALARM" {
			if n := w.alarm(part); n != nil {
				alarms.nodes = append(alarms.nodes, n)
				back := readAlarm(n)
				if sameAlarm(back, part) && !fragileAlarm(part) {
					continue
				}
				word = digestAlarm(back)
			}
		}
		props.nodes = append(props.nodes, keepComponent(word, part))
	}
	return alarms
}
