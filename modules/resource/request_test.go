package resource

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
)

func at(hour int) time.Time { return time.Unix(0, 0).UTC().Add(time.Duration(hour) * time.Hour) }

// TestClashesAreThoseOfEveryPair: the short way finds what looking at each pair would find.
func TestClashesAreThoseOfEveryPair(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 2000 {
		var wanted []itip.Instance
		var busy []calendar.Period
		for range r.Intn(6) {
			from := r.Intn(20)
			wanted = append(wanted, itip.Instance{Start: at(from), End: at(from + r.Intn(8) - 1)})
		}
		for range r.Intn(6) {
			from := r.Intn(20)
			busy = append(busy, calendar.Period{From: at(from), To: at(from + r.Intn(8)), UID: []string{"own", "other"}[r.Intn(2)]})
		}
		slices.SortFunc(wanted, func(a, b itip.Instance) int { return a.Start.Compare(b.Start) })
		slices.SortFunc(busy, func(a, b calendar.Period) int { return a.From.Compare(b.From) })
		var want []clash
		for _, i := range wanted {
			for _, p := range busy {
				if c := (clash{i, p}); p.UID != "own" && p.Overlaps(i.Start, i.End) && !slices.Contains(want, c) {
					want = append(want, c)
				}
			}
		}
		if got := clashes(wanted, "own", Rules{}, busy); !reflect.DeepEqual(got, want) {
			t.Fatalf("clashes(%v, %v) = %v; want %v", wanted, busy, got, want)
		}
	}
}
