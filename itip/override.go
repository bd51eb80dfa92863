package itip

import (
	"fmt"
	"slices"
	"strings"
)

// override is a component with RECURRENCE-ID.
type override struct {
	c      *Component
	id     moment // the original start, whatever happened since (S5546-52)
	start  moment
	length length
	future bool // RANGE=THISANDFUTURE
}

// overrides reads the overrides of an object, the newest of those for one instance, ordered by instance.
func (o *Object) overrides(z *Zones) ([]*override, error) {
	var vs []*override
	newest := map[instanceKey]int{}
	master := o.Master()
	for _, c := range o.Overrides() {
		v, err := z.override(c, master)
		if err != nil {
			return nil, err
		}
		k := v.key()
		if i, ok := newest[k]; ok {
			if Compare(vs[i].c, c) != Older {
				vs[i] = v
			}
			continue
		}
		newest[k] = len(vs)
		vs = append(vs, v)
	}
	slices.SortStableFunc(vs, func(a, b *override) int { return compare(a.id.at, b.id.at) })
	return vs, nil
}

// instanceKey is what two RECURRENCE-IDs of one instance share (S5545-25): the instant, in whatever zone it is
// written.
type instanceKey struct {
	at   int64
	date bool
}

func (v *override) key() instanceKey { return instanceKey{v.id.at, v.id.date} }

func (z *Zones) override(c, master *Component) (*override, error) {
	v := &override{c: c}
	var err error
	if v.id, v.future, err = z.recurrenceID(c); err != nil {
		return nil, err
	}
	var ok bool
	if v.start, v.length, ok, err = z.span(c); err != nil {
		return nil, err
	}
	if !ok { // a cancellation may leave it out
		v.start = v.id
		if master != nil {
			_, v.length, _, err = z.span(master)
		}
	}
	return v, err
}

func (z *Zones) recurrenceID(c *Component) (id moment, future bool, err error) {
	p, _ := c.Prop("RECURRENCE-ID")
	w, err := p.when()
	if err != nil {
		return id, false, fmt.Errorf("%w: RECURRENCE-ID: %w", ErrSyntax, err)
	}
	id, err = z.moment(w)
	return id, strings.EqualFold(p.Param("RANGE"), "THISANDFUTURE"), err
}

// means tells whether a RECURRENCE-ID is of this start of the series. A date for a series with times, or the
// reverse, is taken for that day (S5545-25).
func (r *recurrence) means(id moment, o occurrence) bool {
	if id.date != r.start.date {
		return floor(id.wall, day) == floor(o.wall, day)
	}
	return id.at == o.at
}

// index makes it cheap to ask which starts of a series overrides speak for.
func (w *window) index(r *recurrence) {
	w.byAt, w.byDay = map[int64]bool{}, map[int64]bool{}
	for _, v := range w.overrides {
		if v.id.date != r.start.date {
			w.byDay[floor(v.id.wall, day)] = true
		} else {
			w.byAt[r.key(occurrence{v.id.wall, v.id.at})] = true
		}
		if v.future {
			w.futures = append(w.futures, v)
		}
	}
}

// overridden tells whether an override speaks for this start of the series.
func (w *window) overridden(r *recurrence, o occurrence) bool {
	return w.byAt[r.key(o)] || len(w.byDay) > 0 && w.byDay[floor(o.wall, day)]
}

// later finds the override with RANGE=THISANDFUTURE that this start follows: the last one before it, by
// RECURRENCE-ID (S5545-26).
func (w *window) later(o occurrence) *override {
	i, _ := slices.BinarySearchFunc(w.futures, o.at+1, func(v *override, at int64) int { return compare(v.id.at, at) })
	if i == 0 {
		return nil
	}
	return w.futures[i-1]
}

// shift moves a later start by as much as the override moved its own, on the clock of the zone it moved to.
func (v *override) shift(r *recurrence, o occurrence) occurrence {
	moved := v.start.wall - v.start.zone.show(occurrence{v.id.wall, v.id.at}, v.id.zone)
	if v.start.date || r.start.date {
		moved = v.start.wall - v.id.wall
	}
	wall := v.start.zone.show(o, r.start.zone) + moved
	if r.start.date {
		wall = o.wall + moved
	}
	at, _ := v.start.zone.instant(wall)
	return occurrence{wall, at}
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
