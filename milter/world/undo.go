package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// undoFrom and undoTo bound the time that an undone move claims back, relative to now.
const (
	undoFrom = -24 * time.Hour
	undoTo   = 2 * 366 * 24 * time.Hour
)

var errMoved = errors.New("it changed again since")

// takeBack withdraws the holds after a failure. If the failure is that the world moved, and nothing but
// calendars was touched, what this attempt has written goes as well, so that the mail can be planned again.
// Another failure leaves it: the retry of the mail finds it done.
func (j *job) takeBack(ctx context.Context, failure error) error {
	if isCrash(failure) {
		return failure
	}
	ctx, cancel := briefly(ctx)
	defer cancel()
	if err := j.withdraw(ctx); err != nil {
		return err
	}
	if errors.Is(failure, filter.ErrStale) {
		if err := j.undo(ctx); err != nil {
			return err
		}
	}
	return j.verdict(failure)
}

// withdraw ends all holds that are left. One that cannot be withdrawn is out of the way when it is
// calendar.HoldLife old. It only fails by a crash.
func (j *job) withdraw(ctx context.Context) error {
	for _, p := range j.claims {
		if p.hold == nil {
			continue
		}
		err := j.act("withdraw:"+p.name(), func() error {
			if err := p.hold.Withdraw(ctx); err != nil {
				j.log.Warn("hold left behind", "calendar", p.Calendar, "uid", p.UID, "err", err)
			}
			p.hold = nil
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what this attempt has written, last first, as far as it can. It only fails by a crash.
func (j *job) undo(ctx context.Context) error {
	for _, p := range slices.Backward(j.wrote) {
		err := j.act("undo:"+p.name(), func() error { return j.undoOne(ctx, p) })
		if isCrash(err) {
			return err
		}
		if err != nil {
			j.log.Warn("half done, left to the retry", "calendar", p.Calendar, "uid", p.UID, "err", err)
			return nil
		}
		j.wrote = j.wrote[:len(j.wrote)-1]
	}
	return nil
}

func (j *job) undoOne(ctx context.Context, p *write) error {
	stored, ok, version, err := j.store.Find(ctx, p.Calendar, p.UID)
	switch {
	case err != nil:
		return err
	case !ok && p.old == nil:
		return nil
	case !ok || !p.isDone(stored, version):
		return errMoved
	case p.old == nil:
		return j.store.Delete(ctx, p.Calendar, p.UID, version)
	}
	return j.restore(ctx, p, version)
}

// restore puts back what a write has replaced. Where that gives time back it has to be claimed anew: somebody may
// have taken it in the meantime, and then the old booking must not return.
func (j *job) restore(ctx context.Context, p *write, version calendar.Version) error {
	back := calendar.Put{Calendar: p.Calendar, UID: p.UID, Object: p.old, Base: version, Key: digest("undo", p.Key())}
	if p.Claim == nil {
		return j.store.Put(ctx, back)
	}
	if p.freed == nil {
		return fmt.Errorf("the time it had is not known")
	}
	back.Claim = &calendar.Claim{Periods: p.freed, Parallel: p.Claim.Parallel}
	hold, err := j.store.Hold(ctx, back)
	if err != nil {
		return err
	}
	if err := hold.Confirm(ctx); err != nil {
		return errors.Join(err, hold.Withdraw(ctx))
	}
	return nil
}

// freedBy is the time that a write gives up by replacing a booking. It is only asked for where it may have to
// be claimed back, when there is more than one thing to write; nil is "not known".
func (j *job) freedBy(ctx context.Context, p *write) []calendar.Span {
	if p.old == nil || len(j.claims)+len(j.puts) < 2 {
		return nil
	}
	now := j.clock()
	busy, _, err := j.store.Busy(ctx, p.Calendar, calendar.Span{From: now.Add(undoFrom), To: now.Add(undoTo)})
	if err != nil {
		return nil
	}
	freed := []calendar.Span{}
	for _, b := range busy {
		if b.UID == p.UID {
			freed = append(freed, calendar.Span{From: b.From, To: b.To})
		}
	}
	return freed
}
