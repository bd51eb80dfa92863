package ldapdir

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

const doe = "doe@example.org"

func TestCache(t *testing.T) {
	b := newBench(t, nil, person("doe", doe))
	look := func(wantOK bool, wantAsked int) {
		t.Helper()
		e, ok, err := b.Lookup(t.Context(), doe)
		if ok != wantOK || err != nil || ok && e.Stale || b.fake.count() != wantAsked {
			t.Errorf("Lookup = %v, %v after %d questions; want %v after %d", ok, err, b.fake.count(), wantOK, wantAsked)
		}
	}
	look(true, 1)
	look(true, 1)
	b.later(5*time.Minute - 1)
	look(true, 1)
	b.fake.set(people())
	b.later(1) // ttl: a revocation is effective now
	look(false, 2)
	b.later(time.Minute - 1)
	look(false, 2)
	b.fake.set(people(person("doe", doe)))
	b.later(1) // negative ttl
	look(true, 3)
	if s := b.Stats(); s.Lookups != 6 || s.Hits != 3 || s.Asked != 3 || s.Errors != 0 {
		t.Errorf("%+v", s)
	}
}

func TestStale(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Breaker.Failures = 1000 }, person("doe", doe))
	b.Lookup(t.Context(), doe)
	b.Lookup(t.Context(), "nobody@example.org")
	b.fake.set(down)
	b.later(5 * time.Minute)
	e, ok, err := b.Lookup(t.Context(), doe)
	if !ok || err != nil || !e.Stale || !e.Fetched.Equal(b.now.Add(-5*time.Minute)) {
		t.Fatalf("Lookup during an outage = %+v, %v, %v; want the old entry, stale", e, ok, err)
	}
	if _, ok, err := b.Lookup(t.Context(), "nobody@example.org"); ok || !errors.Is(err, ErrUnavailable) {
		t.Errorf("somebody unknown before the outage: %v, %v; want ErrUnavailable", ok, err)
	}
	if _, ok, err := b.Lookup(t.Context(), "new@example.org"); ok || !errors.Is(err, ErrUnavailable) {
		t.Errorf("somebody never asked for: %v, %v; want ErrUnavailable", ok, err)
	}
	b.later(24*time.Hour - 5*time.Minute)
	if e, ok, err := b.Lookup(t.Context(), doe); !ok || err != nil || !e.Stale {
		t.Errorf("at max_stale: %v, %v", ok, err)
	}
	b.later(1)
	if _, ok, err := b.Lookup(t.Context(), doe); ok || !errors.Is(err, ErrUnavailable) {
		t.Errorf("past max_stale: %v, %v; want ErrUnavailable", ok, err)
	}
	b.fake.set(people(person("doe", doe)))
	if e, ok, err := b.Lookup(t.Context(), doe); !ok || err != nil || e.Stale {
		t.Errorf("after the outage: %+v, %v, %v", e, ok, err)
	}
	if s := b.Stats(); s.Stale != 2 || s.Errors != 3 {
		t.Errorf("%+v", s)
	}
}

// TestPartialIsNoAnswer: what was found before a size limit does not count, nor does what was not.
func TestPartialIsNoAnswer(t *testing.T) {
	b := newBench(t, nil)
	b.fake.set(func(Query) ([]Raw, error) { return []Raw{person("doe", doe)}, ErrTooMany })
	if e, ok, err := b.Lookup(t.Context(), doe); e != nil || ok || !errors.Is(err, ErrTooMany) {
		t.Errorf("Lookup = %v, %v, %v; want ErrTooMany", e, ok, err)
	}
	if b.cache.size() != 0 {
		t.Error("a part was kept for the whole")
	}
}

func TestBreaker(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Breaker = Breaker{Failures: 3, Pause: 2 * time.Second} }, person("doe", doe))
	b.fake.set(down)
	ask := func(wantOK bool, wantAsked int, state string) {
		t.Helper()
		_, ok, err := b.Lookup(t.Context(), doe)
		if ok != wantOK || ok == (err != nil) || b.fake.count() != wantAsked || b.Stats().Directories[0].Breaker != state {
			t.Errorf("Lookup = %v, %v after %d questions, %s; want %v after %d, %s", ok, err, b.fake.count(), b.Stats().Directories[0].Breaker, wantOK, wantAsked, state)
		}
	}
	ask(false, 1, "closed")
	ask(false, 2, "closed")
	ask(false, 3, "open")
	ask(false, 3, "open") // at once
	b.later(2*time.Second - 1)
	ask(false, 3, "open")
	b.later(1)
	ask(false, 4, "open") // one probe, and it failed
	b.fake.set(people(person("doe", doe)))
	ask(false, 4, "open")
	b.later(2 * time.Second) // well within five seconds of the return
	ask(true, 5, "closed")
}

// TestBreakerProbesOnce: while the one question is on its way, others do not wait behind it.
func TestBreakerProbesOnce(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Breaker = Breaker{Failures: 1, Pause: time.Second} }, person("doe", doe))
	b.fake.set(down)
	b.Lookup(t.Context(), doe)
	b.later(time.Second)
	b.fake.hold, b.fake.waiting = make(chan struct{}), make(chan struct{})
	b.fake.set(people(person("doe", doe)))
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, ok, err := b.Lookup(t.Context(), doe); !ok || err != nil {
			t.Errorf("the probe: %v, %v", ok, err)
		}
	})
	<-b.fake.waiting
	if s := b.Stats().Directories[0].Breaker; s != "half-open" {
		t.Errorf("breaker is %s", s)
	}
	if _, _, err := b.Lookup(t.Context(), "jane@example.org"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("beside the probe: %v", err)
	}
	close(b.fake.hold)
	wg.Wait()
	if s := b.Stats().Directories[0].Breaker; s != "closed" {
		t.Errorf("breaker is %s", s)
	}
}

// TestRefusedIsNotDown: a server that says no is there, and asking somebody else is no use.
func TestRefusedIsNotDown(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Breaker.Failures = 1 }, person("doe", doe))
	b.fake.set(func(Query) ([]Raw, error) { return nil, ErrRefused })
	for range 3 {
		if _, _, err := b.Lookup(t.Context(), doe); !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrRefused) {
			t.Errorf("%v", err)
		}
	}
	if s := b.Stats().Directories[0].Breaker; s != "closed" || b.fake.count() != 3 {
		t.Errorf("breaker is %s after %d refusals", s, b.fake.count())
	}
}

// TestOneQuestionPerKey: many ask, one question goes out, and it outlives the one who asked first.
func TestOneQuestionPerKey(t *testing.T) {
	b := newBench(t, nil, person("doe", doe))
	b.fake.hold, b.fake.waiting = make(chan struct{}), make(chan struct{})
	first, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, _, err := b.Lookup(first, doe)
		gone <- err
	}()
	<-b.fake.waiting
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, ok, err := b.Lookup(t.Context(), doe); !ok || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
		})
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("the one who left: %v", err)
	}
	close(b.fake.hold)
	wg.Wait()
	if n := b.fake.count(); n != 1 {
		t.Errorf("%d questions", n)
	}
	if s := b.Stats().Directories[0].Breaker; s != "closed" {
		t.Errorf("a cancelled mail counted against the directory: %s", s)
	}
}

// TestDeadline: a backend that never answers does not hold anybody for longer than the deadline.
func TestDeadline(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Deadline = time.Millisecond })
	b.fake.hold, b.fake.waiting = make(chan struct{}), make(chan struct{}, 1)
	if _, _, err := b.Lookup(t.Context(), doe); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// TestProbeIsShort: a probe that hangs does not put off the next one beyond the deadline.
func TestProbeIsShort(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Breaker = Breaker{Failures: 1, Pause: 2 * time.Second} })
	b.fake.set(down)
	b.Lookup(t.Context(), doe)
	b.later(2 * time.Second)
	limits := make(chan time.Time, 1)
	b.profiles[0].backend = backendFunc(func(ctx context.Context) { at, _ := ctx.Deadline(); limits <- at })
	asked := time.Now()
	b.Lookup(t.Context(), doe)
	if at := <-limits; at.After(time.Now().Add(3*time.Second)) || at.Before(asked) {
		t.Errorf("the probe may take until %v", at)
	}
}

type backendFunc func(ctx context.Context)

func (f backendFunc) Search(ctx context.Context, _ Query) ([]Raw, error) {
	f(ctx)
	return nil, nil
}

func (backendFunc) Close() error { return nil }

func TestPanicIsAnError(t *testing.T) {
	b := newBench(t, nil)
	b.fake.set(func(Query) ([]Raw, error) { panic("odd packet") })
	if _, _, err := b.Lookup(t.Context(), doe); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

func TestEviction(t *testing.T) {
	c := newCache(3)
	keep := func(name string, entries int) {
		c.put(&answer{key: key{text: name}, entries: make([]*Entry, entries)})
	}
	has := func(want string) {
		t.Helper()
		got := ""
		for _, name := range []string{"a", "b", "c", "d"} {
			if c.byKey[key{text: name}] != nil {
				got += name
			}
		}
		if got != want || c.size() != len(want) {
			t.Errorf("cache holds %q (%d); want %q", got, c.size(), want)
		}
	}
	keep("a", 1)
	keep("b", 0)
	keep("c", 1)
	has("abc")
	c.get(key{text: "a"})
	keep("d", 1) // b is the least used
	has("acd")
	keep("a", 2) // weighs two now: c goes
	has("ad")
	keep("a", 4) // too big for the whole cache; the old one is not true any more
	has("d")
	keep("b", 3)
	has("b")
}
