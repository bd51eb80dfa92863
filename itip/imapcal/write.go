package imapcal

import (
	"context"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// Put implements calendar.Store. It goes the way of a hold, so that of two writers of one object one wins, and
// readers see the old one or the new one.
func (s *Store) Put(ctx context.Context, p calendar.Put) error {
	if s.config.Writers == OneWriter {
		return s.putAlone(ctx, p)
	}
	h, err := s.prepare(p, true)
	if err != nil {
		return err
	}
	err = h.settle(h.await(ctx, false, func(x *section) (calendar.Turn, error) {
		t, err := h.step(x)
		if err != nil || t != calendar.Mine || h.done {
			return t, err
		}
		return h.confirm(x)
	}))
	if err != nil {
		return h.abandon(ctx, err)
	}
	return nil
}

// Delete implements calendar.Store. All messages with this UID go, or one that did not count would come forth.
func (s *Store) Delete(ctx context.Context, cal, uid string, base calendar.Version) error {
	h := &holding{Store: s, plan: calendar.Put{Calendar: cal, UID: uid, Base: base}, plain: true}
	removed := false
	return h.await(ctx, false, func(x *section) (calendar.Turn, error) {
		current := x.index.version(uid)
		if current == "" {
			if err := x.mayHold(uid); err != nil {
				return calendar.Stale, err
			}
			return h.settled(x, removed)
		}
		if current != base {
			return calendar.Stale, fmt.Errorf("object %q: %w", uid, calendar.ErrStale)
		}
		if err := h.remove(x, x.index.objects[uid]...); err != nil {
			return calendar.Wait, err
		}
		removed = true
		if err := x.refresh(); err != nil {
			return calendar.Wait, err
		}
		return calendar.Wait, nil
	})
}

// settled waits, after a deletion, for holds of other processes that were to replace the object: one may have looked
// before it was removed. Either it becomes a booking, and the deletion came too late, or it finds the object gone.
func (h *holding) settled(x *section, removed bool) (calendar.Turn, error) {
	for _, e := range x.index.holds {
		if removed && e.UID == h.plan.UID && e.hold.base != "" && !x.fenced(e) && h.living.find(e.hold.owner) == nil {
			return calendar.Wait, nil
		}
	}
	return calendar.Mine, nil
}

// doomed are messages of a folder that are to be removed.
type doomed struct {
	validity uint32
	uids     []imap.UID
}

// remove deletes messages and forgets them.
func (h *holding) remove(x *section, es ...*entry) error {
	if len(es) == 0 {
		return nil
	}
	h.doomed = doomed{x.index.validity, uidsOf(es)}
	for _, e := range slices.Clone(es) {
		x.index.drop(e)
	}
	return h.removeRest(x)
}

// removeRest removes what was to be removed when the connection was lost; it may be marked as deleted and no more.
func (h *holding) removeRest(x *section) error {
	if len(h.doomed.uids) == 0 || h.doomed.validity != x.index.validity {
		return nil
	}
	x.wrote = true
	known := x.index.state
	x.index.state = state{}
	if err := x.conn.remove(x.ctx, x.config.Timeout, h.doomed.uids); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	x.removed(h.doomed.uids)
	h.doomed, x.index.state = doomed{}, known
	return nil
}

// raw gives a message as it is.
func (x *section) raw(e *entry) (mail []byte, err error) {
	err = x.conn.fetch(x.ctx, x.config.Timeout, uidsOf([]*entry{e}), x.config.MaxMessage+1, func(m message) { mail = m.body })
	if err == nil && mail == nil {
		err = x.unreadable(e, errGone)
	}
	return mail, err
}
