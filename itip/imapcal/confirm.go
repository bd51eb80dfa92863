package imapcal

import (
	"context"
	"errors"
	"slices"
	"time"

	"usher/itip/calendar"
)

// Confirm implements calendar.Hold. It looks once more: somebody may have written without a claim. A connection
// that is lost is replaced and what became of the booking looked up.
func (h *holding) Confirm(ctx context.Context) error {
	if h.done {
		return nil
	}
	defer h.living.end(h)
	return h.settle(h.await(ctx, false, h.confirm))
}

// settle forgets what went wrong after the booking stood. What it replaced counts no more already, so that nothing is
// lost if it could not be removed: the next writer of the object does.
func (h *holding) settle(err error) error {
	if err == nil || !h.booked {
		return err
	}
	h.notice(h.plan.Calendar, "what was replaced could not be removed")
	h.done = true
	return nil
}

// confirm takes the keyword off our message, if there is still time and nothing speaks against it.
func (h *holding) confirm(x *section) (calendar.Turn, error) {
	if done, err := h.isDone(x); done || err != nil {
		return calendar.Mine, err
	}
	own := h.own(x)
	if own == nil {
		return calendar.Stale, h.stale("the hold is gone")
	}
	if err := h.refused(x); err != nil {
		return calendar.Stale, joined(err, h.drop(x))
	}
	left := h.options.ConfirmWithin - time.Since(h.begun)
	if left <= 0 {
		return calendar.Stale, joined(h.stale("held for too long"), h.drop(x))
	}
	x.wrote = true
	r, err := x.conn.clear(x.ctx, min(left, h.config.Timeout), own.uid, keyword)
	switch {
	case err != nil:
		return calendar.Wait, err
	case !r.there:
		return h.vanished(x, r.shown)
	case !r.clear:
		return calendar.Stale, joined(errors.New("the server does not clear the keyword of a hold"), h.drop(x))
	}
	x.index.confirmed(own)
	return calendar.Mine, h.finish(x)
}

// vanished decides about a hold that was confirmed and is not there right afterwards: somebody may have seen the
// booking and replaced it at once. Nobody removes a hold that may still be confirmed, so for a Put the server's answer
// is enough; who claims time wants to see what came after.
func (h *holding) vanished(x *section, shown bool) (calendar.Turn, error) {
	if err := x.refresh(); err != nil {
		return calendar.Wait, err
	}
	replaced := func(e *entry) bool { return e.UID == h.plan.UID && e.hold != nil && e.hold.base == h.version }
	seen := slices.ContainsFunc(x.index.holds, replaced) || slices.ContainsFunc(x.index.objects[h.plan.UID], replaced)
	if !seen && !(shown && h.plain) {
		return calendar.Stale, h.stale("the hold is gone")
	}
	return calendar.Mine, h.finish(x)
}

// finish removes what the booking replaces.
func (h *holding) finish(x *section) error {
	h.booked = true
	h.living.end(h)
	var old []*entry
	for _, e := range x.index.objects[h.plan.UID] {
		if e.superseded {
			old = append(old, e)
		}
	}
	if err := h.remove(x, old...); err != nil {
		return err
	}
	h.done = true
	return nil
}
