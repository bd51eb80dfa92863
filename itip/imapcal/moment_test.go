package imapcal

import (
	"errors"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// tapped opens a store whose commands can be met at any moment.
func tapped(t *testing.T, server *imaptest.Server, c Config, o Options) (*Store, *imaptest.Tap) {
	t.Helper()
	tap := imaptest.NewTap(t, server.Addr)
	c.URL = []string{"imap://" + tap.Addr}
	return open(t, c, o), tap
}

// replace puts an object, in the place of another if there is one, as some other process.
func replace(t *testing.T, s *Store, cal, uid, from, to string) {
	t.Helper()
	_, _, base, err := s.Find(t.Context(), cal, uid)
	if err == nil {
		err = s.Put(t.Context(), calendar.Put{Calendar: cal, UID: uid, Object: calendartest.Event(uid, from, to), Base: base})
	}
	if err != nil {
		t.Error(err)
	}
}

// TestReplacedBeforeFetch has an object replaced after a reader listed the messages and before he fetched them: the
// one that he fetches is gone, the one that took its place is not on his list, and the object was there all the time.
func TestReplacedBeforeFetch(t *testing.T) {
	server := imaptest.Memory(t)
	writer := open(t, configOf(t, server), shortLife)
	for _, warm := range []bool{false, true} {
		cal := room(server)
		reader, tap := tapped(t, server, configOf(t, server), shortLife)
		if warm { // the reader knows another object, and only what is new is fetched
			replace(t, writer, cal, "b", "14:00", "15:00")
			taken(t, reader, cal)
		}
		replace(t, writer, cal, "a", "09:00", "10:00")
		tap.On(imaptest.Fault{Command: "UID FETCH", N: 1, Do: imaptest.Run, Call: func() {
			replace(t, writer, cal, "a", "09:30", "10:30")
		}})
		o, ok, _, err := reader.Find(t.Context(), cal, "a")
		if err != nil || !ok || o.Master().Text("DTSTART") != calendartest.Event("a", "09:30", "10:30").Master().Text("DTSTART") {
			t.Errorf("warm %v: find: %v, %v", warm, ok, err)
		}
		if got := taken(t, reader, cal); len(got) == 0 || got[0] != "a@09:30" {
			t.Errorf("warm %v: taken %q", warm, got)
		}
	}
}

// TestReplacedBeforeRead has an object replaced after a reader looked, when he fetches what he had forgotten.
func TestReplacedBeforeRead(t *testing.T) {
	server := imaptest.Memory(t)
	cal := room(server)
	writer := open(t, configOf(t, server), shortLife)
	reader, tap := tapped(t, server, configOf(t, server), shortLife)
	replace(t, writer, cal, "a", "09:00", "10:00")
	taken(t, reader, cal)
	reader.objects = calendar.NewLRU[objectKey, *itip.Object](1)
	tap.On(imaptest.Fault{Command: "UID FETCH", N: 1, Do: imaptest.Run, Call: func() {
		replace(t, writer, cal, "a", "09:30", "10:30")
	}})
	if got := taken(t, reader, cal); len(got) != 1 || got[0] != "a@09:30" {
		t.Errorf("taken %q", got)
	}
}

// TestTakeOverBetweenListAndFlags lets a retry take the place of a dead attempt's hold while somebody who waits
// behind it is between the list of the messages and the flags of the holds: the old hold is gone, the new one is not on
// the list, and yet it goes first.
func TestTakeOverBetweenListAndFlags(t *testing.T) {
	t.Parallel()
	server := imaptest.Memory(t)
	cal := room(server)
	soon := Options{Options: calendar.Options{HoldLife: time.Minute, ConfirmWithin: time.Second}}
	p := claim(cal, "a", "09:00", "10:00")
	if _, err := open(t, configOf(t, server), soon).Hold(t.Context(), p); err != nil { // and its owner dies
		t.Fatal(err)
	}
	waiter, tap := tapped(t, server, configOf(t, server), Options{})
	outcome := make(chan error, 1)
	go func() {
		_, err := waiter.Hold(t.Context(), claim(cal, "b", "09:30", "10:30"))
		outcome <- err
	}()
	for len(server.Messages("", cal)) < 2 {
		time.Sleep(time.Millisecond)
	}
	taken := make(chan calendar.Hold, 1)
	tap.On(imaptest.Fault{Command: "UID FETCH", N: 1, Do: imaptest.Run, Call: func() {
		h, err := open(t, configOf(t, server), soon).Hold(t.Context(), p) // which waits until the first can do no more
		if err != nil {
			t.Error(err)
		}
		taken <- h
	}})
	h := <-taken
	looks := waiter.Stats().Looks
	for waiter.Stats().Looks < looks+3 { // it sees what is left, more than once, and waits
		select {
		case err := <-outcome:
			t.Fatalf("who waits did not wait for the retry: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	if err := h.Confirm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; !errors.Is(err, calendar.ErrStale) {
		t.Errorf("who waited: %v; want ErrStale", err)
	}
}
