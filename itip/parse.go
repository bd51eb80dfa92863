package itip

import (
	"fmt"
	"strings"
)

// Parse reads a text/calendar part. It gives one Object for each UID (D-06), each with METHOD, PRODID and the
// time zones it uses, in the order they came; several VCALENDARs are read one after the other.
//
// A line that cannot be read is left out and noted in Object.Repairs, unless scheduling needs it: then, and when
// the structure is broken, the error wraps ErrSyntax and says line and what. ErrTooLarge is wrapped when a limit
// is passed. What Parse took, it takes again after Encode.
func Parse(data []byte) ([]*Object, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(data))
	}
	var p parser
	data, what := toUTF8(data)
	if what != "" {
		p.note(1, what)
	}
	lines, err := unfold(data, p.note)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := p.line(l); err != nil {
			return nil, err
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return split(p.roots, p.repairs, len(data))
}

type parser struct {
	roots      []*Component
	open       []frame
	components int
	repairs    []string
}

// frame is a component whose END has not come yet.
type frame struct {
	c         *Component
	began     int
	attendees int
}

func (p *parser) note(no int, what string) {
	p.repairs = noted(p.repairs, fmt.Sprintf("line %d: %s", no, what))
}

func noted(repairs []string, what string) []string {
	if len(repairs) == maxRepairs {
		return append(repairs, "more was repaired")
	}
	if len(repairs) > maxRepairs {
		return repairs
	}
	return append(repairs, what)
}

func syntax(no int, format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrSyntax, no, fmt.Sprintf(format, args...))
}

func (p *parser) line(l line) error {
	prop, what, err := parseProp(l.text)
	if err != nil {
		return p.badLine(l, err)
	}
	if what != "" {
		p.note(l.no, prop.Name+": "+what)
	}
	switch {
	case prop.Name == "BEGIN":
		return p.begin(strings.ToUpper(strings.TrimSpace(prop.Value)), l.no)
	case prop.Name == "END":
		return p.end(strings.ToUpper(strings.TrimSpace(prop.Value)), l.no)
	case len(p.open) == 0:
		p.note(l.no, "text outside of VCALENDAR left out")
		return nil
	}
	return p.add(prop, l.no)
}

func (p *parser) add(prop Prop, no int) error {
	top := &p.open[len(p.open)-1]
	if prop.Name == "ATTENDEE" {
		if top.attendees++; top.attendees > MaxAttendees {
			return fmt.Errorf("%w: line %d: more than %d attendees", ErrTooLarge, no, MaxAttendees)
		}
	}
	top.c.Props = append(top.c.Props, prop)
	return nil
}

func (p *parser) begin(name string, no int) error {
	if name == "" || tokenLen(name) != len(name) {
		return syntax(no, "bad component name")
	}
	if name == "VCALENDAR" && len(p.open) == 1 {
		p.note(no, "END:VCALENDAR was missing")
		p.close()
	}
	if len(p.open) == 0 && name != "VCALENDAR" {
		return syntax(no, "%s outside of VCALENDAR", name)
	}
	if p.components++; p.components > MaxComponents {
		return fmt.Errorf("%w: line %d: more than %d components", ErrTooLarge, no, MaxComponents)
	}
	if len(p.open) == MaxDepth {
		return fmt.Errorf("%w: line %d: components nested deeper than %d", ErrTooLarge, no, MaxDepth)
	}
	p.open = append(p.open, frame{c: &Component{Name: name}, began: no})
	return nil
}

func (p *parser) end(name string, no int) error {
	if len(p.open) == 0 {
		return syntax(no, "END:%.20s without BEGIN", name)
	}
	if top := p.open[len(p.open)-1]; top.c.Name != name {
		return syntax(no, "END:%.20s where END:%.20s is due", name, top.c.Name)
	}
	p.close()
	return nil
}

// close moves the innermost open component to where it belongs.
func (p *parser) close() {
	last := len(p.open) - 1
	c := p.open[last].c
	p.open = p.open[:last]
	if last == 0 {
		p.roots = append(p.roots, c)
		return
	}
	parent := p.open[last-1].c
	parent.Parts = append(parent.Parts, c)
}

// finish closes a VCALENDAR whose END is missing. Anything deeper has been cut off and may lack what matters.
func (p *parser) finish() error {
	switch len(p.open) {
	case 0:
		return nil
	case 1:
		p.note(p.open[0].began, "END:VCALENDAR was missing")
		p.close()
		return nil
	}
	top := p.open[len(p.open)-1]
	return syntax(top.began, "%s has no end", top.c.Name)
}

// needed are the properties without which, or with half of which, scheduling would do something else.
var needed = map[string]bool{
	"BEGIN": true, "END": true, "METHOD": true, "UID": true, "DTSTART": true, "DTEND": true, "DUE": true,
	"DURATION": true, "RRULE": true, "RDATE": true, "EXDATE": true, "RECURRENCE-ID": true, "ORGANIZER": true,
	"ATTENDEE": true, "SEQUENCE": true, "STATUS": true, "TRANSP": true,
}

func (p *parser) badLine(l line, err error) error {
	name := strings.ToUpper(l.text[:tokenLen(l.text)])
	if needed[name] && p.schedules() {
		return syntax(l.no, "%s: %v", name, err)
	}
	p.note(l.no, "left out: "+err.Error())
	return nil
}

// schedules tells whether lines of the innermost component decide about scheduling: those of alarms and time
// zones do not.
func (p *parser) schedules() bool {
	switch len(p.open) {
	case 0, 1:
		return true
	case 2:
		return p.open[1].c.Name != "VTIMEZONE"
	}
	return false
}
