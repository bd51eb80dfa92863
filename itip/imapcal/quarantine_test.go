package imapcal

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

var fetched = regexp.MustCompile(`UID FETCH (\S+) .*BODY`)

// fetches tells whether a command asks for the text of a message. Sets are written as 7, 7:9 and 7,9.
func fetches(line string, uid int) bool {
	m := fetched.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	for _, part := range strings.Split(m[1], ",") {
		from, to, is := strings.Cut(part, ":")
		if !is {
			to = from
		}
		first, _ := strconv.Atoi(from)
		last, _ := strconv.Atoi(to)
		if first <= uid && uid <= last {
			return true
		}
	}
	return false
}

// TestQuarantine has one message among others that ends every connection on which it is fetched. The calendar says
// which one, and is read again when it is gone; the others are not blamed.
func TestQuarantine(t *testing.T) {
	server := imaptest.Memory(t)
	cal := room(server)
	s, tap := tapped(t, server, configOf(t, server), shortLife)
	for _, uid := range []string{"a", "b", "c"} {
		server.Append("", cal, nil, eventMail(uid, "09:00", "10:00"))
	}
	breaks := 0
	tap.On(imaptest.Fault{Command: "UID FETCH", Line: func(line string) bool { return fetches(line, 2) }, Do: imaptest.Run, Call: func() {
		breaks++
		tap.Cut()
	}})
	for range 3 {
		_, _, err := s.Busy(t.Context(), cal, calendartest.Between("20:00", "21:00"))
		if !errors.Is(err, calendar.ErrUnreadable) || !strings.Contains(err.Error(), "message 2") || !errors.Is(err, errBreaks) {
			t.Errorf("busy: %v", err)
		}
	}
	if breaks != 1+maxBreaks {
		t.Errorf("%d connections were ended by it", breaks)
	}
	if n := s.Stats().Unreadable; n != 1 {
		t.Errorf("%d messages are unreadable", n)
	}
	tap.Clear()
	paroled(s, cal)
	if got := taken(t, s, cal); len(got) != 3 {
		t.Errorf("after its time: taken %q", got)
	}
}

// paroled ends the quarantine of all messages.
func paroled(s *Store, cal string) {
	known, _ := s.indexes.Take(cal)
	for _, e := range known.bad {
		e.until = e.until.Add(-2 * quarantine)
	}
	s.indexes.Put(cal, known, len(known.entries)+1)
}

// TestLostOnceIsNotQuarantined holds that a connection that is lost while a message is fetched is no message's fault.
func TestLostOnceIsNotQuarantined(t *testing.T) {
	server := imaptest.Memory(t)
	cal := room(server)
	s, tap := tapped(t, server, configOf(t, server), shortLife)
	server.Append("", cal, nil, eventMail("a", "09:00", "10:00"))
	tap.On(imaptest.Fault{Command: "UID FETCH", N: 1, Do: imaptest.Cut})
	if got := taken(t, s, cal); len(got) != 1 {
		t.Errorf("taken %q", got)
	}
	server.Append("", cal, nil, eventMail("b", "11:00", "12:00"))
	tap.Clear()
	tap.On(imaptest.Fault{Command: "UID FETCH", N: 1, Do: imaptest.Cut})
	if got := taken(t, s, cal); len(got) != 2 {
		t.Errorf("taken %q", got)
	}
}
