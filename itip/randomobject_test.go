package itip

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzConversation is FuzzMessages with objects that mostly fit each other.
func FuzzConversation(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		stored, err := Parse([]byte(randomObject(r, "")))
		incoming, errB := Parse([]byte(randomObject(r, pick(r, "REQUEST", "REPLY", "CANCEL", "ADD"))))
		if err != nil || errB != nil {
			return // two overrides of one kind may contradict each other
		}
		affect(t, stored[0], incoming[0])
	})
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// randomObject makes a series, single instances or both, of a few days and hours only, so that what is picked
// often meets.
func randomObject(r *rand.Rand, method string) string {
	day := func() string { return fmt.Sprintf("2026030%d", 1+r.IntN(7)) }
	when := func(name string) string {
		switch r.IntN(6) {
		case 0:
			return name + ";VALUE=DATE:" + day()
		case 1:
			return name + ":" + day() + "T" + pick(r, "090000Z", "110000Z")
		case 2:
			return name + ":" + day() + "T100000"
		}
		return name + ";TZID=Europe/Berlin:" + day() + "T" + pick(r, "100000", "100000", "120000")
	}
	person := func() string {
		return "ATTENDEE" + pick(r, "", "", ";RSVP=TRUE", ";ROLE=CHAIR", ";DELEGATED-FROM=\"mailto:ann@example.org\"", ";DELEGATED-TO=\"mailto:dan@example.org\"", ";X-RESPONSE-COMMENT=hm") +
			pick(r, "", ";PARTSTAT=ACCEPTED", ";PARTSTAT=DECLINED", ";PARTSTAT=DELEGATED") + ":mailto:" + pick(r, "ann", "bob", "dan") + "@example.org"
	}
	component := func(override bool) string {
		ls := []string{"UID:u1", "ORGANIZER:mailto:boss@example.org", when("DTSTART"), pick(r, "DURATION:PT1H", "DURATION:P1D", when("DTEND"), "X-NONE:1"),
			"SEQUENCE:" + pick(r, "0", "1", "2"), "DTSTAMP:2026010" + pick(r, "1", "2") + "T000000Z", "SUMMARY:" + pick(r, "Talk", "Speech"), person()}
		if method != "REPLY" {
			ls = append(ls, person(), person())
		}
		if override {
			ls = append(ls, strings.Replace(when("RECURRENCE-ID"), "RECURRENCE-ID", "RECURRENCE-ID"+pick(r, "", "", ";RANGE=THISANDFUTURE"), 1))
		} else if method != "ADD" || r.IntN(9) == 0 {
			ls = append(ls, pick(r, "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;COUNT=4", "RRULE:FREQ=DAILY;UNTIL=20260305T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE", when("RDATE"), "X-NONE:1"),
				pick(r, when("RDATE"), "RDATE;VALUE=PERIOD:20260304T090000Z/PT3H", "X-NONE:1", "X-NONE:1"), pick(r, when("EXDATE"), "X-NONE:1"), pick(r, when("EXDATE"), "X-NONE:1"))
		}
		ls = append(ls, pick(r, "STATUS:CANCELLED", "STATUS:CONFIRMED", "X-NONE:1", "X-NONE:1"), pick(r, "TRANSP:TRANSPARENT", "CATEGORIES:A", "X-OWN:1", "REQUEST-STATUS:3.7;no", "COMMENT:so"))
		if r.IntN(3) == 0 {
			ls = append(ls, "BEGIN:VALARM", "TRIGGER:-PT"+pick(r, "5", "9")+"M", "ACKNOWLEDGED:20260101T000000Z", "END:VALARM")
		}
		return "BEGIN:VEVENT\n" + strings.Join(ls, "\n") + "\nEND:VEVENT\n"
	}
	b := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n"
	if method != "" {
		b += "METHOD:" + method + "\n"
	}
	master := r.IntN(4) > 0
	if master {
		b += component(false)
	}
	for range r.IntN(3) {
		b += component(true)
		master = true
	}
	if !master {
		b += component(true)
	}
	return b + "END:VCALENDAR\n"
}
