// Package world performs effects: it writes calendars and submits mail, once, whatever crashes in between.
//
// It knows in which order to act, how to take back what can still be taken back, and how to find out what an
// earlier attempt has already done. It does not know why anything is written or sent; modules do.
//
// The order is: claims are held, then confirmed, then plain objects stored, then mail is sent, then objects
// are deleted. Until the first confirmation everything can be undone; from then on a failure is answered 451 and
// the sender's retry, which plans the same effects, does the rest.
//
// Turns at calendars are given back before mail is sent. What we send comes back in through the service of
// role own, whose handling may have to write to the same calendars: who waits for that service must not hold
// what it waits for.
package world

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// Parts are what a World works with.
type Parts struct {
	Store     calendar.Store // nil: there are no calendars, and writing to one is an error
	Submitter Submitter      // nil: there is no submission, and sending is an error
	DoneLog   DoneLog        // nil: a MemoryLog
	Log       *slog.Logger   // nil: silent
	Clock     func() time.Time
	// Hostname is the right side of Message-IDs. It should be the same on all hosts that may get a retry of the
	// same mail, so that a duplicate is recognised as one.
	Hostname string
}

// World is filter.World on real calendars and a real submission service.
type World struct {
	store     calendar.Store
	submitter Submitter
	done      DoneLog
	log       *slog.Logger
	clock     func() time.Time
	hostname  string
	step      func(point string) error

	waitForHold time.Duration

	calendars turns // whose turn it is at each calendar
	sending   turns // who is sending the mail of this key
}

var _ filter.World = (*World)(nil)

// Option changes how a World works.
type Option func(*World)

// WithStep calls step before and after each effect. When it returns an error, Apply returns this error at once
// and cleans nothing up, as if the process had died there. The points are, in order of a run,
//
//	hold:CALENDAR/UID  confirm:CALENDAR/UID  put:CALENDAR/UID  send:ID  record:ID  delete:CALENDAR/UID
//
// and, when something is taken back, withdraw:CALENDAR/UID and undo:CALENDAR/UID; each is followed by the same
// with ":done" after the act. record:ID is the moment between the server's 250 and the done-log's
// note: a crash there makes a duplicate with the same Message-ID.
func WithStep(step func(point string) error) Option {
	return func(w *World) { w.step = step }
}

// New makes a World.
func New(p Parts, options ...Option) *World {
	w := &World{store: p.Store, submitter: p.Submitter, done: p.DoneLog, log: p.Log, clock: p.Clock, hostname: p.Hostname, waitForHold: waitForHold}
	if w.done == nil {
		w.done = new(MemoryLog)
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.clock == nil {
		w.clock = time.Now
	}
	if w.hostname == "" {
		w.hostname = "localhost"
	}
	for _, option := range options {
		option(w)
	}
	return w
}

// Apply implements filter.World. Applying the same effects again, after a crash anywhere, ends in the same
// world.
func (w *World) Apply(ctx context.Context, es []filter.Effect) error {
	err := newJob(w, es).run(ctx)
	var c *crashed
	if errors.As(err, &c) {
		return c.error
	}
	return err
}

// crashed is what WithStep's function returned: it passes everything that would clean up.
type crashed struct{ error }

func isCrash(err error) bool {
	var c *crashed
	return errors.As(err, &c)
}

// act does one thing between its two points.
func (w *World) act(point string, do func() error) error {
	if err := w.at(point); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return w.at(point + ":done")
}

func (w *World) at(point string) error {
	if w.step == nil {
		return nil
	}
	if err := w.step(point); err != nil {
		return &crashed{err}
	}
	return nil
}
