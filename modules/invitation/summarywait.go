package invitation

import (
	"context"
	"fmt"
	"time"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// waits tells whether the organizer is told later: an answer that was given automatically waits for the others of its
// kind, but not for ever. There are no timers: after the longest wait the next answer brings the news. What people
// decide themselves is told at once.
func (v *visit) waits(ctx context.Context, now *itip.Object) (bool, error) {
	if v.entry == nil || v.late(now) || !v.answersItself(v.entry, organizerOf(now), now.Kind()) {
		return false, nil
	}
	for _, c := range v.concerned(now) {
		for _, u := range v.tally(v.alone(now, c)).Pending() {
			e, ok, err := v.directory.Lookup(ctx, u.Address)
			switch {
			case err != nil:
				return false, fmt.Errorf("who is %s: %w", u.Address, err)
			case ok && v.answersItself(e, organizerOf(now), now.Kind()):
				v.note("%s is expected to answer automatically, the summary waits", u.Address)
				return true, nil
			}
		}
	}
	return false, nil
}

// late tells whether the invitation was made longer ago than notices wait. One that does not say when was.
func (v *visit) late(now *itip.Object) bool {
	var at time.Time
	for _, c := range v.concerned(now) {
		if c.Stamp().After(at) {
			at = c.Stamp()
		}
	}
	return !v.tx.Time.Before(at.Add(v.Gather))
}

// answersItself tells whether an invitation of this kind by the organizer is answered without anybody deciding: a
// resource does it always, a person if his policies answer in every case before one leaves it to him.
func (m *module) answersItself(e *ldapdir.Entry, organizer address.Address, kind string) bool {
	switch e.Kind {
	case ldapdir.Resource, ldapdir.Collection:
		return true
	case ldapdir.Person:
	default:
		return false
	}
	free, busy := false, false
	all, _ := m.policiesOf(e)
	for _, p := range all {
		if !p.about(kind) || !p.from.Covers(organizer) {
			continue
		}
		switch p.does {
		case manual, save:
			return false
		case accept, doubtful, reject, delegate:
			free, busy = free || p.when != ifBusy, busy || p.when != ifFree
		}
		if free && busy {
			return true
		}
	}
	return false
}
