package imapcal

import (
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// write appends the object, unless an earlier try got so far, looks what others have done meanwhile, and removes what
// the object replaces.
func (a *single) write(x *section) (calendar.Turn, error) {
	if done, err := a.stands(x); done || err != nil {
		return calendar.Mine, err
	}
	if err := a.refused(x); err != nil {
		return calendar.Stale, err
	}
	if a.strangerWrites(x) {
		return calendar.Wait, nil
	}
	a.before = below(x.index.objects[a.plan.UID], math.MaxUint32)
	if err := a.post(x, 0); err != nil {
		return calendar.Wait, err
	}
	answered := time.Now()
	if err := x.refresh(); err != nil {
		return calendar.Wait, err
	}
	own := a.own(x)
	if own == nil {
		return calendar.Wait, errNotThere
	}
	x.index.clock = clock{own.hold.received, answered}
	_, err := a.stands(x)
	return calendar.Mine, err
}

// stands tells whether what we want is there: our own message, or the object as it is to be stored, and then there is
// nothing to claim. Our message goes if somebody else's came first.
func (a *single) stands(x *section) (bool, error) {
	if own := a.own(x); own != nil && !a.booked {
		if err := a.beaten(x, own); err != nil {
			return false, joined(err, a.remove(x, own))
		}
		return true, a.finish(x)
	}
	same := x.index.version(a.plan.UID) == a.version && (!a.plain || a.plan.Base == a.version)
	if !a.booked && !same {
		return false, nil
	}
	return true, a.finish(x)
}

// beaten tells why a message of ours must go: somebody else, whom there should not be, wrote one with a lower UID
// after we looked. Of two that do so at once both see the lower one, so that never both stay.
func (a *single) beaten(x *section, own *entry) error {
	if !slices.Equal(a.before, below(x.index.objects[a.plan.UID], own.uid)) {
		return a.stale("the object changed")
	}
	spans := a.claim.Spans()
	if len(spans) == 0 {
		return nil
	}
	busy, err := x.busyAmong(spans, func(e *entry) bool { return e.uid < own.uid })
	if err != nil {
		return err
	}
	var holds []calendar.Rival
	for _, e := range x.index.holds {
		if e.uid < own.uid && !x.fenced(e) {
			holds = append(holds, calendar.Rival{UID: e.UID, Claim: e.hold.claim})
		}
	}
	if calendar.Look(a.plan.UID, a.claim, busy, holds) != calendar.Mine {
		return a.stale("overbooked")
	}
	return nil
}

// below lists the messages that were there before one, in order.
func below(es []*entry, uid imap.UID) []imap.UID {
	uids := slices.DeleteFunc(uidsOf(es), func(u imap.UID) bool { return u >= uid })
	slices.Sort(uids)
	return uids
}

// strangerWrites tells whether another process is about to replace the object.
func (a *single) strangerWrites(x *section) bool {
	return slices.ContainsFunc(x.index.holds, func(e *entry) bool { return e.UID == a.plan.UID && !x.fenced(e) })
}
