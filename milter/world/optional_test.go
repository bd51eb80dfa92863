package world

import (
	"errors"
	"strings"
	"testing"

	"usher/itip/calendar"
	"usher/milter/filter"
)

// TestOptional: what may be left out is left out where it cannot be looked for or stored, and everything else happens.
// What changed since it was read is planned again all the same, and what is not optional fails as ever.
func TestOptional(t *testing.T) {
	refused := errors.New("no right to write")
	for _, tt := range []struct {
		name, failing string
		optional      bool
		err           error
		want          string // of the error; "": there is none
	}{
		{"it cannot be stored", "put theirs/u", true, refused, ""},
		{"it cannot be looked for", "find theirs/u", true, calendar.ErrUnreadable, ""},
		{"it cannot be stored and is not optional", "put theirs/u", false, refused, "no right to write"},
		{"it cannot be looked for and is not optional", "find theirs/u", false, calendar.ErrUnreadable, "unreadable"},
		{"it has changed", "put theirs/u", true, filter.ErrStale, "changed"},
		{"another cannot be stored", "put ours/u", true, refused, "no right to write"},
	} {
		b := newBench()
		b.faults.before = func(op string) error {
			if op == tt.failing {
				return tt.err
			}
			return nil
		}
		err := b.Apply(t.Context(), []filter.Effect{
			filter.PutEvent{Calendar: "ours", UID: "u", Object: event(t, "u", 10)},
			filter.PutEvent{Calendar: "theirs", UID: "u", Object: event(t, "u", 10), Optional: tt.optional},
			filter.PutEvent{Calendar: "others", UID: "u", Object: event(t, "u", 10), Optional: true},
		})
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
			}
			continue
		}
		b.faults.before = nil
		if err != nil || !b.has(t, "ours", "u") || b.has(t, "theirs", "u") || !b.has(t, "others", "u") {
			t.Errorf("%s: %v, ours %v, theirs %v, others %v", tt.name, err, b.has(t, "ours", "u"), b.has(t, "theirs", "u"), b.has(t, "others", "u"))
		}
	}
}
