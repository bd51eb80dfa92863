package calendar

import (
	"math"
	"time"

	"usher/itip"
)

// Outline is what a store remembers of an object: which one it is, and the time that it can touch at all. It is not
// changed while it is in an Overview.
type Outline[T any] struct {
	UID         string
	Version     Version
	First, Last int64 // Unix seconds; the beginning and the end of time where nothing can be told
	Of          T     // what it is the outline of

	// Its place in an Overview.
	rank        uint64
	left, right *Outline[T]
	least, most int64 // of Last, here and below
}

// OutlineOf tells what an object says.
func OutlineOf[T any](o *itip.Object, v Version, local *time.Location, of T) Outline[T] {
	// Without a first moment there is nothing to tell by: whoever looks looks closer.
	l := Outline[T]{UID: o.UID(), Version: v, First: math.MinInt64, Last: math.MaxInt64, Of: of}
	if first, last, endless := o.Bounds(local); !first.IsZero() {
		l.First = first.Unix()
		if !endless {
			l.Last = last.Unix()
		}
	}
	return l
}

// before orders by First. No two have the same rank.
func (l *Outline[T]) before(o *Outline[T]) bool {
	return l.First < o.First || l.First == o.First && l.rank < o.rank
}

// fit brings up to date what is known of those below.
func (l *Outline[T]) fit() *Outline[T] {
	l.least, l.most = l.Last, l.Last
	for _, below := range []*Outline[T]{l.left, l.right} {
		if below != nil {
			l.least, l.most = min(l.least, below.least), max(l.most, below.most)
		}
	}
	return l
}

// insert puts one into the tree below l, which is a treap: in order from left to right, and the higher rank on top.
func (l *Outline[T]) insert(o *Outline[T]) *Outline[T] {
	switch {
	case l == nil:
		return o.fit()
	case o.rank > l.rank:
		o.left, o.right = l.split(o)
		return o.fit()
	case o.before(l):
		l.left = l.left.insert(o)
	default:
		l.right = l.right.insert(o)
	}
	return l.fit()
}

// split parts a tree into those before o and those after it.
func (l *Outline[T]) split(o *Outline[T]) (before, after *Outline[T]) {
	switch {
	case l == nil:
		return nil, nil
	case l.before(o):
		l.right, after = l.right.split(o)
		return l.fit(), after
	default:
		before, l.left = l.left.split(o)
		return before, l.fit()
	}
}

// remove takes one out that is there.
func (l *Outline[T]) remove(o *Outline[T]) *Outline[T] {
	switch {
	case l == o:
		return l.left.join(l.right)
	case o.before(l):
		l.left = l.left.remove(o)
	default:
		l.right = l.right.remove(o)
	}
	return l.fit()
}

// join makes one tree of two, all of the first being before all of the second.
func (l *Outline[T]) join(o *Outline[T]) *Outline[T] {
	switch {
	case l == nil:
		return o
	case o == nil:
		return l
	case l.rank > o.rank:
		l.right = l.right.join(o)
		return l.fit()
	default:
		o.left = l.join(o.left)
		return o.fit()
	}
}
