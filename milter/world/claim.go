package world

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// take holds every claim. Everybody goes through the calendars in the same order, so that two mails that want
// the same two rooms never wait for each other.
func (j *job) take(ctx context.Context) error {
	for _, p := range j.claims {
		if p.done {
			continue
		}
		p.freed = j.freedBy(ctx, p)
		err := j.act("hold:"+p.name(), func() error { return j.hold(ctx, p) })
		if err != nil {
			return j.failed(p.index, "book "+p.name(), err)
		}
	}
	return nil
}

// waitForHold is how long an earlier hold is waited for at a time. A living owner is done with it long before.
// A dead one's hold is resumed by the retry of its mail, which may be waiting for the turn that we have.
const waitForHold = time.Second

// hold takes one claim, or tells with ErrHeld that an earlier one stays in the way.
func (j *job) hold(ctx context.Context, p *write) (err error) {
	patient, cancel := context.WithTimeout(ctx, j.waitForHold)
	defer cancel()
	p.hold, err = j.store.Hold(patient, p.stored())
	if err != nil && patient.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", p.Calendar, filter.ErrHeld)
	}
	return err
}

// confirm turns all holds into bookings.
func (j *job) confirm(ctx context.Context) error {
	for _, p := range j.claims {
		if p.done {
			continue
		}
		err := j.act("confirm:"+p.name(), func() error {
			return j.settle(ctx, p, p.hold.Confirm(ctx))
		})
		if err != nil {
			return j.failed(p.index, "book "+p.name(), err)
		}
	}
	return nil
}

// put stores what claims no time.
func (j *job) put(ctx context.Context) error {
	for _, p := range j.puts {
		if p.done {
			continue
		}
		err := j.act("put:"+p.name(), func() error {
			err := j.settle(ctx, p, j.store.Put(ctx, p.stored()))
			if err != nil && p.isSpared(ctx, err) {
				j.spare(p, err)
				return nil
			}
			return err
		})
		if err != nil {
			return j.failed(p.index, "store "+p.name(), err)
		}
	}
	return nil
}

// isSpared tells whether an error may leave a write undone.
func (p *write) isSpared(ctx context.Context, err error) bool {
	return p.Optional && p.Claim == nil && ctx.Err() == nil && !errors.Is(err, filter.ErrStale) && !isCrash(err)
}

// spare leaves a write out.
func (j *job) spare(p *write, err error) {
	p.done = true
	j.log.Warn("left out", "calendar", p.Calendar, "uid", p.UID, "err", err)
}

// settle finds out what has become of a write. One that was not acknowledged may be there all the same; one
// that came too late may have been completed by the same mail on another host.
func (j *job) settle(ctx context.Context, p *write, err error) error {
	if err == nil {
		p.hold = nil
		j.wrote = append(j.wrote, p)
		return nil
	}
	ctx, cancel := briefly(ctx)
	defer cancel()
	stale := errors.Is(err, filter.ErrStale)
	stored, ok, version, lookErr := j.store.Find(ctx, p.Calendar, p.UID)
	switch {
	case lookErr == nil && ok && p.isDone(stored, version):
		p.hold = nil
		if stale {
			j.found = true // not ours to undo
		} else {
			j.wrote = append(j.wrote, p)
		}
		return nil
	case lookErr != nil && !stale:
		// Withdrawing now might remove a booking. The hold is left to the retry, or to its age.
		p.hold = nil
		j.unknown = true
	}
	return err
}

// stored is the write as the store takes it.
func (p *write) stored() calendar.Put {
	return calendar.Put{Calendar: p.Calendar, UID: p.UID, Object: p.marked, Base: p.Base, Claim: p.Claim, Key: digest(p.Key())}
}

// digest is a short name for a meaning, the same on every host and every retry.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:20])
}
