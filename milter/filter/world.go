package filter

import (
	"context"
	"fmt"

	"usher/itip/calendar"
)

// ErrStale says that what a plan rests on has changed: plan again.
var ErrStale = calendar.ErrStale

// ErrHeld is the ErrStale that says to let others have their turn before planning again.
var ErrHeld = calendar.ErrHeld

// World performs effects. Package world does it for real; explain and audit have one that only listens.
type World interface {
	// Apply performs all effects of one mail, in its own safe order: claims by calendar name, plain puts,
	// Sends, deletions last. nil: all are done and durable. ErrStale (wrapped): nothing is done, plan again.
	// *EffectError: one failed; Committed tells whether the others can still be taken back.
	Apply(ctx context.Context, es []Effect) error
	// Reserve waits for its turn at these calendars and keeps everybody else of this process from applying
	// to them until release is called. Apply and Plan are to be called with the context it returns.
	// Turns are given in order of arrival, so that nobody starves.
	Reserve(ctx context.Context, calendars []string) (reserved context.Context, release func(), err error)
}

// EffectError is an effect that could not be performed.
type EffectError struct {
	Index     int  // in the slice given to Apply
	Committed bool // some effects are done for good: only a retry of the whole mail makes the rest good
	Err       error
}

func (e *EffectError) Error() string {
	if e.Committed {
		return fmt.Sprintf("half done: %v", e.Err)
	}
	return e.Err.Error()
}

func (e *EffectError) Unwrap() error { return e.Err }
