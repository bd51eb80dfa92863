package world

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Reserve waits for its turn at these calendars, as filter.World says. Calendars are taken in the order of
// their names, so that two mails about the same rooms never wait for each other. A second Reserve under the
// context of the first widens the first.
func (w *World) Reserve(ctx context.Context, calendars []string) (context.Context, func(), error) {
	if r := w.reserved(ctx); r != nil {
		return ctx, func() {}, r.cover(ctx, calendars)
	}
	r := &reservation{turns: &w.calendars}
	if err := r.cover(ctx, calendars); err != nil {
		return ctx, func() {}, fmt.Errorf("wait for a turn at the calendars: %w", err)
	}
	return context.WithValue(ctx, reservedKey{w}, r), r.end, nil
}

type reservedKey struct{ *World }

// reserved is the reservation that ctx stands under, or nil.
func (w *World) reserved(ctx context.Context) *reservation {
	r, _ := ctx.Value(reservedKey{w}).(*reservation)
	if r == nil || r.over() {
		return nil
	}
	return r
}

// turn is the reservation ctx stands under, widened to these calendars, or one of our own that done ends.
func (w *World) turn(ctx context.Context, calendars []string) (r *reservation, done func(), err error) {
	if r := w.reserved(ctx); r != nil {
		return r, func() {}, r.cover(ctx, calendars)
	}
	r = &reservation{turns: &w.calendars}
	return r, r.end, r.cover(ctx, calendars)
}

// reservation is a set of turns held together.
type reservation struct {
	turns *turns
	mu    sync.Mutex
	held  map[string]ticket
	ended bool
}

// cover makes sure that all these names are held. Names are only ever taken in ascending order: when some are
// missing, what is held goes back first and everything is taken anew. What was read before may be stale
// afterwards; the store notices.
func (r *reservation) cover(ctx context.Context, names []string) error {
	want, missing := r.with(names)
	if !missing {
		return nil
	}
	r.release()
	held := make(map[string]ticket, len(want))
	for _, name := range want {
		mine, err := r.turns.take(ctx, name)
		if err != nil {
			r.giveBack(held)
			return err
		}
		held[name] = mine
	}
	r.keep(held)
	return nil
}

// with gives what is held and names together, sorted, and whether anything of it is not held yet.
func (r *reservation) with(names []string) (all []string, missing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.held {
		all = append(all, name)
	}
	for _, name := range names {
		_, ok := r.held[name]
		missing = missing || !ok
	}
	all = append(all, names...)
	slices.Sort(all)
	return slices.Compact(all), missing
}

func (r *reservation) keep(held map[string]ticket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.giveBack(held)
		return
	}
	r.held = held
}

// release gives back every turn; the reservation may be covered again.
func (r *reservation) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.giveBack(r.held)
	r.held = nil
}

// end is release for good.
func (r *reservation) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.release()
}

func (r *reservation) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func (r *reservation) giveBack(held map[string]ticket) {
	for name, mine := range held {
		r.turns.leave(name, mine)
	}
}
