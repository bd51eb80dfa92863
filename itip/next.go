package itip

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// lastDay is the end of what dates can be.
var lastDay = daysOf(10000, 1, 1) * day

// Next gives the first instance that starts later than after; ok is false if there is none. All-day and floating
// times hang in local. Cancelled instances count: they have to be told apart by Cancelled.
//
// The work is bounded whatever the rule: what cannot be found with it is ErrTooMany, as in Instances.
func (o *Object) Next(after time.Time, local *time.Location) (next Instance, ok bool, err error) {
	first, last, endless := o.Bounds(local)
	if !endless && first.IsZero() {
		return next, false, nil
	}
	from, end := max(after.Unix()+1, first.Unix()), lastDay
	if !endless {
		end = min(end, last.Unix()+1)
	}
	err = o.search(from, end, 1, local, func(is []Instance, low, high int64) bool {
		for _, i := range is {
			if at := i.Start.Unix(); at >= low && at < high {
				next, ok = i, true
				return false
			}
		}
		return true
	})
	return next, ok, err
}

// Last gives the instance that starts last; ok is false for an endless series and for an object without any
// instance. What cannot be found with bounded work is ErrTooMany.
func (o *Object) Last(local *time.Location) (last Instance, ok bool, err error) {
	b := bounds{math.MaxInt64, math.MinInt64}
	endless, err := o.bounds(&b, local, maxSteps)
	if err != nil || endless || b.first > b.last {
		return last, false, err
	}
	err = o.search(b.first, min(b.last+1, lastDay), -1, local, func(is []Instance, low, high int64) bool {
		for _, i := range is {
			if at := i.Start.Unix(); at >= low && at < high {
				last, ok = i, true // of those that start together any
			}
		}
		return !ok
	})
	return last, ok, err
}

// search asks for the instances of windows one after the other, forwards from from or backwards from to (step 1,
// -1), each four times as long as the one before; one with more than MaxInstances is tried again shorter. All of
// them share one budget. visit says false to stop.
func (o *Object) search(from, to, step int64, local *time.Location, visit func(is []Instance, low, high int64) bool) error {
	steps := maxSteps
	for span := int64(4 * day); from < to; {
		low, high := from, to
		if step > 0 && to-from > span {
			high = from + span
		} else if step < 0 && to-from > span {
			low = to - span
		}
		w, err := o.window(low, high, local, false)
		if err != nil {
			return err
		}
		w.steps = min(steps, maxSteps)
		is, err := w.instances(o)
		if steps = w.steps; errors.Is(err, ErrTooMany) && steps > 0 && span > 1 {
			span = max(1, min(span, high-low)/64)
			continue
		}
		if err != nil {
			return err
		}
		if !visit(is, low, high) {
			return nil
		}
		if steps--; steps <= 0 {
			return fmt.Errorf("%w: the rule takes too long to follow", ErrTooMany)
		}
		if step > 0 {
			from = high
		} else {
			to = low
		}
		span *= 4
	}
	return nil
}
