package itip

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"usher/address"
)

// check looks at what scheduling needs: an object that passes has times, rules and numbers that can be read.
func (o *Object) check() error {
	masters := 0
	for _, c := range o.Scheduled() {
		if err := o.checkComponent(c); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrSyntax, c.Name, err)
		}
		if !c.Has("RECURRENCE-ID") {
			masters++
		}
	}
	if masters > 1 {
		return o.oneMaster()
	}
	return nil
}

// oneMaster takes repeated masters away if they say the same. Two that differ are two answers to one question.
func (o *Object) oneMaster() error {
	master := o.Master()
	want := canonical(master)
	same := true
	o.keep(func(c *Component) bool {
		if c == master || c.Has("RECURRENCE-ID") {
			return true
		}
		same = same && canonical(c) == want
		return false
	})
	if !same {
		return fmt.Errorf("%w: two different components for one UID", ErrSyntax)
	}
	o.Repairs = noted(o.Repairs, "repeated component removed")
	return nil
}

// checkUID accepts what is safe to search for, to name files after and to put into a header field.
func checkUID(uid string) error {
	switch {
	case uid == "":
		return fmt.Errorf("%w: no UID", ErrSyntax)
	case len(uid) > MaxUID:
		return fmt.Errorf("%w: UID longer than %d bytes", ErrTooLarge, MaxUID)
	case strings.IndexFunc(uid, unicode.IsControl) >= 0:
		return fmt.Errorf("%w: control character in UID", ErrSyntax)
	}
	return nil
}

// once are the properties of which a component has at most one: with two of them different readers would
// schedule different things.
var once = []string{"UID", "DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID", "ORGANIZER", "SEQUENCE", "DTSTAMP"}

func (o *Object) checkComponent(c *Component) error {
	for _, name := range once {
		if err := o.checkOnce(c, name); err != nil {
			return err
		}
	}
	for _, p := range c.Props {
		if err := o.checkProp(c, p); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	o.noteOddities(c)
	return nil
}

func (o *Object) checkOnce(c *Component, name string) error {
	ps := c.All(name)
	if len(ps) < 2 {
		return nil
	}
	for _, p := range ps[1:] {
		if p.canonical() != ps[0].canonical() {
			return fmt.Errorf("%s twice and different", name)
		}
	}
	c.Set(ps[0])
	o.Repairs = noted(o.Repairs, name+": repeated line removed")
	return nil
}

func (o *Object) checkProp(c *Component, p Prop) error {
	var err error
	switch p.Name {
	case "DTSTART", "DTEND", "DUE":
		_, err = p.when()
	case "RECURRENCE-ID":
		if _, err = p.when(); err == nil && !slices.Contains([]string{"", "THISANDFUTURE"}, strings.ToUpper(p.Param("RANGE"))) {
			err = fmt.Errorf("RANGE=%.20s cannot be followed", p.Param("RANGE")) // S5545-07
		}
	case "DURATION":
		_, err = parseLength(p.Value)
	case "RRULE":
		_, err = parseRule(p.Value)
	case "RDATE", "EXDATE":
		_, err = p.dates()
	case "EXRULE":
		o.Repairs = noted(o.Repairs, "EXRULE is not followed") // RFC 5545 A.3; more time is taken than meant, not less
	case "SEQUENCE":
		if n, e := strconv.Atoi(strings.TrimSpace(p.Value)); e != nil {
			err = fmt.Errorf("no number")
		} else if n < 0 {
			o.Repairs = noted(o.Repairs, "negative SEQUENCE taken for 0")
		}
	case "DTSTAMP":
		if w, e := p.when(); e != nil {
			o.Repairs = noted(o.Repairs, "DTSTAMP cannot be read")
		} else if !w.utc {
			o.Repairs = noted(o.Repairs, "local DTSTAMP taken for UTC")
		}
	}
	return err
}

// noteOddities tells what is taken otherwise than it is written; the text stays as it is.
func (o *Object) noteOddities(c *Component) {
	if !c.Has("DTSTAMP") {
		o.Repairs = noted(o.Repairs, c.Name+" without DTSTAMP")
	}
	if len(c.All("RRULE")) > 1 {
		o.Repairs = noted(o.Repairs, "several RRULEs: all of them count") // S5545-30
	}
	if start, end, ok := c.written(); ok && start.date == end.date && end.wall < start.wall && start.tzid == end.tzid {
		o.Repairs = noted(o.Repairs, "ends before it starts: taken without length") // S5545-17
	} else if ok && start.date != end.date {
		o.Repairs = noted(o.Repairs, "start and end are not of one type") // S5545-18
	}
	seen := map[address.Address]bool{}
	for _, p := range c.All("ATTENDEE") {
		u := userOf(p)
		if u.Address != "" && seen[u.Address] {
			o.Repairs = noted(o.Repairs, "several ATTENDEE lines of one address are one attendee") // S5545-23
		}
		seen[u.Address] = true
	}
}

// written gives DTSTART and DTEND or DUE as they stand, if both are there.
func (c *Component) written() (start, end when, ok bool) {
	s, hasStart := c.Prop("DTSTART")
	e, hasEnd := c.Prop("DTEND")
	if !hasEnd {
		e, hasEnd = c.Prop("DUE")
	}
	if !hasStart || !hasEnd {
		return when{}, when{}, false
	}
	start, errStart := s.when()
	end, errEnd := e.when()
	return start, end, errStart == nil && errEnd == nil
}
