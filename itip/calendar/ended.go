package calendar

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"usher/itip"
)

// Oldest keeps the objects that ended first of all it is shown.
type Oldest struct {
	before int64
	limit  int
	kept   []ended
}

type ended struct {
	last int64
	uid  string
}

// OldestBefore begins one.
func OldestBefore(before time.Time, limit int) *Oldest {
	return &Oldest{before: before.Unix(), limit: limit}
}

// Show takes an object in, with the last moment it touches, in Unix seconds.
func (o *Oldest) Show(uid string, last int64) {
	if last >= o.before || uid == "" {
		return
	}
	e := ended{last, uid}
	i, _ := slices.BinarySearchFunc(o.kept, e, func(a, b ended) int { return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.uid, b.uid)) })
	if i >= o.limit {
		return
	}
	o.kept = slices.Insert(o.kept, i, e)
	o.kept = o.kept[:min(len(o.kept), o.limit)]
}

// UIDs are those kept, in order.
func (o *Oldest) UIDs() []string {
	var uids []string
	for _, e := range o.kept {
		uids = append(uids, e.uid)
	}
	return uids
}

// Ended implements Reader.
func (m *Memory) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = m.read(ctx, cal, func(c *memoryCalendar) error {
		o := OldestBefore(before, limit)
		for uid, s := range c.objects {
			o.Show(uid, lastOf(s.object, c.local))
		}
		uids = o.UIDs()
		return nil
	})
	return uids, err
}

// lastOf is the last moment an object can touch, in Unix seconds.
func lastOf(o *itip.Object, local *time.Location) int64 {
	first, last, endless := o.Bounds(local)
	if first.IsZero() || endless {
		return math.MaxInt64
	}
	return last.Unix()
}

// Ended implements Reader.
func (d *Dir) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = d.read(ctx, cal, func(s *section) error {
		o := OldestBefore(before, limit)
		for _, r := range s.index.overview().reaches {
			if r.last < o.before { // most are not, and what does not fit close together takes time
				o.Show(r.item.uid, r.last)
			}
		}
		uids = o.UIDs()
		return nil
	})
	return uids, err
}
