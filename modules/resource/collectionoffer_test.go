package resource_test

import (
	"fmt"
	"math/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/world"
)

// answersTo are the mails that an invitation leads to, soft line ends taken out.
func answersTo(t *testing.T, settings string, dir *ldapdir.Dir, store calendar.Store, uid, rcpt string, from, to time.Time) (texts []string) {
	t.Helper()
	outbox := new(world.Outbox)
	if o := wants(t, hostOf(t, settings, dir, store, outbox), uid, rcpt, from, to); !o.Discard {
		t.Fatalf("%s: %v: %s", rcpt, o.Refuse, o.Why())
	}
	for _, m := range outbox.Mails() {
		texts = append(texts, strings.ReplaceAll(string(m.Data), "=\r\n", ""))
	}
	return texts
}

func booked(texts []string) bool {
	return len(texts) > 0 && strings.Contains(texts[len(texts)-1], "\r\nSubject: Accepted")
}

func occupy(t *testing.T, store calendar.Store, cal, uid string, from, to time.Time) {
	t.Helper()
	os, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" +
		from.Format(utc) + "\r\nDTEND:" + to.Format(utc) + "\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err == nil {
		err = store.Put(t.Context(), calendar.Put{Calendar: cal, UID: uid, Object: os[0]})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatACollectionOffersIsAccepted: whatever is booked, each time that a collection offers when it declines is
// accepted when it is asked for at once, and so is each other member that a member names in its place.
func TestWhatACollectionOffersIsAccepted(t *testing.T) {
	const desks = 3
	dir := pool(t, desks)
	member := regexp.MustCompile(` \(Desk \d\d\)`)
	other := regexp.MustCompile(`\r\n- Desk \d\d <(desk\d\d@example\.org)>`)
	r := rand.New(rand.NewSource(2))
	times, members := 0, 0
	for round := range 40 {
		settings := []string{"alternatives: 3\n", "buffer_after: 20m\n", "alternatives: 2\nwork_hours_only: true\n"}[round%3]
		store := calendar.NewMemory(calendar.Options{})
		from := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
		to := from.Add(time.Duration(30+r.Intn(120)) * time.Minute)
		for d := range desks {
			cal := fmt.Sprintf("shared/desk%02d@example.org", d)
			if d == 0 || round%2 == 0 {
				occupy(t, store, cal, "always", from.Add(-time.Hour), from.Add(time.Duration(1+r.Intn(8))*15*time.Minute))
			}
			for n := range 20 {
				start := from.Add(time.Duration(24+r.Intn(5*24*4)) * 15 * time.Minute)
				occupy(t, store, cal, fmt.Sprint("b", n), start, start.Add(time.Duration(1+r.Intn(20))*15*time.Minute))
			}
		}
		said := answersTo(t, settings, dir, store.Clone(), "wanted", "desks@example.org", from, to)
		if !booked(said) {
			for n, s := range offered(t, member.ReplaceAllString(said[0], "")) {
				times++
				if got := answersTo(t, settings, dir, store.Clone(), fmt.Sprint("offer-", n), "desks@example.org", s[0], s[1]); !booked(got) {
					t.Errorf("round %d: %v was offered and is not accepted\n%s", round, s, got)
				}
			}
		}
		for _, text := range answersTo(t, settings, dir, store.Clone(), "wanted", "desk00@example.org", from, to) {
			for _, m := range other.FindAllStringSubmatch(text, -1) {
				members++
				if got := answersTo(t, settings, dir, store.Clone(), "wanted", m[1], from, to); !booked(got) {
					t.Errorf("round %d: %s was named and does not accept\n%s", round, m[1], got)
				}
			}
		}
	}
	if times < 20 || members < 10 {
		t.Errorf("only %d times and %d members were tried", times, members)
	}
}
