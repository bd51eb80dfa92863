package itip

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/integration/need"
)

// zoneNames are all names of the zone database, from the form of it that Debian's tzdata has.
func zoneNames(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("/usr/share/zoneinfo/tzdata.zi")
	if err != nil {
		need.Missing(t, "the list of zones is not there: apt-get install tzdata")
	}
	var names []string
	for line := range strings.Lines(string(data)) {
		switch f := strings.Fields(line); {
		case len(f) > 2 && f[0] == "Z":
			names = append(names, f[1])
		case len(f) == 3 && f[0] == "L":
			names = append(names, f[2])
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "Factory" })
}

// TestS5545_19_AllZones writes every zone of the database as a VTIMEZONE, reads it again and compares the two
// around every change of the clocks from 1970 to 2100, and every nine days.
func TestS5545_19_AllZones(t *testing.T) {
	zones, changes, longest := 0, 0, 0
	for _, name := range zoneNames(t) {
		loc, ok := Location(name)
		if !ok {
			t.Errorf("Location(%q) leads nowhere", name)
			continue
		}
		z, err := newZone(writeZone(name, loc))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		zones++
		want, n := &Zone{loc: loc}, 0
		check := func(at int64) bool {
			if got := z.offset(at); got != want.offset(at) {
				t.Errorf("%s: offset %d at %s, want %d", name, got, shownAt(at), want.offset(at))
				return false
			}
			return true
		}
		end := daysOf(2100, 1, 1) * day
		for at := int64(0); at < end && check(at) && check(at+9*day-1); at += 9 * day {
			if z.offset(at) == z.offset(at+9*day-1) {
				continue
			}
			n++
			low, high := at, at+9*day-1 // the change lies between
			for high-low > 1 {
				if mid := (low + high) / 2; want.offset(mid) == want.offset(low) {
					low = mid
				} else {
					high = mid
				}
			}
			if !check(low) || !check(high) {
				break
			}
		}
		changes, longest = changes+n, max(longest, len(writeZone(name, loc).Parts))
	}
	t.Logf("%d zones, %d changes of offset compared; the longest has %d observances", zones, changes, longest)
	if zones < 400 || changes < 20_000 || longest > 60 {
		t.Errorf("%d zones, %d changes, %d observances", zones, changes, longest)
	}
}

// package time has changes on the last day of a leap year that are none; written as onsets they would be endless.
func TestOnsetsAreChanges(t *testing.T) {
	for at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC); ; {
		next, ok := nextOnset(at, berlin)
		if !ok {
			break
		}
		if m := next.UTC().Month(); m != time.March && m != time.October {
			t.Errorf("change at %s", next.UTC())
		}
		at = next
	}
}
