// Package itip is the logic of scheduling by mail, pure: calendar objects in, calendar objects out
// (RFC 5545, RFC 5546, RFC 6047). It does no I/O, reads no clock and knows no mail server, directory or policy.
package itip

// Object is one VCALENDAR whose scheduled components share one UID: a master and its overrides, with the
// time zones they use. It keeps everything it does not understand.
type Object struct {
	Root *Component
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
