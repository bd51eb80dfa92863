package itip

import (
	"fmt"
	"slices"
	"time"
)

// Conflict is time that an instance of one object and one of another both take.
type Conflict struct {
	A, B Instance
}

// From and To are the shared stretch, half-open and never empty.
func (c Conflict) From() time.Time {
	if c.A.Start.After(c.B.Start) {
		return c.A.Start
	}
	return c.B.Start
}

// To is where the shared stretch ends.
func (c Conflict) To() time.Time {
	if c.A.End.Before(c.B.End) {
		return c.A.End
	}
	return c.B.End
}

// Conflicts gives every pair of instances of two objects that share time within [from, to), whichever way they may
// be read (Readings), in order of when the shared time begins. Spans are half-open: what ends at ten does not clash
// with what begins then, and what has no length clashes with nothing (S5545-21). Cancelled and transparent
// instances take no time (S5545-20), tasks and journals neither. An endless series is followed up to to.
//
// More than MaxInstances of an object or of conflicts are ErrTooMany. The work grows with the number of instances
// and of conflicts, not with their product.
func Conflicts(a, b *Object, from, to time.Time, local *time.Location) ([]Conflict, error) {
	var all []sided
	for side, o := range []*Object{a, b} {
		is, err := o.taking(from, to, local)
		if err != nil {
			return nil, err
		}
		for _, i := range is {
			all = append(all, sided{i, side})
		}
	}
	slices.SortStableFunc(all, func(a, b sided) int { return a.Start.Compare(b.Start) })
	return sweep(all, from, to)
}

// sided is an instance of the first or the second object.
type sided struct {
	Instance
	side int
}

// taking are the instances that take time.
func (o *Object) taking(from, to time.Time, local *time.Location) ([]Instance, error) {
	is, err := o.Readings(from, to, local)
	if err != nil {
		return nil, err
	}
	busy := is[:0]
	for _, i := range is {
		if !i.Cancelled && !i.Transparent && i.Component.Name == Event && i.Start.Before(i.End) {
			busy = append(busy, i)
		}
	}
	return busy, nil
}

// sweep goes through both in order of start and keeps of each what has not ended yet.
func sweep(all []sided, from, to time.Time) ([]Conflict, error) {
	var found []Conflict
	var open [2][]Instance
	for _, next := range all {
		other := 1 - next.side
		open[other] = slices.DeleteFunc(open[other], func(i Instance) bool { return !i.End.After(next.Start) })
		for _, i := range open[other] {
			c := Conflict{i, next.Instance}
			if next.side == 0 {
				c = Conflict{next.Instance, i}
			}
			if c.From().Before(to) && c.To().After(from) {
				found = append(found, c)
			}
		}
		if len(found) > MaxInstances {
			return nil, fmt.Errorf("%w: more than %d conflicts", ErrTooMany, MaxInstances)
		}
		open[next.side] = append(open[next.side], next.Instance)
	}
	return found, nil
}
