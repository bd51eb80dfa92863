package world

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/itip/calendar"
	"usher/milter/filter"
)

var errKilled = errors.New("killed")

// scene is a world that can be killed at a point and started again.
type scene struct {
	store  *calendar.Memory
	outbox *Outbox
	done   *MemoryLog
}

func newScene(t testing.TB) *scene {
	s := &scene{store: calendar.NewMemory(calendar.Options{}), outbox: &Outbox{}, done: &MemoryLog{}}
	for _, cal := range []string{"room1", "people"} {
		place(t, s.store, cal, "old", 9)
	}
	return s
}

func place(t testing.TB, store *calendar.Memory, cal, uid string, hour int) {
	t.Helper()
	if err := store.Put(context.Background(), calendar.Put{Calendar: cal, UID: uid, Object: event(t, uid, hour)}); err != nil {
		t.Fatal(err)
	}
}

// apply runs in a new process that dies at the nth point; 0 is never. It gives the points passed.
func (s *scene) apply(es []filter.Effect, nth int) (points []string, err error) {
	w := New(Parts{Store: s.store, Submitter: s.outbox, DoneLog: s.done, Clock: clock, Hostname: "example.org"},
		WithStep(func(point string) error {
			points = append(points, point)
			if len(points) == nth {
				return errKilled
			}
			return nil
		}))
	return points, w.Apply(context.Background(), es)
}

// draw makes a small list of effects that a mail could have, in any order.
func draw(t testing.TB, r *rand.Rand, s *scene) []filter.Effect {
	base := func(cal string) calendar.Version {
		_, _, v, _ := s.store.Find(context.Background(), cal, "old")
		return v
	}
	move := booking(t, "room1", "old", 11)
	move.Base = base("room1")
	change := entry(t, "people", "old")
	change.Base = base("people")
	pool := []filter.Effect{
		move, change,
		booking(t, "room2", "new", 10), booking(t, "room3", "new", 10), entry(t, "people", "new"),
		answer("reply", "john@example.org"), answer("notice", "jane@example.org", "owner@example.org"),
		branch("branch", "john@example.org", "max@example.net"),
		filter.DeleteEvent{Calendar: "people", UID: "old", Base: base("people")},
		filter.DeleteEvent{Calendar: "room1", UID: "old", Base: base("room1")},
	}
	r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	var es []filter.Effect
	for _, e := range pool[:1+r.IntN(6)] {
		if !slices.ContainsFunc(es, func(o filter.Effect) bool { return target(o) == target(e) }) {
			es = append(es, e)
		}
	}
	return es
}

// target is the object an effect is about: nobody deletes what the same mail writes.
func target(e filter.Effect) string {
	switch e := e.(type) {
	case filter.PutEvent:
		return e.Calendar + "/" + e.UID
	case filter.DeleteEvent:
		return e.Calendar + "/" + e.UID
	}
	return e.Key()
}

// Killed at every point, and killed again in the retry, the world is the one without a crash.
func TestACrashAnywhereAndARetryGiveTheSameWorld(t *testing.T) {
	lists := 40
	if testing.Short() {
		lists = 10
	}
	for seed := range lists {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		calm := newScene(t)
		es := draw(t, r, calm)
		points, err := calm.apply(es, 0)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for nth := 1; nth <= len(points); nth++ {
			s := newScene(t)
			if _, err := s.apply(es, nth); err != errKilled {
				t.Fatalf("seed %d: killed at %s: %v", seed, points[nth-1], err)
			}
			if again := r.IntN(len(points)); again > 0 {
				_, _ = s.apply(es, again) // the retry has fewer points, and may come through
			}
			if _, err := s.apply(es, 0); err != nil {
				t.Errorf("seed %d: retry after %s: %v", seed, points[nth-1], err)
			}
			if diff := s.compare(calm); diff != "" {
				t.Errorf("seed %d: killed at %s: %s", seed, points[nth-1], diff)
			}
		}
	}
}

func (s *scene) compare(o *scene) string {
	if a, b := s.store.Snapshot(), o.store.Snapshot(); !reflect.DeepEqual(a, b) {
		return fmt.Sprintf("calendars hold %v; want %v", names(a), names(b))
	}
	if a, b := s.outbox.Distinct(), o.outbox.Distinct(); !slices.Equal(a, b) {
		return fmt.Sprintf("mail went to\n%s; want\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if holds := s.store.Holds(); len(holds) > 0 {
		return fmt.Sprintf("holds left: %v", holds)
	}
	return ""
}

// A crash while something is taken back, then a plan made anew, as the pipeline would.
func TestACrashWhileUndoing(t *testing.T) {
	plan := func(s *scene) []filter.Effect {
		one, two := booking(t, "room2", "new", 10), booking(t, "room3", "new", 10)
		_, _, one.Base, _ = s.store.Find(t.Context(), "room2", "new")
		_, _, two.Base, _ = s.store.Find(t.Context(), "room3", "new")
		return []filter.Effect{one, two, answer("reply", "john@example.org")}
	}
	calm := newScene(t)
	if _, err := calm.apply(plan(calm), 0); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"withdraw:room3/new", "withdraw:room3/new:done", "undo:room2/new", "undo:room2/new:done"} {
		s := newScene(t)
		w := New(Parts{Store: &faults{Store: s.store, before: on("confirm room3/new", filter.ErrStale)}, Submitter: s.outbox,
			DoneLog: s.done, Clock: clock, Hostname: "example.org"},
			WithStep(func(point string) error {
				if point == at {
					return errKilled
				}
				return nil
			}))
		if err := w.Apply(t.Context(), plan(s)); err != errKilled {
			t.Errorf("%s: Apply = %v; want killed", at, err)
		}
		if _, err := s.apply(plan(s), 0); err != nil {
			t.Errorf("%s: retry = %v", at, err)
		}
		if diff := s.compare(calm); diff != "" {
			t.Errorf("%s: %s", at, diff)
		}
	}
}

// What WithStep returns is what Apply returns, and nothing is cleaned up.
func TestACrashCleansNothingUp(t *testing.T) {
	s := newScene(t)
	if _, err := s.apply([]filter.Effect{booking(t, "room2", "new", 10)}, 2); err != errKilled {
		t.Errorf("Apply = %v", err)
	}
	if len(s.store.Holds()["room2"]) != 1 {
		t.Error("the hold is gone, as if somebody had tidied up")
	}
}
