package calendar

import (
	"slices"
	"time"
)

// claimed is a hold as a store keeps it. Holds of one calendar have rising numbers; the lower one goes first.
type claimed struct {
	Number  uint64
	Key     string    // of the Put; a retry finds its hold by it
	Owner   string    // drawn anew whenever the hold is taken or resumed, so that only the last taker confirms
	UID     string    // of the object that is to be stored
	Base    Version   // what it replaces
	Version Version   // what it becomes
	Claim   Claim     // the time it wants
	Taken   time.Time // when its owner was last heard of
}

// expired tells whether the owner of a hold is given up. A hold from the future was taken by a clock that was
// wrong; it must not block a room until that future comes.
func (h *claimed) expired(now time.Time, life time.Duration) bool {
	age := now.Sub(h.Taken)
	return age > life || age < -life
}

// confirmable tells whether the owner may still confirm.
func (h *claimed) confirmable(now time.Time, within time.Duration) bool {
	return now.Sub(h.Taken) <= within && !h.expired(now, within)
}

// spent tells whether a hold is left over from a crash between the booking and its removal: the object that
// it wanted to become is there.
func (h *claimed) spent(current Version) bool { return h.Version != "" && current == h.Version }

// periods is the time that a hold claims, as others see it who wait for it.
func (h *claimed) periods() []Period {
	var ps []Period
	for _, s := range h.Claim.Periods {
		ps = append(ps, Period{From: s.From, To: s.To, UID: h.UID})
	}
	return ps
}

// sameClaim tells whether a hold claims exactly this, so that resuming it keeps its place in the queue. Who
// comes back wanting other time has not waited for it and queues anew.
func (h *claimed) sameClaim(c Claim) bool {
	return max(h.Claim.Parallel, 1) == max(c.Parallel, 1) &&
		slices.EqualFunc(h.Claim.Periods, c.Periods, func(a, b Span) bool {
			return a.From.Equal(b.From) && a.To.Equal(b.To)
		})
}

// turn is what a look at the calendar tells a hold.
type turn int

const (
	wait  turn = iota // a lower hold may still win
	mine              // the claim can be confirmed
	stale             // it cannot be had
)

// look decides. Only confirmed bookings refuse; lower holds are waited for if they could take what is wanted,
// or want to replace the same object. Waiting only for lower ones, nobody ever waits in a circle, and in a
// chain A-B-C nobody is refused while there is room.
func (h *claimed) look(current Version, busy []Period, holds []*claimed) turn {
	if current != h.Base || len(Overbooked(h.Claim, h.UID, busy)) > 0 {
		return stale
	}
	taken := slices.Clone(busy)
	for _, o := range holds {
		if o.Number >= h.Number {
			continue
		}
		if o.UID == h.UID {
			return wait
		}
		taken = append(taken, o.periods()...)
	}
	if len(Overbooked(h.Claim, h.UID, taken)) > 0 {
		return wait
	}
	return mine
}

// claimOf is what a Put claims; nil claims nothing.
func claimOf(p Put) Claim {
	if p.Claim == nil {
		return Claim{}
	}
	return *p.Claim
}
