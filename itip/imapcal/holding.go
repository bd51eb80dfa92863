package imapcal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/itip/calendar"
)

// How long to wait before the next look at an earlier hold.
const (
	firstPause = 2 * time.Millisecond
	lastPause  = 100 * time.Millisecond
)

// cleanupTime is how long an operation whose context ended may still take to remove its hold.
const cleanupTime = 5 * time.Second

// margin is how much longer than it may be confirmed a hold is taken for one that may be confirmed: for what the
// clocks of two machines differ in speed, and for the seconds in which dates are told.
func margin(within time.Duration) time.Duration { return max(within/4, 2*time.Second) }

// Hold implements calendar.Store.
func (s *Store) Hold(ctx context.Context, p calendar.Put) (calendar.Hold, error) {
	if s.config.Writers == OneWriter {
		return s.holdAlone(ctx, p)
	}
	h, err := s.prepare(p, false)
	if err != nil {
		return nil, err
	}
	if err := h.settle(h.await(ctx, false, h.step)); err != nil {
		return nil, h.abandon(ctx, err)
	}
	return h, nil
}

// await goes on until it is our turn. A connection that is lost is replaced: the next step sees what became of
// what was sent. known says that the first step may do with what was seen at the last look.
func (h *holding) await(ctx context.Context, known bool, step func(*section) (calendar.Turn, error)) error {
	lost := 0
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		var t calendar.Turn
		err := h.visit(ctx, h.plan.Calendar, known, func(x *section) (err error) {
			if err := h.removeRest(x); err != nil {
				return err
			}
			t, err = step(x)
			return err
		})
		known = false
		if errors.Is(err, errBroken) && ctx.Err() == nil && lost < attempts {
			lost++
			continue
		}
		if err != nil || t == calendar.Mine {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("calendar %s: wait for an earlier hold: %w", h.plan.Calendar, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// step sees whose turn it is, and appends the hold. A claim that is overbooked by confirmed bookings is refused
// before anything is written.
func (h *holding) step(x *section) (calendar.Turn, error) {
	if done, err := h.isDone(x); done || err != nil {
		return calendar.Mine, err
	}
	if err := h.refused(x); err != nil {
		return calendar.Stale, joined(err, h.drop(x))
	}
	own := h.own(x)
	if own == nil {
		return h.queue(x)
	}
	if h.heir != 0 && !h.inherits(x) {
		return calendar.Wait, h.drop(x)
	}
	waits, err := h.tidy(x, own)
	if err != nil {
		return calendar.Wait, err
	}
	t, err := h.turn(x, own)
	if waits && t == calendar.Mine {
		t = calendar.Wait
	}
	if err == nil && t == calendar.Wait {
		err = h.renew(x, own)
	}
	return t, err
}

// isDone tells whether an earlier try got so far that the booking stands; then there is nothing to claim.
func (h *holding) isDone(x *section) (bool, error) {
	if own := h.own(x); own != nil && !own.pending {
		return true, h.finish(x)
	}
	if x.index.version(h.plan.UID) != h.version || h.plain && h.plan.Base != h.version {
		return false, nil
	}
	h.done = true
	h.living.end(h)
	return true, h.drop(x)
}

// refused tells why this cannot be had: only what is confirmed refuses, or a Put of the same object that has seen
// us, or will, and waits for us to give way.
func (h *holding) refused(x *section) error {
	current := x.index.version(h.plan.UID)
	if current == "" {
		if err := x.mayHold(h.plan.UID); err != nil {
			return err
		}
	}
	if current != h.plan.Base || h.killed {
		return h.stale("the object changed")
	}
	busy, err := h.busy(x)
	if err != nil {
		return err
	}
	if len(calendar.Overbooked(h.claim, h.plan.UID, busy)) > 0 {
		return h.stale("overbooked")
	}
	own := h.own(x)
	for _, e := range x.index.holds {
		if own != nil && !h.plain && e.hold.plain && e.UID == h.plan.UID && own.hold.at(own.uid) < e.uid && !x.fenced(e) {
			return h.stale("the object is being changed")
		}
	}
	return nil
}

// queue appends our hold. If an earlier attempt of the same Put left one behind, ours asks for its place, but only
// when its owner can no longer confirm it.
func (h *holding) queue(x *section) (calendar.Turn, error) {
	var heir *entry
	for _, e := range h.earlier(x, nil) {
		if !x.fenced(e) && !x.index.clock.answered.IsZero() {
			return calendar.Wait, nil
		}
		if heir == nil && e.UID == h.plan.UID && h.sameClaim(e) {
			heir = e
		}
	}
	if heir == nil {
		return h.queueAt(x, 0)
	}
	return h.queueAt(x, uint32(heir.uid))
}

// earlier are the holds of earlier attempts of the same Put; all there are, where we have none yet.
func (h *holding) earlier(x *section, own *entry) (es []*entry) {
	for _, e := range x.index.holds {
		if h.plan.Key != "" && e.hold.key == h.plan.Key && !slices.Contains(h.owners, e.hold.owner) && (own == nil || e.before(own)) {
			es = append(es, e)
		}
	}
	return es
}

// sameClaim tells whether a hold claims what we do, as far as it says. Who wants other time has not waited for it.
func (h *holding) sameClaim(e *entry) bool {
	mine, err := readClaim(claimText(h.claim))
	return err == nil && e.hold.plain == h.plain && mine.Same(e.hold.claim)
}

// fenced tells whether the owner of a hold can no longer confirm it.
func (x *section) fenced(e *entry) bool {
	within := x.options.ConfirmWithin
	return x.index.clock.age(e.hold, x.now()) > within+margin(within)
}

// busy is the time that confirmed bookings take within the claim.
func (h *holding) busy(x *section) ([]calendar.Period, error) {
	spans := h.claim.Spans()
	if len(spans) == 0 {
		return nil, nil
	}
	return x.busy(spans)
}

// Withdraw implements calendar.Hold.
func (h *holding) Withdraw(ctx context.Context) error {
	defer h.living.end(h)
	return h.look(ctx, h.plan.Calendar, h.drop)
}

// drop removes our holds; a booking stays.
func (h *holding) drop(x *section) error {
	var ours []*entry
	for _, e := range x.index.holds {
		if slices.Contains(h.owners, e.hold.owner) {
			ours = append(ours, e)
		}
	}
	h.owner, h.heir = "", 0
	return h.remove(x, ours...)
}

// abandon removes what a failed attempt left behind, even if there was no time left for it.
func (h *holding) abandon(ctx context.Context, err error) error {
	defer h.living.end(h)
	if len(h.owners) == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	return joined(err, h.Withdraw(ctx))
}

func (h *holding) stale(why string) error {
	return fmt.Errorf("claim of %q: %s: %w", h.plan.UID, why, calendar.ErrStale)
}

// joined adds to an error what went wrong while cleaning up after it.
func joined(err, cleanup error) error {
	if cleanup == nil {
		return err
	}
	return fmt.Errorf("%w (and then: %w)", err, cleanup)
}
