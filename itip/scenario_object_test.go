package itip_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"usher/itip"
)

// The fields of a component that are not simply a property with a text.
var (
	timeFields = map[string]bool{"dtstart": true, "dtend": true, "due": true, "recurrence-id": true, "completed": true,
		"dtstamp": true, "created": true, "last-modified": true}
	dateFields = map[string]bool{"exdate": true, "rdate": true}
	rawFields  = map[string]bool{"sequence": true, "status": true, "class": true, "transp": true, "duration": true,
		"rrule": true, "exrule": true, "request-status": true, "percent-complete": true, "priority": true, "geo": true,
		"categories": true, "resources": true, "url": true, "attach": true, "related-to": true}
)

// readObject makes an object of what the file says, written as text and parsed as any other; nil for none.
func readObject(n node, notes *notes) (*itip.Object, error) {
	m, ok := n.(mapping)
	if !ok {
		if n == nil {
			return nil, nil
		}
		return nil, fmt.Errorf("not an object: %v", n)
	}
	notes.unknown("object", without(m, "components", "method", "embedded-timezones")...)
	o := itip.New(strings.ToUpper(text(m["method"])))
	for _, z := range list(m["embedded-timezones"]) {
		o.Root.Parts = append(o.Root.Parts, zone(text(z)))
	}
	for _, c := range list(m["components"]) {
		fields, ok := c.(mapping)
		if !ok {
			return nil, fmt.Errorf("not a component: %v", c)
		}
		o.Root.Parts = append(o.Root.Parts, component(fields, notes))
	}
	return parsed(o)
}

// parsed reads an object from its text. What Parse takes apart is put together again: a program may hand over such
// an object, and has to be told what is wrong with it.
func parsed(o *itip.Object) (*itip.Object, error) {
	os, err := itip.Parse(o.Encode())
	if err != nil {
		return nil, err
	}
	for _, more := range os[1:] {
		os[0].Root.Parts = append(os[0].Root.Parts, more.Root.Parts...)
	}
	return os[0], nil
}

// zone is a VTIMEZONE of this name, with the rules that the name stands for if it stands for any.
func zone(tzid string) *itip.Component {
	o := itip.New("")
	c := &itip.Component{Name: itip.Event}
	c.Add(itip.Prop{Name: "DTSTART", Value: "20140101T000000"}.With("TZID", unescaped(tzid)))
	o.Root.Parts = []*itip.Component{c}
	c.SetText("UID", "zone")
	o.AddZones()
	if o.Root.Parts[0].Name == "VTIMEZONE" {
		return o.Root.Parts[0]
	}
	fixed := &itip.Component{Name: "STANDARD"}
	for _, p := range []itip.Prop{{Name: "DTSTART", Value: "19700101T000000"}, {Name: "TZOFFSETFROM", Value: "+0000"},
		{Name: "TZOFFSETTO", Value: "+0000"}} {
		fixed.Add(p)
	}
	z := &itip.Component{Name: "VTIMEZONE", Parts: []*itip.Component{fixed}}
	z.SetText("TZID", unescaped(tzid))
	return z
}

func unescaped(s string) string { return strings.ReplaceAll(s, `\,`, ",") }

func component(fields mapping, notes *notes) *itip.Component {
	c := &itip.Component{Name: strings.ToUpper(text(fields["component"]))}
	for name, value := range fields {
		switch {
		case name == "component":
		case name == "organizer":
			user(c, "ORGANIZER", value, notes)
		case name == "attendees":
			for _, a := range list(value) {
				user(c, "ATTENDEE", a, notes)
			}
		case name == "alarms":
			for range count(value) {
				c.Parts = append(c.Parts, alarm())
			}
		case name == "other-properties":
			for _, other := range list(value) {
				c.Add(itip.Prop{Name: strings.ToUpper(text(other)), Value: something(text(other))})
			}
		default:
			properties(c, name, value, notes)
		}
	}
	if !c.Has("DTSTAMP") {
		c.Add(itip.Prop{Name: "DTSTAMP", Value: "19700101T000000Z"}) // the file leaves it out
	}
	return c
}

// properties adds a field that stands for one or several lines of a property.
func properties(c *itip.Component, name string, value node, notes *notes) {
	for _, v := range list(value) {
		if _, ok := v.(string); !ok {
			notes.unknown("component", name)
			continue
		}
		p := itip.Prop{Name: strings.ToUpper(name), Value: text(v)}
		switch {
		case timeFields[name] || dateFields[name]:
			p = timeProp(p.Name, readTimed(v))
		case !rawFields[name]:
			p.Value = itip.Escape(text(v))
		}
		c.Add(p)
	}
}

func timeProp(name string, v timed) itip.Prop {
	p := itip.Prop{Name: name, Value: v.value}
	if len(v.value) == len("20140724") {
		return p.With("VALUE", "DATE")
	}
	if strings.Contains(v.value, "/") {
		p = p.With("VALUE", "PERIOD")
	}
	if v.tzid != "" {
		p = p.With("TZID", v.tzid)
	}
	return p
}

// user adds an ORGANIZER or ATTENDEE: addr, and every other field a parameter.
func user(c *itip.Component, name string, n node, notes *notes) {
	m, ok := n.(mapping)
	if !ok {
		notes.unknown(name, fmt.Sprint(n))
		return
	}
	p := itip.Prop{Name: name, Value: text(m["addr"])}
	if !strings.Contains(p.Value, ":") {
		p.Value = "mailto:" + p.Value
	}
	for _, k := range without(m, "addr") {
		var values []string
		for _, v := range list(m[k]) {
			values = append(values, text(v))
		}
		p = p.With(k, values...)
	}
	c.Add(p)
}

func count(n node) int {
	if l, ok := n.([]node); ok {
		return len(l)
	}
	i, _ := strconv.Atoi(text(n))
	return i
}

func alarm() *itip.Component {
	a := &itip.Component{Name: "VALARM"}
	a.Add(itip.Prop{Name: "ACTION", Value: "DISPLAY"})
	a.Add(itip.Prop{Name: "TRIGGER", Value: "-PT15M"})
	return a
}

// something is a value for a property of which the file keeps only the name.
func something(name string) string {
	switch strings.ToUpper(name) {
	case "PRIORITY":
		return "1"
	case "PERCENT-COMPLETE":
		return "50"
	case "COMPLETED", "CREATED", "LAST-MODIFIED", "DTSTAMP":
		return "19970702T120000Z"
	case "GEO":
		return "52.5;13.4"
	}
	return "something"
}

var errGiven = errors.New("what is given cannot be read")
