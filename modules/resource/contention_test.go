package resource_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/resource"
)

const invitation = "From: John Doe <john.doe@example.org>\r\nTo: room@example.org\r\nMIME-Version: 1.0\r\n" +
	"Message-ID: <%[1]s@client>\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" +
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:%[1]s\r\nDTSTAMP:20260301T120000Z\r\n" +
	"DTSTART:20260309T%02[2]d0000Z\r\nDTEND:20260309T%02[3]d0000Z\r\nSUMMARY:x\r\nORGANIZER:mailto:john.doe@example.org\r\n" +
	"ATTENDEE:mailto:room@example.org\r\nATTENDEE:mailto:green@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// hosts are pipelines as several hosts would run them, over one store.
func hosts(t *testing.T, n int, store calendar.Store, outbox *world.Outbox) []*filter.Pipeline {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = "../../examples/office/office.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	dir, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	m, err := resource.Module.Build(filter.Host{Directory: dir, Calendars: store}, func(any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var all []*filter.Pipeline
	for range n {
		all = append(all, &filter.Pipeline{Directory: dir, Log: slog.New(slog.DiscardHandler),
			World: world.New(world.Parts{Store: store, Submitter: outbox, Hostname: "mx.example.org"}),
			Steps: []filter.Step{{Name: "resource", PerRecipient: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}}})
	}
	return all
}

// invite hands an invitation for both rooms in, and says what became of the mail.
func invite(t *testing.T, p *filter.Pipeline, uid string, hour int, rooms ...string) filter.Outcome {
	t.Helper()
	mail, err := message.Read(strings.NewReader(fmt.Sprintf(invitation, uid, hour, hour+1)), 1<<20)
	if err != nil {
		t.Error(err)
	}
	env := filter.Envelope{Role: filter.Submission, User: "doe", From: "john.doe@example.org", Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	p.Mail(t.Context(), &env)
	for _, room := range rooms {
		p.Rcpt(t.Context(), &env, filter.Recipient{Address: address.Must(room), Arg: room})
	}
	return p.Run(t.Context(), &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
}

// TestRivals: many invite two rooms at once, in either order, through one host and through two. Nobody is told to
// try again, everybody is answered by each room, and each hour is booked once in each.
func TestRivals(t *testing.T) {
	const hours, rivals = 3, 8
	dir, err := calendar.OpenDir(t.TempDir(), calendar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]calendar.Store{"memory": calendar.NewMemory(calendar.Options{}), "dir": dir} {
		for n := range 2 {
			t.Run(fmt.Sprintf("%s, %d hosts", name, n+1), func(t *testing.T) {
				outbox := new(world.Outbox)
				all := hosts(t, n+1, store, outbox)
				var wg sync.WaitGroup
				for h := range hours {
					for r := range rivals {
						wg.Go(func() {
							rooms := []string{"room@example.org", "green@example.org"}
							uid := fmt.Sprintf("u-%d-%d-%d", n, h, r)
							o := invite(t, all[r%len(all)], uid, 8+8*n+h, rooms[r%2], rooms[1-r%2])
							if !o.Discard {
								t.Errorf("%s: %v after %d attempts: %s", uid, o.Refuse, o.Attempts, o.Why())
							}
						})
					}
				}
				wg.Wait()
				accepted := 0
				mails := outbox.Mails()
				for _, m := range mails {
					if strings.Contains(string(m.Data), "\r\nSubject: Accepted") {
						accepted++
					}
				}
				if len(mails) != 2*hours*rivals || accepted != 2*hours {
					t.Errorf("%d answers, %d of them yes; want %d and %d", len(mails), accepted, 2*hours*rivals, 2*hours)
				}
			})
		}
	}
}
