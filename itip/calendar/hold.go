package calendar

import "time"

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

// sameClaim tells whether a hold claims exactly this, so that resuming it keeps its place in the queue. Who
// comes back wanting other time has not waited for it and queues anew.
func (h *claimed) sameClaim(c Claim) bool { return h.Claim.Same(c) }

// look is Look for a hold of this package.
func (h *claimed) look(current Version, busy []Period, holds []*claimed) Turn {
	var earlier []Rival
	for _, o := range holds {
		if o.Number < h.Number {
			earlier = append(earlier, Rival{o.UID, o.Claim})
		}
	}
	if current != h.Base {
		return Stale
	}
	return Look(h.UID, h.Claim, busy, earlier)
}

// claimOf is what a Put claims; nil claims nothing.
func claimOf(p Put) Claim {
	if p.Claim == nil {
		return Claim{}
	}
	return *p.Claim
}
