package itip

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// permutations calls yield with every order of n things.
func permutations(n int, yield func(order []int)) {
	order := make([]int, 0, n)
	used := make([]bool, n)
	var next func()
	next = func() {
		if len(order) == n {
			yield(order)
			return
		}
		for i := range n {
			if !used[i] {
				used[i], order = true, append(order, i)
				next()
				used[i], order = false, order[:len(order)-1]
			}
		}
	}
	next()
}

// converge applies messages in every order and holds that the end is the same. What a message finds outdated is
// part of it, and the answer of a delegate's delegate waits until the delegate is known (S5546-50); every other
// error is one.
func converge(t *testing.T, start *Object, n int, apply func(o *Object, i int) (*Object, error), state func(*Object) string) {
	t.Helper()
	var first string
	permutations(n, func(order []int) {
		o := start
		for waiting := order; len(waiting) > 0; {
			var held []int
			for _, i := range waiting {
				before := state(o)
				next, err := apply(o, i)
				switch {
				case state(o) != before:
					t.Fatalf("order %v: message %d changed its argument", order, i)
				case errors.Is(err, ErrNotListed):
					held = append(held, i)
				case errors.Is(err, ErrOutdated):
				case err != nil:
					t.Fatalf("order %v: message %d: %v", order, i, err)
				default:
					o = reparse(t, next)
				}
			}
			if len(held) == len(waiting) {
				t.Fatalf("order %v: messages %v wait for nothing", order, held)
			}
			waiting = held
		}
		if end := state(o); first == "" {
			first = end
		} else if end != first && !t.Failed() {
			t.Errorf("order %v ends otherwise than the first:\n%s\n\n%s", order, end, first)
		}
	})
}

// everything is all of an object that matters.
func everything(o *Object) string { return strings.ReplaceAll(canonical(o.Root), "\x01", "\n") }

// G-073: the organizer's object does not depend on the order in which answers arrive.
func TestAnswersConverge(t *testing.T) {
	when := func(n int) time.Time { return at("2026-02-01").Add(time.Duration(n) * time.Minute) }
	wed, thu := at("2026-03-04T09:00"), at("2026-03-05T09:00")
	conversations := []struct {
		name   string
		stored string
		make   func(request *Object) []*Object
	}{
		{"two attendees, series and instances", daily5 + people, func(request *Object) []*Object {
			part, err := ReplyEach(request, ann, Said{Partstat: Tentative}, []Said{{Instance: wed, Partstat: Declined, Comment: "away"}}, when(2))
			must(t, err)
			return []*Object{Reply(request, ann, Accepted, when(1), "yes"), part, Reply(request, bob, Declined, when(3), ""), Reply(request, bob, Accepted, when(4), "after all")}
		}},
		{"delegation, the delegate accepts and takes one instance back", daily5 + people, func(request *Object) []*Object {
			delegating, onward, err := Delegate(request, User{Address: bob}, User{Address: dan}, when(3), "")
			must(t, err)
			one, err := ReplyEach(onward, dan, Said{Partstat: Accepted}, []Said{{Instance: thu, Partstat: Declined}}, when(5))
			must(t, err)
			one.keep(func(c *Component) bool { return c.Has("RECURRENCE-ID") })
			part, err := ReplyEach(request, ann, Said{Partstat: Accepted}, []Said{{Instance: wed, Partstat: Tentative}}, when(2))
			must(t, err)
			return []*Object{delegating, Reply(onward, dan, Accepted, when(4), ""), one, part, Reply(request, ann, Declined, when(6), "")}
		}},
		{"S5546_47 the delegate declines, the delegator comes himself", daily5 + people, func(request *Object) []*Object {
			delegating, onward, err := Delegate(request, User{Address: bob}, User{Address: dan}, when(1), "")
			must(t, err)
			return []*Object{delegating, Reply(onward, dan, Declined, when(2), ""), Reply(request, bob, Accepted, when(3), "")}
		}},
		{"delegated twice", "DTSTART:20260302T090000Z\nDURATION:PT1H\n" + people, func(request *Object) []*Object {
			first, onward, err := Delegate(request, User{Address: bob}, User{Address: dan}, when(1), "")
			must(t, err)
			second, further, err := Delegate(onward, User{Address: dan}, User{Address: "eve@example.org"}, when(2), "")
			must(t, err)
			return []*Object{first, second, Reply(request, ann, Accepted, when(3), ""), Reply(further, "eve@example.org", Accepted, when(4), "")}
		}},
		{"a collection and its room", "DTSTART:20260302T090000Z\nDURATION:PT1H\n" + people + "ATTENDEE;CUTYPE=ROOM:mailto:rooms@example.org", func(request *Object) []*Object {
			delegating, onward, err := Delegate(request, User{Address: "rooms@example.org", Role: "NON-PARTICIPANT"}, User{Address: "blue@example.org", CUType: "ROOM"}, when(1), "")
			must(t, err)
			return []*Object{delegating, Reply(onward, "blue@example.org", Accepted, when(1), ""), Reply(request, ann, Accepted, when(3), ""), Reply(request, bob, Accepted, when(3), "")}
		}},
	}
	for _, tt := range conversations {
		t.Run(tt.name, func(t *testing.T) {
			stored := object(t, tt.stored)
			replies := tt.make(Message(stored, "REQUEST", at("2026-01-31")))
			converge(t, stored, len(replies), func(o *Object, i int) (*Object, error) {
				got, _, err := Answered(o, reparse(t, replies[i]), nil)
				return got, err
			}, everything)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// G-073: what of the organizer's later messages comes first makes no difference to when things take place, and to
// what the person has.
func TestUpdatesConverge(t *testing.T) {
	stored := object(t, strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:0", 1)+annsOwn)
	organizer := object(t, strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:0", 1)+invited)
	message := func(lines string) *Object { return object(t, lines) }
	cancel, err := Cancel(organizer, nil, []time.Time{at("2026-03-06T09:00")}, at("2026-02-04"))
	must(t, err)
	for _, c := range cancel.Scheduled() {
		c.SetSequence(3)
	}
	messages := []*Object{
		message("METHOD:REQUEST\n" + daily5 + strings.Replace(invited, "Talk", "Speech", 1)),
		message("METHOD:REQUEST\nDTSTAMP:20260203T000000Z\n" + strings.Replace(movedTue, "SEQUENCE:1", "SEQUENCE:2", 1) + invited),
		cancel,
		message("METHOD:REQUEST\nDTSTAMP:20260204T000000Z\n" + strings.Replace(movedTue, "SEQUENCE:1", "SEQUENCE:4", 1) + invited + "LOCATION:Here"),
	}
	for name, struck := range map[string]bool{"kept": true, "removed": false} {
		t.Run(name, func(t *testing.T) {
			converge(t, stored, len(messages), func(o *Object, i int) (*Object, error) {
				switch m := reparse(t, messages[i]); {
				case m.Method() != "CANCEL":
					return Merge(o, m, ann)
				case struck:
					return Struck(o, m, ann)
				default:
					rest, _, err := Cancelled(o, m, ann)
					return rest, err
				}
			}, func(o *Object) string {
				return starts(t, o, "2026-03-01", "2026-04-01", berlin) + "\n" + o.Master().Text("SUMMARY") + "\n" + o.Master().Text("CATEGORIES")
			})
		})
	}
}
