package imaptest

import "time"

// Fault is what a Tap does to a command.
type Fault struct {
	Line    func(string) bool // only commands whose first line it takes; nil takes all
	Command string            // APPEND or UID FETCH, say; "" is any, logins too
	N       int               // the N-th such command since On, over all connections, from 1; 0 is every one
	When    When              // at which moment
	Do      Do                // what
	For     time.Duration     // how long to Delay
	Call    func()            // what to Run
}

// When is a moment in the life of a command.
type When int

const (
	Before When = iota // the server has seen nothing of it
	Inside             // the server has half of it: of its first literal, or of its line if there is none
	Done               // the server has done it; the client has all but the tagged answer, that is not OK nor NO
)

// Do is what happens at that moment.
type Do int

const (
	Cut    Do = iota // the connection ends, on both sides
	Hang             // the connection stays, and nothing comes through any more from the side that was last heard
	Delay            // all goes on later
	Refuse           // the tap answers NO in the server's place; Before only
	Run              // all goes on when Call has returned: what others do at that very moment
)

// armed is a fault that waits for its command.
type armed struct {
	Fault
	seen int
}

// hits counts a command and tells whether it is the one.
func (a *armed) hits(name, line string) bool {
	if a.Command != "" && a.Command != name || a.Line != nil && !a.Line(line) {
		return false
	}
	a.seen++
	return a.N == 0 || a.N == a.seen
}
