package calendar_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
)

// clock is a clock that goes on only when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestMemory(t *testing.T) {
	calendartest.Run(t, func(*testing.T) calendartest.Site {
		c := newClock()
		m := calendar.NewMemory(calendar.Options{Now: c.Now})
		return calendartest.Site{Host: func() calendar.Store { return m }, Advance: c.Advance}
	})
}

func TestDir(t *testing.T) {
	calendartest.Run(t, dirSite(calendar.Options{}))
}

// TestDirForgetful runs with next to no memory: every object is read again and again.
func TestDirForgetful(t *testing.T) {
	calendartest.Run(t, dirSite(calendar.Options{Index: 1, Objects: 1}))
}

// dirSite gives sites where every host has opened the folder for itself.
func dirSite(o calendar.Options) func(t *testing.T) calendartest.Site {
	return func(t *testing.T) calendartest.Site {
		c, folder := newClock(), t.TempDir()
		o.Now = c.Now
		return calendartest.Site{Advance: c.Advance, Host: func() calendar.Store { return open(t, folder, o) }}
	}
}

func open(t testing.TB, folder string, o calendar.Options) *calendar.Dir {
	t.Helper()
	d, err := calendar.OpenDir(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o640))
}

var background = context.Background()
