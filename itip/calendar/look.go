package calendar

import "slices"

// Turn is what a look at the calendar tells a hold.
type Turn int

// The turns.
const (
	Wait  Turn = iota // an earlier hold may still win
	Mine              // the claim can be confirmed
	Stale             // it cannot be had
)

// Rival is an earlier hold, as those see it who may have to wait for it.
type Rival struct {
	UID   string // of the object that is to be stored
	Claim Claim
}

// Look decides for a hold of an object. Only confirmed bookings refuse; earlier holds are waited for if they
// could take what is wanted, or want to replace the same object. Waiting only for earlier ones, nobody ever
// waits in a circle, and in a chain A-B-C nobody is refused while there is room.
func Look(uid string, claim Claim, busy []Period, earlier []Rival) Turn {
	if len(Overbooked(claim, uid, busy)) > 0 {
		return Stale
	}
	taken := slices.Clone(busy)
	for _, o := range earlier {
		if o.UID == uid {
			return Wait
		}
		for _, s := range o.Claim.Periods {
			taken = append(taken, Period{From: s.From, To: s.To, UID: o.UID})
		}
	}
	if len(Overbooked(claim, uid, taken)) > 0 {
		return Wait
	}
	return Mine
}

// Same tells whether two claims want exactly the same.
func (c Claim) Same(d Claim) bool {
	return max(c.Parallel, 1) == max(d.Parallel, 1) && slices.EqualFunc(c.Periods, d.Periods, func(a, b Span) bool {
		return a.From.Equal(b.From) && a.To.Equal(b.To)
	})
}
