package resource_test

import (
	"fmt"
	"log/slog"
	"math/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/resource"
)

// site is one pipeline with these settings over a store.
func site(t testing.TB, settings string, store calendar.Store) (*filter.Pipeline, *world.Outbox) {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = "../../examples/office/office.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	dir, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	m, err := resource.Module.Build(filter.Host{Directory: dir, Calendars: store},
		func(into any) error { return config.Decode("resource", ".", []byte(settings), into) })
	if err != nil {
		t.Fatal(err)
	}
	outbox := new(world.Outbox)
	return &filter.Pipeline{Directory: dir, Log: slog.New(slog.DiscardHandler),
		World: world.New(world.Parts{Store: store, Submitter: outbox, Hostname: "mx.example.org"}),
		Steps: []filter.Step{{Name: "resource", PerRecipient: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}}}, outbox
}

const utc = "20060102T150405Z"

// asked hands an invitation of the room for a stretch of time in and gives what the room answers.
func asked(t *testing.T, settings string, store calendar.Store, uid string, from, to time.Time) string {
	t.Helper()
	p, outbox := site(t, settings, store)
	text := fmt.Sprintf(strings.ReplaceAll(invitation, "20260309T%02[2]d0000Z\r\nDTEND:20260309T%02[3]d0000Z", "%[2]s\r\nDTEND:%[3]s"),
		uid, from.Format(utc), to.Format(utc))
	mail, err := message.Read(strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	env := filter.Envelope{Role: filter.Submission, User: "doe", From: "john.doe@example.org", Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	p.Mail(t.Context(), &env)
	p.Rcpt(t.Context(), &env, filter.Recipient{Address: "room@example.org", Arg: "room@example.org"})
	o := p.Run(t.Context(), &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
	if mails := outbox.Mails(); len(mails) == 1 {
		return string(mails[0].Data)
	}
	t.Fatalf("no answer: %s", o.Why())
	return ""
}

// offered are the times that a decline offers.
func offered(t *testing.T, answer string) (spans [][2]time.Time) {
	t.Helper()
	answer = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(answer, "=\r\n", ""), "=E2=80=93", "-"), "\r\n", "\n")
	_, list, _ := strings.Cut(answer, "It could be booked instead:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	line := regexp.MustCompile(`^- (\S+) (\S+?)(?:-| - (\S+) )(\d\d:\d\d) UTC$`)
	for _, l := range strings.Split(strings.TrimSpace(list), "\n") {
		if l == "" {
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("what is %q", l)
		}
		if m[3] == "" {
			m[3] = m[1]
		}
		from, errFrom := time.Parse("2006-01-02 15:04", m[1]+" "+m[2])
		to, errTo := time.Parse("2006-01-02 15:04", m[3]+" "+m[4])
		if errFrom != nil || errTo != nil {
			t.Fatalf("%q: %v, %v", l, errFrom, errTo)
		}
		spans = append(spans, [2]time.Time{from, to})
	}
	return spans
}

// TestWhatIsOfferedIsAccepted: whatever the rules and the bookings are, each time that a decline offers is accepted
// when it is asked for at once.
func TestWhatIsOfferedIsAccepted(t *testing.T) {
	rules := []string{"", "work_hours_only: true\nzone: Europe/Berlin\n", "buffer_before: 20m\nbuffer_after: 10m\n", "parallel: 2\n", "booking_window: 9d\n",
		"work_hours_only: true\nbuffer_after: 45m\nparallel: 2\nmax_duration: 3h\n"}
	r := rand.New(rand.NewSource(1))
	offers := 0
	for round := range 60 {
		settings := "alternatives: 3\n" + rules[round%len(rules)]
		store := calendar.NewMemory(calendar.Options{})
		start := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
		for n := range 5 + r.Intn(60) {
			from := start.Add(time.Duration(r.Intn(10*24*12)) * 5 * time.Minute)
			put(t, store, fmt.Sprintf("b%d", n), from, from.Add(time.Duration(1+r.Intn(40))*5*time.Minute))
		}
		from := start.Add(time.Duration(8*60+r.Intn(8*60)) * time.Minute)
		length := time.Duration(15+r.Intn(150)) * time.Minute
		if round%2 == 0 {
			put(t, store, "b0", from, from.Add(time.Hour))
			put(t, store, "b1", from, from.Add(time.Hour))
		}
		for n, s := range offered(t, asked(t, settings, store.Clone(), "wanted", from, from.Add(length))) {
			offers++
			if s[1].Sub(s[0]) != length {
				t.Errorf("round %d: %v are offered for %v", round, s[1].Sub(s[0]), length)
			}
			if answer := asked(t, settings, store.Clone(), fmt.Sprintf("offer-%d", n), s[0], s[1]); !strings.Contains(answer, "\r\nSubject: Accepted") {
				t.Errorf("round %d, %s: %v was offered and is not accepted\n%s", round, settings, s, answer)
			}
		}
	}
	if offers < 60 {
		t.Errorf("only %d offers were tried", offers)
	}
}

func put(t *testing.T, store calendar.Store, uid string, from, to time.Time) {
	t.Helper()
	os, err := itip.Parse([]byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" +
		from.Format(utc) + "\r\nDTEND:" + to.Format(utc) + "\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, base, err := store.Find(t.Context(), "shared/Resources/Blue@example.org", uid)
	if err == nil {
		err = store.Put(t.Context(), calendar.Put{Calendar: "shared/Resources/Blue@example.org", UID: uid, Object: os[0], Base: base})
	}
	if err != nil {
		t.Fatal(err)
	}
}
