package calendar

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// holding is a Hold of the stores of this package.
type holding struct {
	scribe
	plan   Put
	want   stored
	owner  string // what the hold is marked with while it is ours
	marked bool   // something may have been written
}

// How long to wait before the next look at a lower hold.
const (
	firstPause = time.Millisecond
	lastPause  = 50 * time.Millisecond
)

// cleanupTime is how long an operation whose context ended may still take to remove its hold.
const cleanupTime = 5 * time.Second

// take implements Store.Hold.
func (s scribe) take(ctx context.Context, p Put) (Hold, error) {
	want, err := prepare(p)
	if err != nil {
		return nil, err
	}
	h := &holding{scribe: s, plan: p, want: want, owner: rand.Text()}
	if err := h.await(ctx); err != nil {
		return nil, h.abandon(ctx, err)
	}
	return h, nil
}

// await looks until it is our turn.
func (h *holding) await(ctx context.Context) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		var t Turn
		err := h.tidily(ctx, h.plan.Calendar, func(l ledger, holds []*claimed) (err error) {
			t, err = h.look(l, holds)
			return err
		})
		if err != nil || t == Mine {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: wait for an earlier hold: %w", h.plan.Calendar, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// look sees whose turn it is, and takes the hold or finds it again. A claim that is overbooked by confirmed
// bookings is refused before anything is written.
func (h *holding) look(l ledger, holds []*claimed) (Turn, error) {
	current, err := l.version(h.plan.UID)
	if err != nil {
		return Wait, err
	}
	ours, others := h.sort(holds)
	if current == h.want.version { // an earlier try got that far: the booking stands, there is nothing to claim
		return Mine, drop(l, ours, nil)
	}
	busy, err := h.busy(l)
	if err != nil {
		return Wait, err
	}
	own := h.own(ours, holds)
	t := own.look(current, busy, others)
	if t == Stale {
		return t, joined(h.stale("changed or overbooked"), drop(l, ours, nil))
	}
	if err := h.mark(l, own); err != nil {
		return t, err
	}
	return t, drop(l, ours, own)
}

// sort tells our own holds (which we marked, or which an earlier try of the same request left behind) from others.
func (h *holding) sort(holds []*claimed) (ours, others []*claimed) {
	for _, o := range holds {
		if o.Owner == h.owner || o.Key != "" && o.Key == h.plan.Key {
			ours = append(ours, o)
		} else {
			others = append(others, o)
		}
	}
	return ours, others
}

// own is the hold that we have, resume, or queue up with.
func (h *holding) own(ours, holds []*claimed) *claimed {
	own := &claimed{Number: 1, Key: h.plan.Key, UID: h.plan.UID, Base: h.plan.Base, Version: h.want.version, Claim: claimOf(h.plan)}
	for _, o := range holds {
		own.Number = max(own.Number, o.Number+1)
	}
	i := slices.IndexFunc(ours, func(o *claimed) bool { return o.UID == own.UID && o.sameClaim(own.Claim) })
	if i < 0 {
		return own
	}
	own.Number = ours[i].Number
	if ours[i].Owner == h.owner {
		own.Owner, own.Taken = h.owner, ours[i].Taken
	}
	return own
}

// mark writes the hold where it is new, resumed, or has to show that its owner lives: who waits is not silent,
// and who has waited still has most of the time to confirm.
func (h *holding) mark(l ledger, own *claimed) error {
	now := h.now()
	age := now.Sub(own.Taken)
	if own.Owner == h.owner && age >= 0 && age < min(h.HoldLife, h.ConfirmWithin)/4 {
		return nil
	}
	own.Owner, own.Taken, h.marked = h.owner, now, true
	return l.hold(own, h.want)
}

// busy is the time that confirmed bookings take within the claim.
func (h *holding) busy(l ledger) ([]Period, error) {
	spans := claimOf(h.plan).Spans()
	if len(spans) == 0 {
		return nil, nil
	}
	return l.busy(spans)
}

// Confirm implements Hold. It looks once more: somebody may have written without a claim.
func (h *holding) Confirm(ctx context.Context) error {
	return h.tidily(ctx, h.plan.Calendar, func(l ledger, holds []*claimed) error {
		current, err := l.version(h.plan.UID)
		if err != nil {
			return err
		}
		own := h.marker(holds)
		if current == h.want.version {
			return drop(l, own, nil) // confirming twice is confirming once
		}
		if own == nil {
			return h.stale("the hold is gone")
		}
		if err := h.check(l, own[0], current); err != nil {
			return joined(err, drop(l, own, nil))
		}
		if err := l.write(h.want); err != nil {
			return err
		}
		return drop(l, own, nil)
	})
}

// check tells whether a hold may become a booking.
func (h *holding) check(l ledger, own *claimed, current Version) error {
	if !own.confirmable(h.now(), h.ConfirmWithin) {
		return h.stale("held for too long")
	}
	busy, err := h.busy(l)
	if err != nil {
		return err
	}
	if own.look(current, busy, nil) == Stale {
		return h.stale("changed or overbooked")
	}
	return nil
}

// Withdraw implements Hold.
func (h *holding) Withdraw(ctx context.Context) error {
	return h.within(ctx, h.plan.Calendar, func(l ledger) error {
		holds, err := l.holds()
		if err != nil {
			return err
		}
		return drop(l, h.marker(holds), nil)
	})
}

// marker finds the hold that carries our mark: none, or one.
func (h *holding) marker(holds []*claimed) []*claimed {
	for _, o := range holds {
		if o.Owner == h.owner {
			return []*claimed{o}
		}
	}
	return nil
}

// abandon removes what a failed take left behind, even if there was no time left for it.
func (h *holding) abandon(ctx context.Context, err error) error {
	if !h.marked {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	return joined(err, h.Withdraw(ctx))
}

func (h *holding) stale(why string) error {
	return fmt.Errorf("%s: claim of %q: %s: %w", h.plan.Calendar, h.plan.UID, why, ErrStale)
}

// drop removes holds, all but one.
func drop(l ledger, holds []*claimed, but *claimed) error {
	for _, o := range holds {
		if but != nil && o.Number == but.Number {
			continue
		}
		if err := l.unhold(o); err != nil {
			return err
		}
	}
	return nil
}

// joined adds to an error what went wrong while cleaning up after it.
func joined(err, cleanup error) error {
	if cleanup == nil {
		return err
	}
	return fmt.Errorf("%w (and then: %w)", err, cleanup)
}
