// Package itip is the logic of scheduling by mail, pure: calendar objects in, calendar objects out
// (RFC 5545, RFC 5546, RFC 6047). It does no I/O (the zone database is what package time has), reads no clock and
// knows no mail server, directory or policy.
//
// Parse makes Objects of a text/calendar part; Instances and Zones tell when they take place; Compare, Update, Merge,
// Answered, OwnAnswer, Informed, Cancelled and Struck are what messages do to stored objects, Reply, Delegate and Cancel
// some of those that are sent; Asks tells what wants an answer, and TallyOf who has given which. Objects are plain trees
// that keep everything they do not understand: what is not changed on purpose is written as it was read.
package itip

import "strings"

// Object is one VCALENDAR whose scheduled components share one UID: a master and its overrides, with the
// time zones they use. It keeps everything it does not understand.
//
// The VTIMEZONEs of objects that Parse found in one part may be the same components: they are replaced, never
// edited. Clone gives an Object that shares nothing.
type Object struct {
	Root    *Component
	Repairs []string // what was wrong in the text it was read from and how it was taken; never content
}

// Component is one BEGIN:…END: block, its properties and parts in the order they came.
type Component struct {
	Name  string // upper case
	Props []Prop
	Parts []*Component
}

// Prop is one content line, unfolded.
type Prop struct {
	Name   string // upper case
	Params []Param
	Value  string // as written, escapes included
}

// Param is one parameter with its values, unquoted and RFC 6868 decoded.
type Param struct {
	Name   string // upper case
	Values []string
}

// The components that are scheduled (RFC 5546 1.4).
const (
	Event    = "VEVENT"
	Todo     = "VTODO"
	Journal  = "VJOURNAL"
	FreeBusy = "VFREEBUSY"
)

// New makes an empty object of ours for a method; "" is an object to be stored.
func New(method string) *Object {
	root := &Component{Name: "VCALENDAR"}
	root.Set(Prop{Name: "VERSION", Value: "2.0"})
	root.Set(Prop{Name: "PRODID", Value: ProdID})
	o := &Object{Root: root}
	o.SetMethod(method)
	return o
}

// Clone gives a copy that shares nothing with the original.
func (o *Object) Clone() *Object {
	return &Object{Root: o.Root.Clone(), Repairs: append([]string(nil), o.Repairs...)}
}

// Scheduled are the components the object is about: all but time zones and what has no UID.
func (o *Object) Scheduled() []*Component {
	var cs []*Component
	for _, c := range o.Root.Parts {
		if c.scheduled() {
			cs = append(cs, c)
		}
	}
	return cs
}

// Master is the component without RECURRENCE-ID, or nil when there are only overrides.
func (o *Object) Master() *Component {
	for _, c := range o.Root.Parts {
		if c.scheduled() && !c.Has("RECURRENCE-ID") {
			return c
		}
	}
	return nil
}

// Overrides are the components with RECURRENCE-ID.
func (o *Object) Overrides() []*Component {
	var cs []*Component
	for _, c := range o.Root.Parts {
		if c.scheduled() && c.Has("RECURRENCE-ID") {
			cs = append(cs, c)
		}
	}
	return cs
}

// UID is what the scheduled components share, unescaped; it is compared byte for byte (RFC 5545 3.8.4.7).
func (o *Object) UID() string {
	if c := o.first(); c != nil {
		return c.Text("UID")
	}
	return ""
}

// Kind is the name of the scheduled components: VEVENT, VTODO …; "" if there is none.
func (o *Object) Kind() string {
	if c := o.first(); c != nil {
		return c.Name
	}
	return ""
}

// Method is the METHOD in upper case; "" for an object that is stored and not sent.
func (o *Object) Method() string {
	return strings.ToUpper(strings.TrimSpace(o.Root.Text("METHOD")))
}

// SetMethod makes the object a message of that method; "" makes it one to be stored.
func (o *Object) SetMethod(m string) {
	if m == "" {
		o.Root.Remove("METHOD")
		return
	}
	o.Root.Set(Prop{Name: "METHOD", Value: m})
}

func (o *Object) first() *Component {
	for _, c := range o.Root.Parts {
		if c.scheduled() {
			return c
		}
	}
	return nil
}

// keep leaves only the scheduled components that want says; everything else stays where it is.
func (o *Object) keep(want func(*Component) bool) {
	var parts []*Component
	for _, c := range o.Root.Parts {
		if !c.scheduled() || want(c) {
			parts = append(parts, c)
		}
	}
	o.Root.Parts = parts
}
