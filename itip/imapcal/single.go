package imapcal

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// single is what is being written where one process alone books: a Hold, or a Put. Until it is confirmed nothing of
// it is in the folder.
type single struct {
	*holding
	before []imap.UID // the messages with the object, as of the look before our APPEND
}

// holdAlone is Hold for a process that books alone: the claim is kept in memory.
func (s *Store) holdAlone(ctx context.Context, p calendar.Put) (calendar.Hold, error) {
	h, err := s.prepare(p, false)
	if err != nil {
		return nil, err
	}
	a := &single{holding: h}
	if err := a.settle(a.await(ctx, false, a.step)); err != nil {
		a.promises.end(p.Calendar, a, "")
		return nil, err
	}
	return a, nil
}

// putAlone is Put for a process that books alone.
func (s *Store) putAlone(ctx context.Context, p calendar.Put) error {
	h, err := s.prepare(p, true)
	if err != nil {
		return err
	}
	a := &single{holding: h}
	return a.settle(a.await(ctx, false, a.write))
}

// step sees whose turn it is.
func (a *single) step(x *section) (calendar.Turn, error) {
	if done, err := a.stands(x); done || err != nil {
		a.promises.end(a.plan.Calendar, a, a.plan.Key)
		return calendar.Mine, err
	}
	if err := a.refused(x); err != nil {
		a.promises.end(a.plan.Calendar, a, a.plan.Key)
		return calendar.Stale, err
	}
	if err := a.tidyStrangers(x); err != nil {
		return calendar.Wait, err
	}
	busy, err := a.busy(x)
	if err != nil {
		return calendar.Wait, err
	}
	return calendar.Look(a.plan.UID, a.claim, busy, a.rivals(x)), nil
}

// rivals are those who go before us: other promises that are earlier than ours, which is made if need be, and the
// holds that other processes left in the folder.
func (a *single) rivals(x *section) (rs []calendar.Rival) {
	own := a.promise(x)
	for _, p := range a.promises.of(a.plan.Calendar, x.now(), a.options.HoldLife) {
		if p.number < own.number {
			rs = append(rs, calendar.Rival{UID: p.object, Claim: p.claim})
		}
	}
	for _, e := range x.index.holds {
		rs = append(rs, calendar.Rival{UID: e.UID, Claim: e.hold.claim})
	}
	return rs
}

// promise is ours: the one that we have, an earlier attempt's if it wanted the same, or a new one. Whoever had it
// before can confirm it no more.
func (a *single) promise(x *section) *promise {
	for _, p := range a.promises.of(a.plan.Calendar, x.now(), a.options.HoldLife) {
		same := p.object == a.plan.UID && p.claim.Same(a.claim)
		switch {
		case p.owner == a:
		case p.key != a.plan.Key || p.key == "":
			continue
		case !same:
			a.promises.end(a.plan.Calendar, p.owner, "")
			continue
		default:
			a.stats.resumed.Add(1)
		}
		p.owner, p.heard, a.begun = a, x.now(), x.now()
		return p
	}
	p := &promise{key: a.plan.Key, object: a.plan.UID, claim: a.claim, owner: a, heard: x.now()}
	a.promises.add(a.plan.Calendar, p)
	a.begun = p.heard
	return p
}

// tidyStrangers removes holds that nobody will confirm any more: of other processes, or of this one from when it did
// not book alone.
func (a *single) tidyStrangers(x *section) error {
	var over []*entry
	for _, e := range x.index.holds {
		ours := a.plan.Key != "" && e.hold.key == a.plan.Key && x.fenced(e)
		if ours || x.index.clock.age(e.hold, x.now()) > a.options.HoldLife {
			over = append(over, e)
			a.stats.reaped.Add(1)
		}
	}
	return a.remove(x, over...)
}

// Confirm implements calendar.Hold. What was seen when the hold was had is enough to begin with: the look that counts
// comes after the APPEND.
func (a *single) Confirm(ctx context.Context) error {
	if a.done {
		return nil
	}
	err := a.settle(a.await(ctx, true, a.confirm))
	if err == nil || errors.Is(err, calendar.ErrStale) {
		a.promises.end(a.plan.Calendar, a, "")
	}
	return err // not knowing what became of it, we keep the time for the retry, as long as it could be confirmed
}

func (a *single) confirm(x *section) (calendar.Turn, error) {
	if a.booked || a.owner != "" {
		return a.write(x)
	}
	all := a.promises.of(a.plan.Calendar, x.now(), a.options.HoldLife)
	switch {
	case !slices.ContainsFunc(all, func(p *promise) bool { return p.owner == a }):
		return calendar.Stale, a.stale("the hold is gone")
	case time.Since(a.begun) > a.options.ConfirmWithin:
		return calendar.Stale, a.stale("held for too long")
	}
	return a.write(x)
}

// Withdraw implements calendar.Hold.
func (a *single) Withdraw(ctx context.Context) error {
	a.promises.end(a.plan.Calendar, a, "")
	if a.owner == "" || a.done {
		return nil
	}
	return a.look(ctx, a.plan.Calendar, func(x *section) error { // its confirmation was cut off
		if own := a.own(x); own != nil && !a.booked {
			return a.remove(x, own)
		}
		return nil
	})
}
