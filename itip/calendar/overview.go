package calendar

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Overview is what every look needs of all objects of a calendar that count. It follows each change by itself, so that
// a look costs what it is about and not how large the calendar is. The empty one is ready for use.
type Overview[T any] struct {
	all   mixture
	root  *Outline[T]
	drawn uint64
}

// Add takes an object in that is not there.
func (v *Overview[T]) Add(o *Outline[T]) {
	v.drawn++
	o.rank, o.left, o.right = scatter(v.drawn), nil, nil
	v.root = v.root.insert(o)
	v.all.mix(o.UID, o.Version)
}

// Remove takes an object out that is there.
func (v *Overview[T]) Remove(o *Outline[T]) {
	v.root = v.root.remove(o)
	v.all.mix(o.UID, o.Version)
	o.left, o.right = nil, nil
}

// scatter gives each number another, which looks like drawn by lot (the finalizer of SplitMix64).
func scatter(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// Version is the version of the whole calendar.
func (v *Overview[T]) Version() Version { return v.all.version() }

// Touching gives the objects that may take time in one of the spans, in order of the first moment they can touch.
func (v *Overview[T]) Touching(spans ...Span) (found []T) {
	v.root.touching(union(spans), func(o *Outline[T]) { found = append(found, o.Of) })
	return found
}

// touching goes down where something may touch one of the spans, which are in order and apart.
func (l *Outline[T]) touching(spans []Span, each func(*Outline[T])) {
	if l == nil {
		return
	}
	spans = spans[:sort.Search(len(spans), func(i int) bool { return spans[i].From.Unix() > l.most })]
	if len(spans) == 0 {
		return
	}
	l.left.touching(spans, each)
	spans = spans[sort.Search(len(spans), func(i int) bool { return spans[i].To.Unix() >= l.First }):]
	if len(spans) == 0 {
		return
	}
	if spans[0].From.Unix() <= l.Last {
		each(l)
	}
	l.right.touching(spans, each)
}

// Ended gives the UIDs of objects that touch no time from a moment on, those that ended first first, at most limit.
func (v *Overview[T]) Ended(before time.Time, limit int) (uids []string) {
	o := oldest[T]{before: before.Unix(), limit: limit}
	o.among(v.root)
	for _, l := range o.kept {
		uids = append(uids, l.UID)
	}
	return uids
}

// oldest keeps the objects that ended first of all it is shown.
type oldest[T any] struct {
	before int64
	limit  int
	kept   []*Outline[T]
}

func (o *oldest[T]) among(l *Outline[T]) {
	if l == nil || l.least >= o.before || len(o.kept) == o.limit && (o.limit == 0 || l.least > o.kept[o.limit-1].Last) {
		return
	}
	o.among(l.left)
	o.show(l)
	o.among(l.right)
}

func (o *oldest[T]) show(l *Outline[T]) {
	if l.Last >= o.before || l.UID == "" {
		return
	}
	i, _ := slices.BinarySearchFunc(o.kept, l, func(a, b *Outline[T]) int {
		return cmp.Or(cmp.Compare(a.Last, b.Last), cmp.Compare(a.UID, b.UID))
	})
	o.kept = slices.Insert(o.kept, i, l)
	o.kept = o.kept[:min(len(o.kept), o.limit)]
}
