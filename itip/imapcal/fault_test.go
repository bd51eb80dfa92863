package imapcal

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// claim is a Put that claims an hour of the suite's day.
func claim(cal, uid, from, to string) calendar.Put {
	return calendar.Put{
		Calendar: cal, UID: uid, Object: calendartest.Event(uid, from, to), Key: "request for " + uid,
		Claim: &calendar.Claim{Periods: []calendar.Span{{From: calendartest.At(from), To: calendartest.At(to)}}},
	}
}

func book(ctx context.Context, s calendar.Store, p calendar.Put) error {
	h, err := s.Hold(ctx, p)
	if err != nil {
		return err
	}
	return h.Confirm(ctx)
}

// taken tells who has time on the suite's day.
func taken(t *testing.T, s calendar.Store, cal string) (uids []string) {
	t.Helper()
	ps, _, err := s.Busy(t.Context(), cal, calendartest.Between("00:00", "24:00"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		uids = append(uids, p.UID+"@"+p.From.Format("15:04"))
	}
	return uids
}

// move books an hour for "a", moves it, and puts and deletes another object: every command that writes.
func move(ctx context.Context, s *Store, cal string) error {
	if err := book(ctx, s, claim(cal, "a", "09:00", "10:00")); err != nil {
		return fmt.Errorf("book: %w", err)
	}
	_, _, base, err := s.Find(ctx, cal, "a")
	if err != nil {
		return fmt.Errorf("find: %w", err)
	}
	p := claim(cal, "a", "11:00", "12:00")
	p.Base = base
	if err := book(ctx, s, p); err != nil {
		return fmt.Errorf("move: %w", err)
	}
	b := calendartest.Event("b", "14:00", "15:00")
	if err := s.Put(ctx, calendar.Put{Calendar: cal, UID: "b", Object: b, Key: "b"}); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if _, _, base, err = s.Find(ctx, cal, "b"); err != nil {
		return fmt.Errorf("find: %w", err)
	}
	if err := s.Delete(ctx, cal, "b", base); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// TestCutAnywhere cuts the connection at every command, before, inside and after it. What was asked for is done all
// the same, once; nothing is left behind.
func TestCutAnywhere(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			c := configOf(t, server)
			cutAnywhere(t, server, c)
			c.Writers = OneWriter
			cutAnywhere(t, server, c)
		})
	}
}

func cutAnywhere(t *testing.T, server *imaptest.Server, c Config) {
	t.Helper()
	tap := imaptest.NewTap(t, server.Addr)
	c.URL = []string{"imap://" + tap.Addr}
	if err := move(t.Context(), open(t, c, shortLife), room(server)); err != nil {
		t.Fatal(err)
	}
	commands := tap.Commands()
	for step := 1; step <= len(commands); step += stride(server.Kind) {
		for _, when := range []imaptest.When{imaptest.Before, imaptest.Inside, imaptest.Done} {
			cutAt(t, server, tap, c, commands, step, when)
		}
	}
}

// stride leaves commands out where a run takes long.
func stride(server string) int {
	if testing.Short() || server != "memory" {
		return 7
	}
	return 1
}

func cutAt(t *testing.T, server *imaptest.Server, tap *imaptest.Tap, c Config, commands []string, step int, when imaptest.When) {
	t.Helper()
	cal := room(server)
	s := open(t, c, shortLife)
	defer s.Close()
	name := commands[step-1]
	tap.On(imaptest.Fault{N: step, When: when, Do: imaptest.Cut})
	err := move(t.Context(), s, cal)
	tap.Clear()
	if err != nil {
		t.Errorf("cut at command %d (%s, %v): %v", step, name, when, err)
	}
	other := open(t, c, shortLife)
	defer other.Close()
	if got := taken(t, other, cal); len(got) != 1 || got[0] != "a@11:00" {
		t.Errorf("cut at command %d (%s, %v): taken %v", step, name, when, got)
	}
	if left := server.Messages("", cal); len(left) != 1 {
		t.Errorf("cut at command %d (%s, %v): %d messages", step, name, when, len(left))
	}
}

// TestFrozen lets the server hang: who waits gets an error in time, and nobody takes it for free.
func TestFrozen(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			c := configOf(t, server)
			c.Timeout, c.DialTimeout = time.Second, time.Second
			cal := room(server)
			s := open(t, c, shortLife)
			if err := book(t.Context(), s, claim(cal, "a", "09:00", "10:00")); err != nil {
				t.Fatal(err)
			}
			server.Freeze()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, _, err := s.Busy(ctx, cal, calendartest.Between("09:00", "10:00")); err == nil || ctx.Err() != nil {
				t.Errorf("busy: %v, %v", err, ctx.Err())
			}
			if err := book(ctx, s, claim(cal, "b", "11:00", "12:00")); err == nil || errors.Is(err, calendar.ErrStale) {
				t.Errorf("book: %v", err)
			}
			server.Thaw()
			if err := book(t.Context(), s, claim(cal, "c", "12:00", "13:00")); err != nil {
				t.Error(err)
			}
			if got := taken(t, s, cal); len(got) != 2 {
				t.Errorf("taken %v", got)
			}
		})
	}
}
