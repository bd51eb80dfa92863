package resource_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/milter/filter"
	"usher/milter/message"
)

// BenchmarkPlan is a decision on a warm room of the directory store, without what follows of it: for an event, and for
// a weekly series, in a room with a hundred objects and in one with twenty thousand.
func BenchmarkPlan(b *testing.B) {
	series := strings.Replace(invitation, "SUMMARY:x", "RRULE:FREQ=WEEKLY;COUNT=50\r\nSUMMARY:x", 1)
	for _, n := range []int{100, 20_000} {
		p := crowded(b, n)
		for name, text := range map[string]string{"event": invitation, "series": series} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				mail, err := message.Read(strings.NewReader(fmt.Sprintf(text, "u", 3, 4)), 1<<20)
				if err != nil {
					b.Fatal(err)
				}
				env := filter.Envelope{Role: filter.Submission, User: "doe", From: "john.doe@example.org", Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
				p.Mail(b.Context(), &env)
				p.Rcpt(b.Context(), &env, filter.Recipient{Address: address.Must("room@example.org"), Arg: "room@example.org"})
				planned(b, p, env, mail) // warm
				for b.Loop() {
					planned(b, p, env, mail)
				}
			})
		}
	}
}

func planned(b *testing.B, p *filter.Pipeline, env filter.Envelope, mail *message.Message) {
	b.Helper()
	plan, err := p.Steps[0].Module.Plan(b.Context(), &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
	if err != nil || len(plan.Effects) != 2 {
		b.Fatalf("%v: %s", err, plan.Why)
	}
}

// crowded is a pipeline over a folder in which the room has so many bookings, five a day.
func crowded(b *testing.B, n int) *filter.Pipeline {
	b.Helper()
	root := b.TempDir()
	room := filepath.Join(root, "shared", "Resources", "Blue@example.org")
	if err := os.MkdirAll(room, 0o750); err != nil {
		b.Fatal(err)
	}
	for name, text := range calendartest.Texts(n) {
		if err := os.WriteFile(filepath.Join(room, name+".ics"), text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(2 * time.Second) // until then a file may change without showing it
	store, err := calendar.OpenDir(root, calendar.Options{Index: 100_000})
	if err != nil {
		b.Fatal(err)
	}
	p, _ := site(b, "expire_days: 3650\n", store)
	return p
}
