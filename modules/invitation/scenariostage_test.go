package invitation_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/filter"
	"usher/milter/imip"
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/invitation"
)

// stage is where a scenario is played: people with their policies and calendars, and what has come of mails so far.
// What the module sends comes back in as the service of role own takes it.
type stage struct {
	t         *testing.T
	people    map[string]*player
	calendars *calendar.Memory
	store     calendar.Store // the same, as the module and the world have it
	outbox    *world.Outbox
	pipeline  *filter.Pipeline // made with the first mail
	now       time.Time
	came      []result // of each mail
}

// result is what came of one mail.
type result struct {
	delivered bool
	replies   []reply
	notices   []string // texts to the one it was for
}

type reply struct{ from, partstat string }

func newStage(t *testing.T) *stage {
	s := &stage{t: t, people: map[string]*player{}, outbox: new(world.Outbox), now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	s.calendars = calendar.NewMemory(calendar.Options{Now: func() time.Time { return s.now }})
	s.store = s.calendars
	for key, name := range cast {
		s.people[key] = &player{name: name, language: "en"}
		s.put(addr(key)+"/tasks", "VTODO", "UID:old-"+key, "DTSTAMP:20250101T080000Z", "STATUS:COMPLETED") // a folder is there with something in it
	}
	s.outbox.Deliver = s.own
	return s
}

// open makes the pipeline of all that is known by then.
func (s *stage) open() {
	s.t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = filepath.Join(s.t.TempDir(), "people.ldif"), "dc=example,dc=org", []string{"example.org"}, "kolab"
	if err := os.WriteFile(cfg.LDIF, []byte(s.ldif()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	dir, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { dir.Close() })
	m, err := invitation.Module.Build(filter.Host{Directory: dir, Calendars: s.store, Hostname: "mx.example.org"}, func(any) error { return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	s.pipeline = &filter.Pipeline{Directory: dir, Log: slog.New(slog.DiscardHandler),
		World: world.New(world.Parts{Store: s.store, Submitter: s.outbox, Hostname: "mx.example.org", Clock: func() time.Time { return s.now }}),
		Steps: []filter.Step{{Name: "invitation", PerRecipient: true, Own: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}}}
}

// send hands a mail in as somebody logged in, and the same mail once more, as a queue does that has lost the answer:
// then nothing may be otherwise.
func (s *stage) send(from, to, calendar string) result { return s.sendTo(from, []string{to}, calendar) }

// sendTo does the same with one mail to several; what came of it is told of the first.
func (s *stage) sendTo(from string, all []string, calendar string) result {
	s.t.Helper()
	if s.pipeline == nil {
		s.open()
	}
	objects, err := itip.Parse([]byte(calendar))
	if err != nil || len(objects) != 1 {
		s.t.Fatalf("%v: %s", err, calendar)
	}
	method := objects[0].Method()
	mail := fmt.Sprintf("From: %[1]s\r\nTo: %[2]s\r\nSubject: test\r\nDate: %[3]s\r\nMessage-ID: <%[4]d@client>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method=%[5]s\r\n\r\n%[6]s",
		addr(from), addr(all[0]), s.now.Format(time.RFC1123Z), len(s.came), method, calendar)
	sent := len(s.outbox.Mails())
	r := result{delivered: s.hand(filter.Submission, from, all, mail)}
	for _, m := range s.outbox.Mails()[sent:] {
		r.take(m, addr(all[0]))
	}
	calendars, mails := s.calendars.Snapshot(), s.outbox.Distinct()
	again := s.hand(filter.Submission, from, all, mail)
	gone := method == "CANCEL" && s.held(all[0], objects[0].UID()) == nil // then nobody knows any more what it was about
	if again != r.delivered && !gone || !reflect.DeepEqual(calendars, s.calendars.Snapshot()) || !slices.Equal(mails, s.outbox.Distinct()) {
		s.t.Errorf("a %s that comes twice is not done once: delivered %v and %v,\n%v\n%v\n%q\n%q", method, r.delivered, again,
			calendars[addr(all[0])], s.calendars.Snapshot()[addr(all[0])], mails, s.outbox.Distinct())
	}
	s.came = append(s.came, r)
	s.now = s.now.Add(time.Minute)
	return r
}

// hand takes a mail through the pipeline and tells whether it is delivered to anybody.
func (s *stage) hand(role filter.Role, from string, all []string, mail string) bool {
	s.t.Helper()
	m, err := message.Read(strings.NewReader(mail), 1<<20)
	if err != nil {
		s.t.Fatal(err)
	}
	env := filter.Envelope{Role: role, Listener: string(role), Time: s.now, QueueID: "4TEST"}
	if role == filter.Submission {
		env.User, env.FromArg, env.From = from, addr(from), address.Must(addr(from))
	}
	ctx := context.Background()
	s.pipeline.Mail(ctx, &env)
	for _, to := range all {
		s.pipeline.Rcpt(ctx, &env, filter.Recipient{Address: address.Must(addr(to)), Arg: addr(to)})
	}
	if interest, _ := s.pipeline.Header(ctx, &env, m.Header); interest == filter.Nothing {
		return true
	}
	o := s.pipeline.Run(ctx, &filter.Tx{Envelope: env, Message: m, Log: s.pipeline.Log})
	if o.Refuse != nil {
		s.t.Errorf("the mail to %s is refused: %s: %s", all, o.Refuse, o.Why())
	}
	if o.Message != nil {
		s.t.Errorf("the mail to %s is changed", all)
	}
	return !o.Discard
}

// own takes a mail of the module back in.
func (s *stage) own(_ context.Context, m world.Mail) error {
	for _, to := range m.To {
		if key, ours := keyOf(to.Address); ours {
			s.hand(filter.Own, "", []string{key}, string(m.Data))
		}
	}
	return nil
}

// take sorts a mail that was sent.
func (r *result) take(m world.Mail, person string) {
	mail, err := message.Read(bytes.NewReader(m.Data), 1<<20)
	if err != nil {
		return
	}
	items := imip.Read(mail).Items
	for _, i := range items {
		if i.Object.Method() == "REPLY" {
			u, _ := itip.Answerer(i.Object)
			key, _ := keyOf(u.Address.String())
			r.replies = append(r.replies, reply{key, u.Partstat})
		}
	}
	if len(items) == 0 && slices.ContainsFunc(m.To, func(to world.Recipient) bool { return to.Address == person }) {
		for p := range mail.Parts() {
			if text, err := p.Text(1 << 16); err == nil && p.MediaType() == "text/plain" {
				r.notices = append(r.notices, mail.Header.Get("Subject")+"\n"+text)
				return
			}
		}
	}
}
