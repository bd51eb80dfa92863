package world

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// cleanUpWithin bounds taking things back. It has its own time: the mail's may be over, and often that is why.
const cleanUpWithin = 10 * time.Second

var (
	errNoCalendars  = errors.New("no calendars are configured")
	errNoSubmission = errors.New("no submission service is configured")
	errEmpty        = errors.New("it has no content")
)

// job is the effects of one mail on their way into the world.
type job struct {
	*World
	claims  []*write // by calendar, then UID: everybody takes holds in the same order
	puts    []*write
	sends   []*post
	deletes []*removal

	found   bool     // an earlier attempt has done some of it
	wrote   []*write // what this attempt has written, in order
	gone    bool     // this attempt has sent or deleted something: there is no way back
	unknown bool     // something may have been done: its answer was lost
}

// write is a PutEvent on its way.
type write struct {
	filter.PutEvent
	index  int
	marked *itip.Object // Object with its cause mark
	done   bool         // by an earlier attempt
	old    *itip.Object // what was there before; nil: nothing
	freed  []calendar.Span
	hold   calendar.Hold // taken and neither confirmed nor withdrawn
}

type post struct {
	filter.Send
	index int
}

type removal struct {
	filter.DeleteEvent
	index int
}

// newJob brings effects into their order. The same put or deletion planned twice (by two modules) is done once.
func newJob(w *World, es []filter.Effect) *job {
	j := &job{World: w}
	known := make(map[string]bool)
	for i, e := range es {
		if s, ok := e.(filter.Send); ok {
			j.sends = append(j.sends, &post{Send: s, index: i})
			continue
		}
		if known[e.Key()] {
			continue
		}
		known[e.Key()] = true
		switch e := e.(type) {
		case filter.PutEvent:
			p := &write{PutEvent: e, index: i, marked: marked(e.Object, e.Cause)}
			if e.Claim == nil {
				j.puts = append(j.puts, p)
			} else {
				j.claims = append(j.claims, p)
			}
		case filter.DeleteEvent:
			j.deletes = append(j.deletes, &removal{e, i})
		}
	}
	slices.SortStableFunc(j.claims, func(a, b *write) int {
		return cmp.Or(cmp.Compare(a.Calendar, b.Calendar), cmp.Compare(a.UID, b.UID))
	})
	return j
}

func (j *job) run(ctx context.Context) error {
	if err := j.check(); err != nil {
		return err
	}
	if err := j.askBranches(ctx); err != nil {
		return j.verdict(err)
	}
	turn, done, err := j.turn(ctx, j.written())
	defer done()
	if err != nil {
		return j.verdict(j.failed(j.firstWritten(), "wait for a turn at the calendars", err))
	}
	if err := j.write(ctx); err != nil {
		return j.takeBack(ctx, err)
	}
	if len(j.sends) > 0 {
		turn.release()
		if err := j.submit(ctx); err != nil {
			return j.verdict(err)
		}
		if err := turn.cover(ctx, j.deleted()); err != nil {
			return j.verdict(j.failed(j.deletes[0].index, "wait for a turn at the calendars", err))
		}
	}
	return j.verdict(j.delete(ctx))
}

// check finds what cannot work at all.
func (j *job) check() error {
	if j.store == nil && len(j.written()) > 0 {
		return j.failed(j.firstWritten(), "write to calendars", errNoCalendars)
	}
	if j.submitter == nil && len(j.sends) > 0 {
		return j.failed(j.sends[0].index, "send", errNoSubmission)
	}
	for _, p := range j.writes() {
		if p.Object == nil {
			return j.failed(p.index, "store "+p.name(), errEmpty)
		}
	}
	for _, s := range j.sends {
		if s.Mail == nil {
			return j.failed(s.index, "send "+s.ID, errEmpty)
		}
	}
	return nil
}

// write does everything up to the Sends.
func (j *job) write(ctx context.Context) error {
	for _, stage := range []func(context.Context) error{j.look, j.take, j.confirm, j.put} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	return nil
}

// failed is an error of one effect; verdict says later whether it is committed.
func (j *job) failed(index int, doing string, err error) error {
	if isCrash(err) {
		return err
	}
	return &filter.EffectError{Index: index, Err: fmt.Errorf("%s: %w", doing, err)}
}

// verdict gives an error its final form by what has happened so far. What an earlier attempt did counts: a
// module that is left out now would leave its half behind.
func (j *job) verdict(err error) error {
	var e *filter.EffectError
	if !errors.As(err, &e) {
		return err
	}
	stale := errors.Is(err, filter.ErrStale)
	lasting := len(j.wrote) > 0 || j.gone || j.unknown
	switch {
	case stale && !lasting:
		return e.Err
	case stale: // no longer "nothing is done, plan again"
		return &filter.EffectError{Index: e.Index, Committed: true, Err: errors.New(e.Err.Error())}
	}
	return &filter.EffectError{Index: e.Index, Committed: lasting || j.found, Err: e.Err}
}

// written is the calendars that are written to, and deleted those that are deleted from.
func (j *job) written() []string {
	names := j.deleted()
	for _, p := range j.writes() {
		names = append(names, p.Calendar)
	}
	return names
}

func (j *job) deleted() []string {
	var names []string
	for _, d := range j.deletes {
		names = append(names, d.Calendar)
	}
	return names
}

func (j *job) firstWritten() int {
	for _, p := range j.writes() {
		return p.index
	}
	for _, d := range j.deletes {
		return d.index
	}
	return 0
}

func (j *job) writes() []*write { return slices.Concat(j.claims, j.puts) }

// briefly is a context for cleaning up, whatever has become of ctx.
func briefly(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanUpWithin)
}
