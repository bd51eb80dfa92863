package imapcal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
	"usher/itip/imapcal/imaptest"
)

// alone is a configuration of a process that books alone.
func alone(t testing.TB, server *imaptest.Server) Config {
	t.Helper()
	c := configOf(t, server)
	c.Writers = OneWriter
	return c
}

// TestAloneKeepsClaimsInMemory holds that nothing is in the folder before it is confirmed, and less is asked.
func TestAloneKeepsClaimsInMemory(t *testing.T) {
	server := imaptest.Memory(t)
	var commands [2]int64
	for i, writers := range []string{ManyWriters, OneWriter} {
		c, cal := configOf(t, server), room(server)
		c.Writers = writers
		s := open(t, c, shortLife)
		h, err := s.Hold(t.Context(), claim(cal, "a", "09:00", "10:00"))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(server.Messages("", cal)); (n == 0) != (writers == OneWriter) {
			t.Errorf("writers: %s: a hold is %d messages", writers, n)
		}
		if err := h.Confirm(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(s.promises.them); n != 0 {
			t.Errorf("%d calendars with promises left", n)
		}
		commands[i] = s.Stats().Commands
	}
	if commands[1] >= commands[0] {
		t.Errorf("%d batches of commands alone, %d with others", commands[1], commands[0])
	}
}

// TestAloneDies lets a process that books alone die at each command. What it leaves behind is the calendar as it was or
// as it was to be, never a hold, and who tries again gets what he wants.
func TestAloneDies(t *testing.T) {
	server := imaptest.Memory(t)
	c := alone(t, server)
	s, tap := tapped(t, server, c, shortLife)
	if err := settleA(t.Context(), s, room(server)); err != nil {
		t.Fatal(err)
	}
	steps := len(tap.Commands())
	for step := 1; step <= steps; step++ {
		for _, when := range []imaptest.When{imaptest.Before, imaptest.Inside, imaptest.Done} {
			cal := room(server)
			s, tap := tapped(t, server, c, shortLife)
			tap.On(imaptest.Fault{N: step, When: when, Do: imaptest.Run, Call: func() {
				tap.Refuse()
				tap.Cut()
			}})
			if err := settleA(t.Context(), s, cal); err == nil && step < steps-2 {
				t.Errorf("step %d, %v: it did not die", step, when)
			}
			s.Close()
			next := open(t, c, shortLife)
			if got := taken(t, next, cal); len(got) > 1 {
				t.Errorf("step %d, %v: taken %q", step, when, got)
			}
			for _, m := range there(server, cal) {
				if hasFlag(m.Flags, keyword) {
					t.Errorf("step %d, %v: a hold is left", step, when)
				}
			}
			if err := settleA(t.Context(), next, cal); err != nil {
				t.Errorf("step %d, %v: again: %v", step, when, err)
			}
			if got, n := taken(t, next, cal), len(there(server, cal)); len(got) != 1 || got[0] != "a@11:00" || n != 1 {
				t.Errorf("step %d, %v: taken %q in %d messages", step, when, got, n)
			}
		}
	}
}

// there are the messages of a folder that are not marked as deleted: who dies in between leaves one that is.
func there(server *imaptest.Server, cal string) []imaptest.Message {
	return slices.DeleteFunc(server.Messages("", cal), func(m imaptest.Message) bool { return hasFlag(m.Flags, imap.FlagDeleted) })
}

// settleA goes as far as it still has to: a booking at nine, and its move to eleven.
func settleA(ctx context.Context, s *Store, cal string) error {
	_, ok, base, err := s.Find(ctx, cal, "a")
	if err == nil && !ok {
		if err = book(ctx, s, claim(cal, "a", "09:00", "10:00")); err == nil {
			_, _, base, err = s.Find(ctx, cal, "a")
		}
	}
	if err != nil {
		return err
	}
	p := claim(cal, "a", "11:00", "12:00")
	p.Base = base
	return book(ctx, s, p)
}

// TestAloneMeetsOthers has somebody write after the look that a process that books alone relies on.
func TestAloneMeetsOthers(t *testing.T) {
	server := imaptest.Memory(t)
	tests := []struct {
		what  string
		wants string                                   // command of ours before which it happens
		do    func(t *testing.T, o *Store, cal string) // as another process
		stale bool
		taken string
	}{
		{"a booking in its time", "APPEND", func(t *testing.T, o *Store, cal string) {
			server.Append("", cal, nil, eventMail("x", "11:30", "12:00"))
		}, true, "a@09:00 x@11:30"},
		{"a booking in its time, after its own", "UID SEARCH", func(t *testing.T, o *Store, cal string) {
			server.Append("", cal, nil, eventMail("x", "11:30", "12:00"))
		}, false, "a@11:00 x@11:30"},
		{"another hold in its time", "APPEND", func(t *testing.T, o *Store, cal string) {
			if _, err := o.Hold(t.Context(), claim(cal, "x", "11:30", "12:00")); err != nil {
				t.Error(err)
			}
		}, true, "a@09:00"},
		{"its object changed", "APPEND", func(t *testing.T, o *Store, cal string) {
			replace(t, o, cal, "a", "14:00", "15:00")
		}, true, "a@14:00"},
		{"its object deleted", "APPEND", func(t *testing.T, o *Store, cal string) {
			_, _, base, err := o.Find(t.Context(), cal, "a")
			if err != nil {
				t.Error(err)
			}
			if err := o.Delete(t.Context(), cal, "a", base); err != nil {
				t.Error(err)
			}
		}, true, ""},
	}
	for _, tt := range tests {
		cal := room(server)
		other := open(t, configOf(t, server), shortLife)
		replace(t, other, cal, "a", "09:00", "10:00")
		s, tap := tapped(t, server, alone(t, server), shortLife)
		_, _, base, err := s.Find(t.Context(), cal, "a")
		if err != nil {
			t.Fatal(err)
		}
		p := claim(cal, "a", "11:00", "12:00")
		p.Base = base
		h, err := s.Hold(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		tap.On(imaptest.Fault{Command: tt.wants, N: 1, Do: imaptest.Run, Call: func() { tt.do(t, other, cal) }})
		if err := h.Confirm(t.Context()); errors.Is(err, calendar.ErrStale) != tt.stale || !tt.stale && err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := strings.Join(taken(t, open(t, configOf(t, server), shortLife), cal), " "); got != tt.taken {
			t.Errorf("%s: taken %q; want %q", tt.what, got, tt.taken)
		}
	}
}
