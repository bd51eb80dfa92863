package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/milter/filter"
)

func TestTurnsAreGivenInOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		_, release, err := b.Reserve(t.Context(), []string{"room"})
		if err != nil {
			t.Fatal(err)
		}
		const waiters = 20
		served := make(chan int, waiters)
		for i := range waiters {
			ctx, giveUp := context.WithCancel(t.Context())
			go func() {
				_, release, err := b.Reserve(ctx, []string{"room"})
				if err != nil {
					return
				}
				served <- i
				release()
			}()
			synctest.Wait() // it stands in line now
			if i%5 == 3 {
				defer giveUp()
				giveUp() // and leaves it
				synctest.Wait()
			}
			t.Cleanup(giveUp)
		}
		release()
		synctest.Wait()
		close(served)
		want := []int{0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19}
		if got := slices.Collect(all(served)); !slices.Equal(got, want) {
			t.Errorf("served in order %v; want %v", got, want)
		}
		if len(b.World.calendars.lines) != 0 {
			t.Errorf("lines left: %v", b.World.calendars.lines)
		}
	})
}

func all(c <-chan int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range c {
			if !yield(i) {
				return
			}
		}
	}
}

func TestReserveGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		_, release, _ := b.Reserve(t.Context(), []string{"b"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, _, err := b.Reserve(ctx, []string{"c", "a", "b"})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Reserve = %v; want the context's error", err)
		}
		release()
		// What it had already, a, is free again.
		if _, _, err := b.Reserve(t.Context(), []string{"a", "b", "c"}); err != nil {
			t.Error(err)
		}
	})
}

func TestReserveInAnyOrderDoesNotDeadlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		names := []string{"a", "b", "c"}
		var mails sync.WaitGroup
		for i := range 30 {
			mine := append(slices.Clone(names[i%3:]), names[:i%3]...)
			mails.Go(func() {
				ctx, release, err := b.Reserve(t.Context(), mine[:2])
				if err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
				// A plan that found another room asks for more: what it holds must not stand in anybody's way.
				if _, _, err := b.Reserve(ctx, mine); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
				release()
			})
		}
		mails.Wait()
	})
}

func TestApplyWaitsForAReservationAndNotForItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		mine, release, err := b.Reserve(t.Context(), []string{"room"})
		if err != nil {
			t.Fatal(err)
		}
		other := make(chan error, 1)
		go func() { other <- b.Apply(t.Context(), []filter.Effect{entry(t, "room", "other")}) }()
		synctest.Wait()
		if b.has(t, "room", "other") {
			t.Error("a stranger wrote to a reserved calendar")
		}
		if err := b.Apply(mine, []filter.Effect{entry(t, "room", "mine"), entry(t, "another", "mine")}); err != nil {
			t.Errorf("Apply under the reservation: %v", err)
		}
		synctest.Wait()
		release()
		release() // twice is once
		if err := <-other; err != nil {
			t.Error(err)
		}
		if !b.has(t, "room", "other") || !b.has(t, "room", "mine") {
			t.Error("not everything was written")
		}
	})
}

// A mail that has to be planned again keeps its turn.
func TestReservationOutlivesStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		ctx, release, _ := b.Reserve(t.Context(), []string{"room"})
		stale := entry(t, "room", "uid")
		stale.Base = "something else"
		if err := b.Apply(ctx, []filter.Effect{stale, answer("reply", "john@example.org")}); kind(err) != "stale" {
			t.Errorf("Apply = %v; want stale", err)
		}
		other := make(chan error, 1)
		go func() { other <- b.Apply(t.Context(), []filter.Effect{entry(t, "room", "other")}) }()
		synctest.Wait()
		if b.has(t, "room", "other") {
			t.Error("the turn was lost")
		}
		release()
		<-other
	})
}

func TestApplyAfterReleaseTakesItsOwnTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		ctx, release, _ := b.Reserve(t.Context(), []string{"room"})
		release()
		_, next, _ := b.Reserve(t.Context(), []string{"room"})
		late := make(chan error, 1)
		go func() { late <- b.Apply(ctx, []filter.Effect{entry(t, "room", "uid")}) }()
		synctest.Wait()
		if b.has(t, "room", "uid") {
			t.Error("an old reservation was good for one more")
		}
		b.faults.before = func(op string) error {
			if op == "put room/uid" && len(b.World.calendars.lines["room"]) != 1 {
				t.Error("it is nobody's turn")
			}
			return nil
		}
		next()
		if err := <-late; err != nil {
			t.Error(err)
		}
		if len(b.World.calendars.lines) != 0 {
			t.Error("a turn was taken that nobody gives back")
		}
	})
}

// What we send comes back in through the service of role own while we wait for its 250, and may have to write
// to the very calendar we have just written to.
func TestOwnMailMayWriteToTheCalendarOfItsCause(t *testing.T) {
	for _, reserve := range []bool{false, true} {
		t.Run(fmt.Sprint("reserved ", reserve), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench()
				handled := 0
				b.outbox.Deliver = func(ctx context.Context, m Mail) error {
					handled++
					own, release, err := b.Reserve(context.WithoutCancel(t.Context()), []string{"people/john", "room"})
					if err != nil {
						return err
					}
					defer release()
					return b.Apply(own, []filter.Effect{entry(t, "room", "by own mail"), entry(t, "people/john", "copy")})
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if reserve {
					var release func()
					var err error
					ctx, release, err = b.Reserve(ctx, []string{"old", "room"})
					if err != nil {
						t.Fatal(err)
					}
					defer release()
				}
				b.put(t, "old", event(t, "moved", 10))
				err := b.Apply(ctx, []filter.Effect{
					filter.DeleteEvent{Calendar: "old", UID: "moved", Base: b.version(t, "old", "moved")},
					answer("reply", "john@example.org"), booking(t, "room", "moved", 10)})
				if err != nil || handled != 1 {
					t.Errorf("Apply = %v with %d mails handled; want none and 1", err, handled)
				}
				if b.has(t, "old", "moved") || !b.has(t, "room", "by own mail") {
					t.Error("not everything happened")
				}
			})
		})
	}
}

// narrow is a service with a process limit: who connects waits until a process is free.
type narrow struct {
	*Outbox
	processes chan struct{}
}

func (n narrow) Open(ctx context.Context) (Session, error) {
	select {
	case n.processes <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	line, err := n.Outbox.Open(ctx)
	return narrowSession{line, n.processes}, err
}

type narrowSession struct {
	Session
	processes chan struct{}
}

func (s narrowSession) Close() error {
	<-s.processes
	return s.Session.Close()
}

// Many mails for few rooms, and a service of role own that has two processes and writes to the same calendars.
// In this test's time a deadlock shows as what it is: everybody waits.
func TestBothServicesSaturated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.submitter = narrow{b.outbox, make(chan struct{}, 2)}
		copies := 0
		b.outbox.Deliver = func(ctx context.Context, m Mail) error {
			time.Sleep(time.Millisecond)
			b.mu.Lock()
			copies++
			uid := fmt.Sprint("copy", copies)
			b.mu.Unlock()
			own, release, err := b.Reserve(ctx, []string{"room0", "room1", "people/john"})
			if err != nil {
				return err
			}
			defer release()
			return b.Apply(own, []filter.Effect{entry(t, "people/john", uid), entry(t, "room1", uid)})
		}
		var mails sync.WaitGroup
		for i := range 40 {
			mails.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				uid, id := fmt.Sprint("uid", i), fmt.Sprint("mail", i)
				if i%3 == 0 { // as the pipeline does once a plan was stale
					reserved, release, err := b.Reserve(ctx, []string{"room1", "room0"})
					if err != nil {
						t.Error(err)
						return
					}
					defer release()
					ctx = reserved
				}
				effects := []filter.Effect{entry(t, fmt.Sprint("room", i%2), uid), answer(id, "john@example.org"),
					filter.DeleteEvent{Calendar: "room1", UID: "nothing"}}
				if i%4 == 0 {
					effects = append(effects, branch(id+"/b", "john@example.org", "max@example.net"))
				}
				if err := b.Apply(ctx, effects); err != nil {
					t.Errorf("mail %d: %v", i, err)
				}
			})
		}
		mails.Wait()
		if n := len(b.outbox.Mails()); n != 50 || copies != n {
			t.Errorf("%d mails, %d handled; want 50", n, copies)
		}
	})
}
