package itip

import (
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConflicts(t *testing.T) {
	weekly := "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
	tests := []struct{ name, a, b, want string }{
		{"two endless series", weekly, "DTSTART;TZID=Europe/Berlin:20260303T103000\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=2",
			"0309T0930/1000 0323T0930/1000 0406T0830/0900"},
		{"S5545_21 one ends when the other begins", weekly, "DTSTART;TZID=Europe/Berlin:20260302T110000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", ""},
		{"S5545_21 no length", weekly, "DTSTART;TZID=Europe/Berlin:20260302T103000\nRRULE:FREQ=WEEKLY", ""},
		{"only in summer time", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", "DTSTART;TZID=Europe/Berlin:20260302T110000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY",
			"0330T0900/1000 0406T0900/1000"},
		{"all day in the local zone", weekly, "DTSTART;VALUE=DATE:20260309", "0309T0900/1000"},
		{"S5545_20 transparent", weekly, "DTSTART;VALUE=DATE:20260309\nTRANSP:TRANSPARENT", ""},
		{"S5545_20 cancelled", weekly, "DTSTART;VALUE=DATE:20260309\nSTATUS:CANCELLED", ""},
		{"task", weekly, "BEGIN:VTODO\nUID:u\nDTSTART:20260302T090000Z\nDUE:20260302T100000Z\nEND:VTODO", ""},
		{"one with two", "DTSTART:20260302T090000Z\nDURATION:PT3H", "DTSTART:20260302T080000Z\nDURATION:PT2H\nRRULE:FREQ=HOURLY;INTERVAL=3;COUNT=3",
			"0302T0900/1000 0302T1100/1200"},
		{"shared time outside of the window", "DTSTART:20260228T090000Z\nDURATION:P2D", "DTSTART:20260228T090000Z\nDURATION:PT1H\nRDATE:20260301T080000Z", "0301T0800/0900"},
	}
	for _, tt := range tests {
		a, b := object(t, tt.a), object(t, tt.b)
		for _, turned := range []bool{false, true} {
			x, y := a, b
			if turned {
				x, y = b, a
			}
			cs, err := Conflicts(x, y, at("2026-03-01"), at("2026-04-10"), berlin)
			var got []string
			for _, c := range cs {
				got = append(got, c.From().UTC().Format("0102T1504")+"/"+c.To().UTC().Format("1504"))
			}
			if err != nil || strings.Join(got, " ") != tt.want {
				t.Errorf("%s, turned %v: %v, %v; want %s", tt.name, turned, got, err, tt.want)
			}
		}
	}
	if _, err := Conflicts(object(t, "DTSTART:20260301T000000Z\nDURATION:P2D\nRRULE:FREQ=HOURLY;COUNT=900"),
		object(t, "DTSTART:20260301T000000Z\nDURATION:P2D\nRRULE:FREQ=HOURLY;COUNT=900"), at("2026-03-01"), at("2026-06-10"), nil); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many conflicts: %v", err)
	}
}

var seriesInPairs = flag.Int("series", 120, "how many random series TestDifferentialConflicts sets against each other, each pair")

// TestDifferentialConflicts compares the conflicts of every pair of random series, within one window, with what
// python3-dateutil's expansions of them share, found by comparing each with each.
func TestDifferentialConflicts(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 9, 0)
	var objects []*Object
	var expected [][][2]int64
	drawWindow := func(d *drawn) {
		if d.From, d.To, d.Readings = from.Unix(), to.Unix(), true; d.Date {
			d.Zone = "Europe/Berlin" // days hang in the zone of the room
		}
	}
	askDrawn(t, *seed, *seriesInPairs*2, drawPeople(drawWindow), func(d *drawn, o opinion) {
		if o.Slow || len(o.Times) > 600 || len(objects) == *seriesInPairs {
			return
		}
		objects, expected = append(objects, object(t, d.lines)), append(expected, o.Times)
	})
	pairs, clashing, shared, differ := 0, 0, 0, 0
	for i := range objects {
		for j := range i {
			want := overlaps(expected[i], expected[j], from.Unix(), to.Unix())
			if len(want) > MaxInstances {
				continue
			}
			cs, err := Conflicts(objects[i], objects[j], from, to, berlin)
			var got [][2]int64
			for _, c := range cs {
				got = append(got, [2]int64{c.From().Unix(), c.To().Unix()})
			}
			slices.SortFunc(got, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
			pairs, shared = pairs+1, shared+len(want)
			if len(want) > 0 {
				clashing++
			}
			if err != nil || !slices.Equal(got, want) {
				if differ++; differ <= 5 {
					t.Errorf("%v\n%s\n%s\nonly here  %s\nonly there %s", err, objects[i].Encode(), objects[j].Encode(), lacking(got, want), lacking(want, got))
				}
			}
		}
	}
	t.Logf("seed %d: %d pairs of %d series compared, %d of them clash, %d conflicts, %d differences", *seed, pairs, len(objects), clashing, shared, differ)
	if clashing < pairs/20 || pairs < *seriesInPairs**seriesInPairs/3 {
		t.Errorf("only %d of %d pairs clash", clashing, pairs)
	}
}

// drawPeople draws series as people have them, of a day and more, around 2026.
func drawPeople(window func(*drawn)) func(*rand.Rand) *drawn {
	return func(rnd *rand.Rand) *drawn {
		for {
			d := draw(rnd)
			if d.freq > daily {
				continue
			}
			d.moveTo(fmt.Sprint(2025+rnd.Intn(2)), window)
			return d
		}
	}
}

// moveTo puts a series into another year.
func (d *drawn) moveTo(year string, window func(*drawn)) {
	change := func(s *string) {
		if *s = year + (*s)[4:]; (*s)[4:8] == "0229" {
			*s = year + "0228" + (*s)[8:]
		}
	}
	change(&d.Start)
	for i := range d.RDate {
		change(&d.RDate[i].Start)
	}
	for i := range d.EXDate {
		change(&d.EXDate[i])
	}
	seen := map[string]bool{}
	d.Overrides = slices.DeleteFunc(d.Overrides, func(m drawnMove) bool {
		change(&m.ID)
		twice := seen[m.ID]
		seen[m.ID] = true
		return twice
	})
	for i := range d.Overrides {
		change(&d.Overrides[i].ID)
		change(&d.Overrides[i].Start)
		if d.Date {
			d.Overrides[i].Zone = "Europe/Berlin"
		}
	}
	window(d)
	d.Reach = 400 * 24 * 3600
	d.write()
}

// overlaps sets each span against each.
func overlaps(as, bs [][2]int64, from, to int64) [][2]int64 {
	var found [][2]int64
	for _, a := range as {
		for _, b := range bs {
			low, high := max(a[0], b[0]), min(a[1], b[1])
			if low < high && low < to && high > from {
				found = append(found, [2]int64{low, high})
			}
		}
	}
	slices.SortFunc(found, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	return found
}
