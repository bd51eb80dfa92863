package filter

import (
	"context"
	"time"

	"usher/ldapdir"
)

// Facility is something that can be booked, or a choice of such things, as a module treats it; for people to read.
type Facility struct {
	*ldapdir.Entry
	Rules       []Rule           // all of them, in the order of the manual
	Owners      []*ldapdir.Entry // who is asked and told
	Collections []*ldapdir.Entry // that hold it, nearest first
	Members     []*ldapdir.Entry // of a collection
	Zone        *time.Location   // where it is
	Wrong       []string         // what the directory says and cannot be read
}

// Rule is one setting of a facility and where it comes from, in words. Given: somebody said so, it is not what counts
// where nobody says anything.
type Rule struct {
	Key, Value, Origin string
	Given              bool
}

// Booker is a module that books what is invited.
type Booker interface {
	// Facility tells how an entry is treated; ok is false for one that cannot be booked, nor anything by it.
	Facility(ctx context.Context, e *ldapdir.Entry) (f Facility, ok bool, err error)
}

// BookerOf finds the module that books what has an address in this domain, as it is set there.
func BookerOf(steps []Step, domain string) (Booker, bool) {
	for i := range steps {
		if b, ok := steps[i].setting(&Envelope{Role: Inbound}, domain).Module.(Booker); ok {
			return b, true
		}
	}
	return nil, false
}
