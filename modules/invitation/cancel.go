package invitation

import (
	"context"
	"errors"

	"usher/itip"
	"usher/milter/filter"
)

// strike keeps what is cancelled in the calendar, marked as such: it takes no time, and makes older messages that come
// later outdated (S5546-55).
func (v *visit) strike(_ context.Context, p policy) (decision, error) {
	_, gone, d := v.left()
	if d != nil {
		return *d, nil
	}
	o, err := itip.Struck(v.stored, v.incoming, v.me...)
	if err != nil {
		return untouched("%v", err), nil
	}
	for _, c := range o.Scheduled() {
		if c.Cancelled() {
			free(c)
		}
	}
	return v.carry(v.cancellation(p, o, gone)), nil
}

// remove takes what is cancelled out of the calendar. Nothing is left then to know an older message by, so that a
// request that comes after its own cancellation is a new one: the person has chosen not to see what was cancelled, and
// a calendar has no place where he would not.
func (v *visit) remove(_ context.Context, p policy) (decision, error) {
	o, gone, d := v.left()
	if d != nil {
		return *d, nil
	}
	if !gone {
		return v.carry(v.cancellation(p, o, gone)), nil
	}
	out := v.cancellation(p, nil, gone)
	effects := []filter.Effect{filter.DeleteEvent{Calendar: v.folder, UID: v.stored.UID(), Base: v.version}}
	if out.notify {
		effects = append(effects, v.notify(out.notice))
	}
	return decision{handled: true, effects: effects, why: out.why + ", removed"}, nil
}

// left is what a cancellation leaves of the copy; d says why it is not for it.
func (v *visit) left() (rest *itip.Object, gone bool, d *decision) {
	var why decision
	if v.stored == nil {
		why = untouched("cancelled, and not in the calendar")
		return nil, false, &why
	}
	rest, gone, err := itip.Cancelled(v.stored, v.incoming, v.me...)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		why = untouched("outdated, nothing changed")
	case errors.Is(err, itip.ErrNotListed): // D-04
		why = untouched("the cancellation is for others")
	case err != nil:
		why = untouched("%v", err)
	default:
		return rest, gone, nil
	}
	return nil, false, &why
}

// cancellation is the outcome that leaves o.
func (v *visit) cancellation(p policy, o *itip.Object, gone bool) outcome {
	out := outcome{said: cancelled, notify: p.notify, object: o, why: "instance cancelled"}
	if gone {
		out.why = "cancelled"
	}
	if out.notify {
		out.notice = v.ofCancel()
	}
	return out
}
