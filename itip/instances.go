package itip

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Instance is one time that an object takes place.
type Instance struct {
	Start, End   time.Time
	RecurrenceID time.Time // start of the instance as the series has it; zero for an object without recurrence
	AllDay       bool
	Component    *Component // the master, or the override that speaks for this instance
	Cancelled    bool
	Transparent  bool
}

// Instances gives the instances that overlap [from, to), in order of start; one without length overlaps if it
// starts in it. Overrides are applied, also when they move an instance into the window or out of it, and
// RANGE=THISANDFUTURE moves the later instances that have no override of their own. All-day and floating times
// hang in local.
//
// More than MaxInstances, and rules that cannot be followed in a bounded number of steps, are ErrTooMany; a TZID
// that nobody knows is ErrZone.
func (o *Object) Instances(from, to time.Time, local *time.Location) ([]Instance, error) {
	w, err := o.window(from.Unix(), to.Unix(), local, false)
	if err != nil {
		return nil, err
	}
	return w.instances(o)
}

func (w *window) instances(o *Object) ([]Instance, error) {
	if master := o.Master(); master != nil && master.Name != FreeBusy {
		if err := w.addMaster(master); err != nil {
			return nil, err
		}
	}
	for _, v := range w.overrides {
		if v.future && w.series != nil && w.series.excluded(w.series.occurrence(v.id)) {
			continue // cancelled by itself; the later ones follow it all the same
		}
		w.add(v.c, v.start, occurrence{v.start.wall, v.start.at}, v.length, &v.id.at)
	}
	if w.err != nil {
		return nil, w.err
	}
	sortInstances(w.found)
	return w.found, nil
}

func sortInstances(is []Instance) {
	slices.SortStableFunc(is, func(a, b Instance) int {
		return cmp.Or(a.Start.Compare(b.Start), a.RecurrenceID.Compare(b.RecurrenceID))
	})
}

// window gathers the instances of one object.
type window struct {
	from, to  int64
	zones     *Zones
	steps     int
	series    *recurrence // of the master
	overrides []*override
	byAt      map[int64]bool // starts that overrides speak for, by key
	byDay     map[int64]bool // the same, where only the day is known
	futures   []*override    // those with RANGE=THISANDFUTURE
	found     []Instance
	err       error
}

func (o *Object) window(from, to int64, local *time.Location, gaps bool) (*window, error) {
	w := &window{from: clamp(from), to: clamp(to), zones: o.Zones(local), steps: maxSteps}
	w.zones.gaps = gaps
	var err error
	w.overrides, err = o.overrides(w.zones)
	return w, err
}

func (w *window) addMaster(master *Component) error {
	r, ok, err := w.zones.recurrenceOf(master, &w.steps)
	if err != nil {
		return err
	}
	if !ok {
		return unstarted(master)
	}
	w.series = r
	w.index(r)
	moved, reach := w.reach(r)
	repeats := r.repeats() || len(w.overrides) > 0
	return r.each(w.from-moved-reach, w.to+moved, func(o occurrence, l length) bool {
		if w.steps--; w.steps < 0 {
			w.err = fmt.Errorf("%w: too many dates", ErrTooMany)
			return false
		}
		if w.overridden(r, o) {
			return true
		}
		var id *int64
		if repeats {
			id = &o.at
		}
		if v := w.later(o); v != nil {
			w.add(v.c, v.start, v.shift(r, o), v.length, id)
		} else {
			w.add(master, r.start, o, l, id)
		}
		return w.err == nil
	})
}

// unstarted is the error of a component that has no times: tasks and journals need none.
func unstarted(c *Component) error {
	if c.Name != Event {
		return nil
	}
	return fmt.Errorf("%w: %s: no DTSTART", ErrSyntax, c.Name)
}

// reach is how far instances may be moved by RANGE=THISANDFUTURE, and how long before the window one may begin
// that is in it.
func (w *window) reach(r *recurrence) (moved, reach int64) {
	reach = r.length.reach()
	for _, v := range w.futures {
		moved = max(moved, max(v.start.at-v.id.at, v.id.at-v.start.at)+2*margin)
		reach = max(reach, v.length.reach())
	}
	return moved, reach
}

// add takes an instance that overlaps the window. first is the start of the component that it follows.
func (w *window) add(c *Component, first moment, o occurrence, l length, id *int64) {
	if other, skipped := first.zone.otherReading(o); w.zones.gaps && skipped {
		w.addAt(c, first, other, l, id)
	}
	w.addAt(c, first, o, l, id)
}

func (w *window) addAt(c *Component, first moment, o occurrence, l length, id *int64) {
	end := (&recurrence{start: first}).end(o, l)
	overlaps := o.at < w.to && end > w.from || o.at == end && o.at >= w.from && o.at < w.to
	if !overlaps {
		return
	}
	if len(w.found) == MaxInstances {
		w.err = fmt.Errorf("%w: more than %d", ErrTooMany, MaxInstances)
		return
	}
	i := Instance{Start: first.zone.time(o.at), End: first.zone.time(end), AllDay: first.date, Component: c,
		Cancelled: c.Cancelled(), Transparent: c.Transparent()}
	if id != nil {
		i.RecurrenceID = first.zone.time(*id)
	}
	w.found = append(w.found, i)
}
