package calendar

import (
	"context"
	"fmt"
)

// ledger is one calendar while nobody else writes to it. The stores of this package differ in how they keep
// it; what is written when is decided once, here and in holding.go.
type ledger interface {
	version(uid string) (Version, error)
	busy(spans []Span) ([]Period, error)
	write(s stored) error    // all at once, durable; in the place of what had this UID before
	remove(uid string) error // durable; what is not there is no error
	holds() ([]*claimed, error)
	hold(h *claimed, s stored) error // writes or rewrites the hold of this number
	unhold(h *claimed) error
}

// scribe writes to calendars. within runs f while nobody else, in this process or another, writes to the calendar.
type scribe struct {
	Options
	within func(ctx context.Context, cal string, f func(ledger) error) error
}

// tidily is within, after what a crash or a silent owner left behind is put in order.
func (s scribe) tidily(ctx context.Context, cal string, f func(ledger, []*claimed) error) error {
	return s.within(ctx, cal, func(l ledger) error {
		holds, err := l.holds()
		if err != nil {
			return err
		}
		live := holds[:0]
		for _, h := range holds {
			gone, err := s.clear(l, h)
			if err != nil {
				return err
			}
			if !gone {
				live = append(live, h)
			}
		}
		return f(l, live)
	})
}

// clear removes a hold that is expired or spent.
func (s scribe) clear(l ledger, h *claimed) (bool, error) {
	over := h.expired(s.now(), s.HoldLife)
	if !over && h.Version != "" {
		current, err := l.version(h.UID)
		if err != nil {
			return false, err
		}
		over = h.spent(current)
	}
	if !over {
		return false, nil
	}
	return true, l.unhold(h)
}

// put stores without claiming. It is strict: even who wants just what is there already plans again if it came
// there meanwhile, or two who count to six from five would both think they did.
func (s scribe) put(ctx context.Context, p Put) error {
	want, err := prepare(p)
	if err != nil {
		return err
	}
	return s.tidily(ctx, p.Calendar, func(l ledger, _ []*claimed) error {
		current, err := l.version(p.UID)
		if err != nil {
			return err
		}
		if current != p.Base {
			return staleObject(p.Calendar, p.UID)
		}
		if current == want.version {
			return nil
		}
		return l.write(want)
	})
}

// remove deletes what is as it was read.
func (s scribe) remove(ctx context.Context, cal, uid string, base Version) error {
	return s.tidily(ctx, cal, func(l ledger, _ []*claimed) error {
		current, err := l.version(uid)
		if err != nil || current == "" {
			return err
		}
		if current != base {
			return staleObject(cal, uid)
		}
		return l.remove(uid)
	})
}

func staleObject(cal, uid string) error {
	return fmt.Errorf("%s: object %q: %w", cal, uid, ErrStale)
}
