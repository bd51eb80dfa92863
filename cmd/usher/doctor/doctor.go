// Package doctor compares the configuration of a Postfix with the listeners it should hand its mail to.
//
// It knows what postconf prints, what master.cf and the milter settings mean, and which of them let mail pass by a
// filter. It runs no program and reads no file: the texts come from whoever asks, and so does the one question to
// the machine, whether Postfix may connect to a socket.
package doctor

import (
	"cmp"
	"slices"
	"time"

	"usher/milter/filter"
)

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Wrong Severity = "wrong" // mail passes by, is refused or waits where it should not
	Hint  Severity = "hint"  // allowed, and worth a look
)

// Finding is one thing that does not fit, and what would.
type Finding struct {
	Severity Severity
	ID       string // stable, such as service.no-milter
	Where    string // main.cf, usher.yaml, or the service in master.cf as postconf -P calls it
	Text     string
	Remedy   string // lines for the file that Where names; "" where there is no single one
}

// Listener is one socket of ours.
type Listener struct {
	Name    string
	Role    filter.Role
	Network string // unix or tcp
	Address string // a path, or host:port
}

// String is the listener as main.cf wants it.
func (l Listener) String() string {
	if l.Network == "tcp" {
		return "inet:" + l.Address
	}
	return l.Network + ":" + l.Address
}

// Ours is what our own configuration says.
type Ours struct {
	Listeners []Listener
	Submit    string        // where our own mail goes: host:port, or the path of a unix socket; "": nowhere
	Deadline  time.Duration // for the end of one message
	Command   time.Duration // for MAIL, RCPT and the end of a header
	Spool     int64         // bytes of all mails in work
}

// Connect tells why Postfix's user cannot connect to a unix socket; nil: it can. What is not there is
// fs.ErrNotExist.
type Connect func(path string) error

// checkup is one comparison.
type checkup struct {
	*Postfix
	ours    Ours
	connect Connect
	found   []Finding
}

// Examine gives what does not fit, what is wrong before what is worth a look. Without connect no socket is asked
// about.
func Examine(p *Postfix, ours Ours, connect Connect) []Finding {
	c := &checkup{Postfix: p, ours: ours, connect: connect}
	c.services()
	c.own()
	c.local()
	c.unused()
	c.sockets()
	c.settings()
	c.timeouts()
	c.macros()
	c.order()
	slices.SortStableFunc(c.found, func(a, b Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return c.found
}

func rank(f Finding) int {
	if f.Severity == Wrong {
		return 0
	}
	return 1
}

func (c *checkup) say(s Severity, id, where, remedy, text string) {
	f := Finding{s, id, where, text, remedy}
	if !slices.Contains(c.found, f) { // what stands in main.cf is seen once for each service
		c.found = append(c.found, f)
	}
}

// listener is the first one of a role.
func (c *checkup) listener(role filter.Role) (Listener, bool) {
	i := slices.IndexFunc(c.ours.Listeners, func(l Listener) bool { return l.Role == role })
	if i < 0 {
		return Listener{}, false
	}
	return c.ours.Listeners[i], true
}
