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
	incoming, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:own\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := &booking{incoming: incoming[0]}
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
		var want []calendar.Period
		for _, p := range busy {
			if p.UID != "own" && slices.ContainsFunc(wanted, func(i itip.Instance) bool { return p.Overlaps(i.Start, i.End) }) {
				want = append(want, p)
			}
		}
		if got := b.clashes(wanted, busy); !reflect.DeepEqual(got, want) {
			t.Fatalf("clashes(%v, %v) = %v; want %v", wanted, busy, got, want)
		}
	}
}
