package calendar

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestOverview compares an overview of many objects with a walk through all of them, while they come and go.
func TestOverview(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var v Overview[int]
	all := map[int]*Outline[int]{}
	var versions mixture
	for i := range 6000 {
		if i < 3000 || r.IntN(2) == 0 {
			all[i] = randomOutline(r, i)
			v.Add(all[i])
			versions.mix(all[i].UID, all[i].Version)
		} else {
			for n, o := range all { // any one
				v.Remove(o)
				versions.mix(o.UID, o.Version)
				delete(all, n)
				break
			}
		}
		if i%20 != 0 {
			continue
		}
		var spans []Span
		for range r.IntN(4) {
			from := int64(r.IntN(1000))
			spans = append(spans, Span{time.Unix(from, 0), time.Unix(from+int64(r.IntN(60)), 0)})
		}
		if got, want := v.Touching(spans...), touchingSlowly(all, spans); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			t.Fatalf("step %d: touching %v: %v; want %v", i, spans, got, want)
		}
		if v.Version() != versions.version() {
			t.Fatalf("step %d: another version", i)
		}
	}
	for _, o := range all {
		v.Remove(o)
	}
	if v.Version() != "" || v.root != nil {
		t.Error("something is left")
	}
}

// randomOutline is short, long, or without an end or a beginning that is known.
func randomOutline(r *rand.Rand, of int) *Outline[int] {
	o := &Outline[int]{UID: "object", Version: Version(strconv.Itoa(of)), First: int64(r.IntN(1000)), Of: of}
	o.Last = o.First + int64(r.IntN(10))
	switch r.IntN(10) {
	case 0:
		o.Last += int64(r.IntN(500))
	case 1:
		o.Last = math.MaxInt64
	case 2:
		o.First, o.Last = math.MinInt64, math.MaxInt64
	}
	return o
}

func touchingSlowly(all map[int]*Outline[int], spans []Span) (found []int) {
	for n, o := range all {
		if slices.ContainsFunc(spans, func(s Span) bool {
			return s.From.Before(s.To) && o.First <= s.To.Unix() && o.Last >= s.From.Unix()
		}) {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found
}

// TestOverviewStaysFlat adds objects in the order in which they take place, as most calendars grow, and holds that a
// look goes by few of them.
func TestOverviewStaysFlat(t *testing.T) {
	var v Overview[int]
	for i := range 20_000 {
		v.Add(&Outline[int]{First: int64(10 * i), Last: int64(10*i + 5), Of: i})
	}
	if d := depth(v.root); d > 60 {
		t.Errorf("%d deep", d)
	}
}

func depth(l *Outline[int]) int {
	if l == nil {
		return 0
	}
	return 1 + max(depth(l.left), depth(l.right))
}
