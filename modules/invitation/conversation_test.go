package invitation_test

import (
	"fmt"
	"strings"
	"testing"

	"usher/milter/filter"
)

// story is what some people write to each other.
type story struct {
	name   string
	before map[string][]string     // what is in calendars when it begins
	mails  []letter                // what is written, in the order it is written
	react  func(l letter) []letter // what somebody writes when he reads a mail himself
	check  func(t *testing.T, o *office)
}

// Whatever overtakes what on its way, everybody's calendar ends in the same state (RFC 5546 section 4, G-073).
func TestConversationsConverge(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name, func(t *testing.T) {
			d := directoryOf(t)
			var first *office
			orders := 0
			for choices := []int{}; choices != nil; orders++ {
				o := newOffice(t, d, s.before)
				ways := o.play(s, choices)
				if first == nil {
					first = o
					s.check(t, o)
				} else if diff := difference(o.objects(), first.objects()); diff != "" {
					t.Fatalf("order %v ends otherwise than the first: %s", choices, diff)
				}
				choices = after(choices, ways)
			}
			t.Logf("%d orders", orders)
			if orders < 2 {
				t.Error("there was one order only")
			}
		})
	}
}

// play lets the mails arrive in one order; choices says which of those on their way comes next, the first where it says
// nothing. ways is how many there were each time.
func (o *office) play(s story, choices []int) (ways []int) {
	o.pending = append(o.pending, s.mails...)
	for len(o.pending) > 0 {
		i, n := 0, len(ways)
		if n < len(choices) {
			i = choices[n]
		}
		ways = append(ways, len(o.pending))
		o.arrive(s, i)
	}
	o.readLeft(s)
	return ways
}

// arrive takes one of the mails on their way in.
func (o *office) arrive(s story, i int) {
	l, read := o.pending[i], len(o.left)
	o.pending = append(o.pending[:i:i], o.pending[i+1:]...)
	o.receive(l)
	for _, l := range o.left[read:] {
		if s.react != nil {
			o.pending = append(o.pending, s.react(l)...)
		}
	}
}

// readLeft lets people act on what was left to them because it came too early: what they find then is what the module
// would have done.
func (o *office) readLeft(s story) {
	s.react = nil
	before := o.objects()
	for range 10 {
		o.pending, o.left = o.left, nil
		for len(o.pending) > 0 {
			o.arrive(s, 0)
		}
		reached := o.objects()
		if difference(before, reached) == "" {
			return
		}
		before = reached
	}
	o.t.Fatal("what was left to people never comes to an end")
}

// after are the choices of the next order; nil after the last.
func after(choices, ways []int) []int {
	next := append(make([]int, 0, len(ways)), choices...)
	for len(next) < len(ways) {
		next = append(next, 0)
	}
	for i := len(next) - 1; i >= 0; i-- {
		if next[i]++; next[i] < ways[i] {
			return next[:i+1]
		}
	}
	return nil
}

// calendarOf is an iCalendar object of John's: what is the same in all of a story's messages, and lines of its own.
func calendarOf(method string, components ...string) string {
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Client//EN\n"
	if method != "" {
		text += "METHOD:" + method + "\n"
	}
	for _, c := range components {
		text += "BEGIN:VEVENT\nUID:u1\nSUMMARY:Budget\n" + strings.TrimSpace(c) + "\nEND:VEVENT\n"
	}
	return text + "END:VCALENDAR\n"
}

// sent is a mail of somebody of ours, or of somebody from outside.
func sent(from, to, object string) letter {
	user, domain, _ := strings.Cut(from, "@")
	l := letter{role: filter.Submission, user: user, from: from, to: to}
	if domain != "example.org" {
		l.role, l.user = filter.Inbound, ""
	}
	_, rest, _ := strings.Cut(object, "METHOD:")
	method, _, _ := strings.Cut(rest, "\n")
	l.text = fmt.Sprintf("From: %s\nTo: %s\nSubject: Budget\nMessage-ID: <m@example.org>\nMIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8; method=%s\n\n%s", from, to, method, object)
	return l
}

const john, jane, mark, dora, jack, bob = "john@example.org", "jane@example.org", "mark@example.org", "dora@example.org", "jack@example.org", "bob@example.net"

// times of a component, with what orders it.
func at(sequence, start, end string, more ...string) string {
	return fmt.Sprintf("SEQUENCE:%s\nDTSTAMP:2026030%sT1%s0000Z\nDTSTART:%s\nDTEND:%s\n%s", sequence, "1", sequence, start, end, strings.Join(more, "\n"))
}

func people(organizer string, attendees ...string) string {
	text := "ORGANIZER:mailto:" + organizer + "\n"
	for _, a := range attendees {
		if !strings.HasPrefix(a, "ATTENDEE") {
			a = "ATTENDEE;RSVP=TRUE:mailto:" + a
		}
		text += a + "\n"
	}
	return text
}

// states tells PARTSTAT of an attendee in a calendar, for the whole or, where there is no such thing, "".
func (o *office) state(cal, attendee string) string {
	object := o.objects()[cal+" u1"]
	if object == nil {
		return "no event"
	}
	for _, c := range object.Scheduled() {
		if u, ok := c.Attendee(addressOf(o.t, attendee)); ok {
			return u.Partstat
		}
	}
	return "not listed"
}

func (o *office) wantState(t *testing.T, cal, attendee, want string) {
	t.Helper()
	if got := o.state(cal, attendee); got != want {
		t.Errorf("%s has %s as %s, want %s", cal, attendee, got, want)
	}
}

func (o *office) cancelled(cal string) (whole bool, instances int) {
	object := o.objects()[cal+" u1"]
	if object == nil {
		return false, 0
	}
	for _, c := range object.Overrides() {
		if c.Cancelled() {
			instances++
		}
	}
	m := object.Master()
	return m != nil && m.Cancelled(), instances
}
