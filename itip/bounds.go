package itip

import (
	"cmp"
	"math"
	"time"
)

// boundSteps is what may be spent on finding where a rule with COUNT ends.
const boundSteps = 20_000

// Bounds tells, cheaply, which time an object can touch at all: every instance, in every reading (Readings), is
// within [first, last], or from first on if it is endless. What cannot be told (an unknown zone, a rule that takes long to follow) is endless
// from the beginning of time, so that whoever asks looks closer; so is an event without DTSTART, which Instances
// does not take for free time either (D-14). An object that has no times, such as a task without any, touches none:
// first and last are zero.
func (o *Object) Bounds(local *time.Location) (first, last time.Time, endless bool) {
	b := bounds{math.MaxInt64, math.MinInt64}
	endless, err := o.bounds(&b, local, boundSteps)
	if err != nil {
		return time.Time{}, time.Time{}, true
	}
	if named, differs := o.byName(); differs {
		also, err := named.bounds(&b, local, boundSteps)
		if err != nil {
			return time.Time{}, time.Time{}, true
		}
		endless = endless || also
	}
	if b.first > b.last {
		return time.Time{}, time.Time{}, false
	}
	first = time.Unix(b.first, 0).UTC()
	if !endless {
		last = time.Unix(b.last, 0).UTC()
	}
	return first, last, endless
}

type bounds struct{ first, last int64 }

func (b *bounds) take(from, to int64) {
	b.first, b.last = min(b.first, from), max(b.last, to)
}

// takeInstance takes both readings of a start.
func (b *bounds) takeInstance(start moment, l length) {
	r, o := recurrence{start: start}, occurrence{start.wall, start.at}
	b.take(o.at, r.end(o, l))
	if other, skipped := start.zone.otherReading(o); skipped {
		b.take(other.at, r.end(other, l))
	}
}

func (o *Object) bounds(b *bounds, local *time.Location, steps int) (endless bool, err error) {
	w, err := o.window(math.MinInt64, math.MaxInt64, local, true)
	if err != nil {
		return false, err
	}
	w.steps = steps
	if master := o.Master(); master != nil {
		if endless, err = w.bound(b, master); err != nil {
			return false, err
		}
	}
	for _, v := range w.overrides {
		b.takeInstance(v.start, v.length)
	}
	return endless, nil
}

func (w *window) bound(b *bounds, master *Component) (endless bool, err error) {
	r, ok, err := w.zones.recurrenceOf(master, &w.steps)
	if err != nil || !ok {
		return false, cmp.Or(err, unstarted(master))
	}
	w.index(r)
	moved, reach := w.reach(r)
	take := func(o occurrence, l length) bool {
		b.take(o.at-moved, r.end(o, l)+moved)
		return true
	}
	b.takeInstance(r.start, r.length)
	take(occurrence{r.start.wall, r.start.at}, r.length)
	if len(r.rules)+len(r.dates)+len(w.futures) > 0 && r.start.zone.loc != time.UTC {
		b.first -= day // what the clocks skip may be read as earlier
	}
	r.eachDate(true, take)
	r.eachDate(false, take)
	for _, s := range r.rules {
		switch {
		case s.rule.until != nil:
			b.take(b.first, max(s.until, r.start.at)+moved+reach)
		case s.count > 0:
			err = s.each(s.start, math.MaxInt64/4, func(o occurrence) bool { return take(o, r.length) })
		default:
			endless = true
		}
		if err != nil {
			return false, err
		}
	}
	return endless, nil
}
