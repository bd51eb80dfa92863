package resource_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/resource"
)

// pool is a directory with a collection of rooms; rules are key=value of the collection.
func pool(t *testing.T, rooms int, rules ...string) *ldapdir.Dir {
	t.Helper()
	base, err := os.ReadFile("testdata/collections/office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(base)
	collection := "\ndn: cn=Desks,ou=Resources,dc=example,dc=org\nobjectClass: groupOfUniqueNames\nobjectClass: kolabGroupOfUniqueNames\n" +
		"cn: Desks\nmail: desks@example.org\n"
	for n := range rooms {
		name := fmt.Sprintf("Desk %02d", n)
		collection += "uniqueMember: cn=" + name + ",ou=Resources,dc=example,dc=org\n"
		fmt.Fprintf(&b, "\ndn: cn=%s,ou=Resources,dc=example,dc=org\nobjectClass: device\nobjectClass: kolabSharedFolder\nobjectClass: kolabResource\n"+
			"objectClass: mailRecipient\ncn: %[1]s\nmail: desk%02[2]d@example.org\nkolabTargetFolder: shared/desk%02[2]d@example.org\nkolabFolderType: event\n", name, n)
	}
	for _, r := range rules {
		collection += "kolabDescAttribute: " + r + "\n"
	}
	b.WriteString(collection)
	file := filepath.Join(t.TempDir(), "office.ldif")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = file, "dc=example,dc=org", []string{"example.org"}, "kolab"
	dir, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

// hostOf is a pipeline with settings over a directory and a store.
func hostOf(t *testing.T, settings string, dir *ldapdir.Dir, store calendar.Store, outbox *world.Outbox) *filter.Pipeline {
	t.Helper()
	m, err := resource.Module.Build(filter.Host{Directory: dir, Calendars: store},
		func(into any) error { return config.Decode("resource", ".", []byte(settings), into) })
	if err != nil {
		t.Fatal(err)
	}
	return &filter.Pipeline{Directory: dir, Log: slog.New(slog.DiscardHandler),
		World: world.New(world.Parts{Store: store, Submitter: outbox, Hostname: "mx.example.org"}),
		Steps: []filter.Step{{Name: "resource", PerRecipient: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}}}
}

// wants hands an invitation of one address for a stretch of time in.
func wants(t *testing.T, p *filter.Pipeline, uid, rcpt string, from, to time.Time) filter.Outcome {
	t.Helper()
	text := fmt.Sprintf("From: John Doe <john.doe@example.org>\r\nTo: %[2]s\r\nMIME-Version: 1.0\r\nMessage-ID: <%[1]s@client>\r\n"+
		"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\n"+
		"BEGIN:VEVENT\r\nUID:%[1]s\r\nDTSTAMP:20260301T120000Z\r\nDTSTART:%[3]s\r\nDTEND:%[4]s\r\nSUMMARY:x\r\n"+
		"ORGANIZER:mailto:john.doe@example.org\r\nATTENDEE;RSVP=TRUE:mailto:%[2]s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		uid, rcpt, from.Format(utc), to.Format(utc))
	mail, err := message.Read(strings.NewReader(text), 1<<20)
	if err != nil {
		t.Error(err)
	}
	env := filter.Envelope{Role: filter.Submission, User: "doe", From: "john.doe@example.org", Time: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	p.Mail(t.Context(), &env)
	p.Rcpt(t.Context(), &env, filter.Recipient{Address: address.Must(rcpt), Arg: rcpt})
	return p.Run(t.Context(), &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
}

// TestRivalsForACollection: forty people want one of ten desks at the same moment, through one host and through two.
// Ten get one each, thirty are told that there is none, and nobody is told to try again.
func TestRivalsForACollection(t *testing.T) {
	const desks, rivals = 10, 40
	at := time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)
	for _, strategy := range []string{"first", "random"} {
		dir := pool(t, desks, "strategy="+strategy)
		folders, err := calendar.OpenDir(t.TempDir(), calendar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, store := range map[string]calendar.Store{"memory": calendar.NewMemory(calendar.Options{}), "dir": folders} {
			for n := range 2 {
				t.Run(fmt.Sprintf("%s, %s, %d hosts", strategy, name, n+1), func(t *testing.T) {
					outbox := new(world.Outbox)
					all := []*filter.Pipeline{hostOf(t, "", dir, store, outbox), hostOf(t, "", dir, store, outbox)}[:n+1]
					var wg sync.WaitGroup
					for r := range rivals {
						wg.Go(func() {
							uid := fmt.Sprintf("u-%d-%d", n, r)
							if o := wants(t, all[r%len(all)], uid, "desks@example.org", at.AddDate(0, 0, n), at.AddDate(0, 0, n).Add(time.Hour)); !o.Discard {
								t.Errorf("%s: %v after %d attempts: %s", uid, o.Refuse, o.Attempts, o.Why())
							}
						})
					}
					wg.Wait()
					said := map[string]int{}
					for _, m := range outbox.Mails() {
						_, subject, _ := strings.Cut(string(m.Data), "\r\nSubject: ")
						word, _, _ := strings.Cut(subject, ":")
						said[word]++
					}
					if said["Accepted"] != desks || said["Declined"] != rivals-desks || said["Passed on"] != desks {
						t.Errorf("answers are %v", said)
					}
				})
			}
		}
	}
}
