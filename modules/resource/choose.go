package resource

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"
)

// choice is what there is to know of a member that can take a request.
type choice struct {
	name     string // of its entry; tells members apart
	step     step
	left     int           // instances of the series that it declines
	cut      bool          // it takes the series up to its booking window only
	capacity int           // people; 0: not known
	hours    time.Duration // that it is booked around the time asked for
	bookings int           // how many bookings these are
}

// choose gives the index of the member that a strategy prefers; -1 if there is none. Members that take all of a series
// come before others, and those that book before those that ask; of those left that are equal to the strategy the first
// one in the list. The same arguments always give the same choice.
//
//	first         the first in the list
//	random        by a digest of the UID and the member's name
//	least_used    the one with the fewest booked hours around the time
//	smallest_fit  the smallest; those whose capacity is not known come last
//	round_robin   the one with the fewest bookings around the time
func choose(strategy, uid string, all []choice) int {
	best := -1
	for i, c := range all {
		if best < 0 || preferred(strategy, uid, c, all[best]) < 0 {
			best = i
		}
	}
	return best
}

func preferred(strategy, uid string, a, b choice) int {
	return cmp.Or(cmp.Compare(a.left, b.left), compareTrue(a.cut, b.cut), cmp.Compare(a.step.rank(), b.step.rank()),
		by(strategy, uid, a, b))
}

func by(strategy, uid string, a, b choice) int {
	switch strategy {
	case "random":
		return cmp.Compare(draw(uid, a.name), draw(uid, b.name))
	case "least_used":
		return cmp.Compare(a.hours, b.hours)
	case "round_robin":
		return cmp.Compare(a.bookings, b.bookings)
	case "smallest_fit":
		return cmp.Or(compareTrue(a.capacity == 0, b.capacity == 0), cmp.Compare(a.capacity, b.capacity))
	}
	return 0
}

// draw is the number that a member draws for a request. As each has its own, one that comes or goes changes nothing
// between the others.
func draw(uid, name string) uint64 {
	sum := sha256.Sum256([]byte(uid + "\x00" + name))
	return binary.BigEndian.Uint64(sum[:8])
}

// compareTrue puts false first.
func compareTrue(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rank is the order in which steps are wished for.
func (s step) rank() int {
	return slices.Index([]step{stepAccept, stepAsk, stepStore, stepDecline}, s)
}
