package resource

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"
)

var strategies = []string{"first", "random", "least_used", "smallest_fit", "round_robin"}

// TestChoose: what each strategy prefers, and what comes before any strategy.
func TestChoose(t *testing.T) {
	a, b := choice{name: "a", step: stepAccept}, choice{name: "b", step: stepAccept}
	with := func(c choice, change func(*choice)) choice { change(&c); return c }
	tests := []struct {
		name     string
		strategy string
		all      []choice
		want     int
	}{
		{"nobody", "first", nil, -1},
		{"the first", "first", []choice{a, b}, 0},
		{"fewer hours", "least_used", []choice{with(a, func(c *choice) { c.hours = time.Hour }), b}, 1},
		{"as many hours", "least_used", []choice{a, b}, 0},
		{"fewer bookings", "round_robin", []choice{with(a, func(c *choice) { c.bookings = 1 }), with(b, func(c *choice) { c.hours = time.Hour })}, 1},
		{"smaller", "smallest_fit", []choice{with(a, func(c *choice) { c.capacity = 8 }), with(b, func(c *choice) { c.capacity = 4 })}, 1},
		{"size not known", "smallest_fit", []choice{a, with(b, func(c *choice) { c.capacity = 400 })}, 1},
		{"all of a series", "first", []choice{with(a, func(c *choice) { c.left = 1 }), b}, 1},
		{"all of a series, uncut", "first", []choice{with(a, func(c *choice) { c.cut = true }), b}, 1},
		{"less left out", "first", []choice{with(a, func(c *choice) { c.left = 2 }), with(b, func(c *choice) { c.left = 1 })}, 1},
		{"books by itself", "first", []choice{with(a, func(c *choice) { c.step = stepAsk }), b}, 1},
		{"all of it, though an owner is asked", "first", []choice{with(a, func(c *choice) { c.left = 1 }), with(b, func(c *choice) { c.step = stepAsk })}, 1},
		{"books before it is smaller", "smallest_fit", []choice{with(a, func(c *choice) { c.step, c.capacity = stepAsk, 1 }), with(b, func(c *choice) { c.capacity = 9 })}, 1},
	}
	for _, tt := range tests {
		if got := choose(tt.strategy, "u", tt.all); got != tt.want {
			t.Errorf("%s: choose(%s) = %d; want %d", tt.name, tt.strategy, got, tt.want)
		}
	}
}

// TestChoiceIsAFunction: the same state, request and strategy give the same member, whatever members that lose are
// there besides. No strategy but those that go by the order depends on it where members differ.
func TestChoiceIsAFunction(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for n := range 5_000 {
		all := make([]choice, 1+r.Intn(8))
		for i := range all {
			all[i] = choice{name: fmt.Sprint("cn=", i), step: []step{stepAccept, stepAsk}[r.Intn(2)], left: r.Intn(2), capacity: r.Intn(4),
				hours: time.Duration(r.Intn(4)) * time.Hour, bookings: r.Intn(4)}
		}
		uid, strategy := fmt.Sprint("u", r.Intn(100)), strategies[n%len(strategies)]
		got := choose(strategy, uid, all)
		if again := choose(strategy, uid, slices.Clone(all)); again != got {
			t.Fatalf("%s: %d, and then %d", strategy, got, again)
		}
		lost := r.Intn(len(all))
		if lost == got {
			continue
		}
		rest := slices.Delete(slices.Clone(all), lost, lost+1)
		if i := choose(strategy, uid, rest); rest[i].name != all[got].name {
			t.Fatalf("%s: %s, and without %s %s", strategy, all[got].name, all[lost].name, rest[i].name)
		}
	}
}

// TestFairness: over many requests that all members could take, random gives each its share, and least_used and
// round_robin never let one get ahead of another.
func TestFairness(t *testing.T) {
	const draws, members = 10_000, 10
	for _, strategy := range []string{"random", "least_used", "round_robin"} {
		all := make([]choice, members)
		for i := range all {
			all[i] = choice{name: fmt.Sprintf("cn=Room %d,dc=example,dc=org", i), step: stepAccept}
		}
		for n := range draws {
			i := choose(strategy, fmt.Sprintf("uid-%d@client", n), all)
			all[i].bookings++
			all[i].hours += time.Hour
			if least, most := spread(all); strategy != "random" && most-least > 1 {
				t.Fatalf("%s: after %d draws one has %d and another %d", strategy, n, most, least)
			}
		}
		if least, most := spread(all); least < draws/members*8/10 || most > draws/members*12/10 {
			t.Errorf("%s: one was drawn %d times, another %d", strategy, least, most)
		}
	}
}

func spread(all []choice) (least, most int) {
	order := func(a, b choice) int { return a.bookings - b.bookings }
	return slices.MinFunc(all, order).bookings, slices.MaxFunc(all, order).bookings
}
