package calendar

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"
)

// m is a moment: so many minutes after a beginning.
func m(minutes int) time.Time { return time.Unix(int64(minutes)*60, 0).UTC() }

func period(uid string, from, to int) Period { return Period{UID: uid, From: m(from), To: m(to)} }

func TestOverbooked(t *testing.T) {
	tests := []struct {
		name     string
		parallel int
		want     []Span
		busy     []Period
		over     []Span
	}{
		{"free", 1, []Span{{m(10), m(20)}}, nil, nil},
		{"before and after", 1, []Span{{m(10), m(20)}}, []Period{period("a", 0, 10), period("b", 20, 30)}, nil},
		{"inside", 1, []Span{{m(10), m(20)}}, []Period{period("a", 12, 13)}, []Span{{m(12), m(13)}}},
		{"around", 1, []Span{{m(10), m(20)}}, []Period{period("a", 0, 30)}, []Span{{m(10), m(20)}}},
		{"own", 1, []Span{{m(10), m(20)}}, []Period{period("own", 10, 20)}, nil},
		{"no parallel is one", 0, []Span{{m(10), m(20)}}, []Period{period("a", 10, 20)}, []Span{{m(10), m(20)}}},
		{"empty claim", 1, []Span{{m(15), m(15)}}, []Period{period("a", 10, 20)}, nil},
		{"empty period", 1, []Span{{m(10), m(20)}}, []Period{period("a", 15, 15)}, nil},
		{"backward claim", 1, []Span{{m(20), m(10)}}, []Period{period("a", 10, 20)}, nil},
		{"two of three", 3, []Span{{m(10), m(20)}}, []Period{period("a", 10, 20), period("b", 10, 20)}, nil},
		{"three of three, never at once", 3, []Span{{m(10), m(20)}},
			[]Period{period("a", 10, 20), period("b", 10, 15), period("c", 15, 20)}, nil},
		{"three of three for a moment", 3, []Span{{m(10), m(20)}},
			[]Period{period("a", 10, 20), period("b", 10, 16), period("c", 15, 20)}, []Span{{m(15), m(16)}}},
		{"a series is one booking", 2, []Span{{m(10), m(20)}}, []Period{period("a", 10, 16), period("a", 14, 20)}, nil},
		{"without a UID each is one", 2, []Span{{m(10), m(20)}}, []Period{period("", 10, 16), period("", 14, 20)}, []Span{{m(14), m(16)}}},
		{"between two instances", 1, []Span{{m(10), m(20)}, {m(30), m(40)}}, []Period{period("a", 20, 30)}, nil},
		{"over two instances", 1, []Span{{m(30), m(40)}, {m(10), m(20)}}, []Period{period("a", 15, 35)},
			[]Span{{m(15), m(20)}, {m(30), m(35)}}},
		{"one after the other", 1, []Span{{m(10), m(20)}}, []Period{period("a", 10, 15), period("b", 15, 20)}, []Span{{m(10), m(20)}}},
	}
	for _, tt := range tests {
		got := Overbooked(Claim{tt.want, tt.parallel}, "own", tt.busy)
		if !slices.Equal(got, tt.over) {
			t.Errorf("%s: %v; want %v", tt.name, got, tt.over)
		}
	}
}

// TestOverbookedCounted compares with counting minute by minute.
func TestOverbookedCounted(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	spans := func(n int) (ss []Span) {
		for range rnd.Intn(n) {
			from := rnd.Intn(50)
			ss = append(ss, Span{m(from), m(from + rnd.Intn(12) - 1)})
		}
		return ss
	}
	for range 5000 {
		claim := Claim{spans(4), rnd.Intn(5)}
		var busy []Period
		for _, s := range spans(14) {
			busy = append(busy, Period{UID: string(rune('a' + rnd.Intn(7))), From: s.From, To: s.To})
		}
		before := fmt.Sprint(claim, busy)
		over := Overbooked(claim, "a", busy)
		if fmt.Sprint(claim, busy) != before {
			t.Fatalf("the input has changed: %s to %v %v", before, claim, busy)
		}
		for i := range 70 {
			if got, want := within(over, m(i)), counted(claim, busy, m(i)); got != want {
				t.Fatalf("claim %v, busy %v: overbooked %v; minute %d should be %v", claim, busy, over, i, want)
			}
		}
	}
}

func within(spans []Span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return !at.Before(s.From) && at.Before(s.To) })
}

func counted(c Claim, busy []Period, at time.Time) bool {
	others := map[string]bool{}
	for _, p := range busy {
		if p.UID != "a" && within([]Span{{p.From, p.To}}, at) {
			others[p.UID] = true
		}
	}
	return within(c.Periods, at) && len(others) >= max(c.Parallel, 1)
}

func TestSpans(t *testing.T) {
	claimed := []Span{{m(30), m(40)}, {m(5), m(5)}, {m(10), m(20)}, {m(20), m(25)}}
	before := slices.Clone(claimed)
	if got := (Claim{Periods: claimed}).Spans(); !slices.Equal(got, []Span{{m(10), m(25)}, {m(30), m(40)}}) {
		t.Errorf("spans %v", got)
	}
	if !slices.Equal(claimed, before) {
		t.Error("asking for the spans of a claim changes it")
	}
	if got := (Claim{Periods: []Span{{m(5), m(5)}}}).Spans(); len(got) > 0 {
		t.Errorf("an empty claim has spans %v", got)
	}
}
