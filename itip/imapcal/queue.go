package imapcal

import (
	"cmp"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// queueAt appends our hold and looks again.
func (h *holding) queueAt(x *section, heir uint32) (calendar.Turn, error) {
	if err := h.append(x, imap.UID(heir)); err != nil {
		return calendar.Wait, err
	}
	return h.step(x)
}

// inherits tells, after our APPEND, whether we have the place that we ask for. The attempt that had it must still
// be there: then everybody who has decided without seeing us has seen it, and has waited. And its owner must be
// unable to confirm it.
func (h *holding) inherits(x *section) bool {
	e := x.index.entries[h.heir]
	if e == nil || !e.pending || !x.fenced(e) {
		return false
	}
	h.stats.resumed.Add(1)
	h.heir = 0
	return true
}

// tidy removes what earlier attempts of this Put left behind, and what others did a long time ago. waits tells
// whether an earlier attempt's owner may be alive.
func (h *holding) tidy(x *section, own *entry) (waits bool, err error) {
	var over []*entry
	for _, e := range h.earlier(x, own) {
		if x.fenced(e) {
			over = append(over, e)
		} else {
			waits = true
		}
	}
	for _, e := range x.index.holds {
		if e != own && e.hold.key != h.plan.Key && x.index.clock.age(e.hold, x.now()) > h.options.HoldLife {
			over = append(over, e)
			h.stats.reaped.Add(1)
		}
	}
	return waits, h.remove(x, over...)
}

// turn tells whether it is ours. We wait for holds with a lower place.
func (h *holding) turn(x *section, own *entry) (calendar.Turn, error) {
	busy, err := h.busy(x)
	if err != nil {
		return calendar.Wait, err
	}
	var lower []calendar.Rival
	for _, e := range slices.Clone(x.index.holds) { // passes takes some of them out
		if !e.before(own) {
			continue
		}
		if h.plain {
			waits, err := h.passes(x, e)
			if err != nil {
				return calendar.Wait, err
			}
			if !waits {
				continue
			}
		}
		lower = append(lower, calendar.Rival{UID: e.UID, Claim: e.hold.claim})
	}
	return calendar.Look(h.plan.UID, h.claim, busy, lower), nil
}

// before tells whether a hold comes before another.
func (e *entry) before(o *entry) bool {
	return cmp.Or(cmp.Compare(e.hold.at(e.uid), o.hold.at(o.uid)), cmp.Compare(e.uid, o.uid)) < 0
}

// passes tells whether a Put has to wait for an earlier hold. It claims no time, so it waits for writers of the same
// object only: until they are done, or see us and give way, or are too late to confirm. A hold of this process that
// merely waits for its confirmation is told that its object has changed.
func (h *holding) passes(x *section, e *entry) (waits bool, err error) {
	if e.UID != h.plan.UID || x.fenced(e) {
		return false, nil
	}
	if other := h.living.find(e.hold.owner); other != nil && !other.plain {
		other.killed = true
		return false, h.remove(x, e)
	}
	return true, nil
}

// renew appends our hold again before it is too old to be confirmed, and keeps its place: the old one is there
// until the new one is.
func (h *holding) renew(x *section, own *entry) error {
	if time.Since(h.begun) < h.options.ConfirmWithin/2 {
		return nil
	}
	place := own.hold.at(own.uid)
	if err := h.append(x, place); err != nil {
		return err
	}
	h.heir = 0
	if x.index.entries[own.uid] == nil || !own.pending {
		return h.drop(x)
	}
	return h.remove(x, own)
}
