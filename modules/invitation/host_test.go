package invitation_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/invitation"
)

// morning is when every mail of these tests comes.
var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// host is a pipeline with the module alone, and all it works with.
type host struct {
	*filter.Pipeline
	store  calendar.Store
	outbox *world.Outbox
}

// someone is a person of the directory with policies in their order.
func someone(uid, domain string, policies ...string) string {
	base := "dc=" + strings.ReplaceAll(domain, ".", ",dc=")
	entry := fmt.Sprintf("\ndn: uid=%[1]s,%[3]s\nobjectClass: inetOrgPerson\nobjectClass: kolabInetOrgPerson\nuid: %[1]s\ncn: %[1]s\nsn: %[1]s\nmail: %[1]s@%[2]s\n", uid, domain, base)
	for i, p := range policies {
		entry += fmt.Sprintf("kolabInvitationPolicy: {%d}%s\n", i, p)
	}
	return entry
}

// newHost serves a domain; options are of its world.
func newHost(t *testing.T, domain, people, settings string, store calendar.Store, options ...world.Option) *host {
	t.Helper()
	return newHostOn(t, ldif.Open, domain, people, settings, store, options...)
}

// newHostOn is newHost with a directory of another kind.
func newHostOn(t *testing.T, open ldapdir.Open, domain, people, settings string, store calendar.Store, options ...world.Option) *host {
	t.Helper()
	base := "dc=" + strings.ReplaceAll(domain, ".", ",dc=")
	file := filepath.Join(t.TempDir(), "people.ldif")
	text := "dn: " + base + "\nobjectClass: dcObject\nobjectClass: organization\ndc: x\no: x\n" + people
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = file, base, []string{domain}, "kolab"
	dir, err := ldapdir.New(cfg, open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	h := &host{store: store, outbox: new(world.Outbox)}
	m := build(t, filter.Host{Directory: dir, Calendars: store, Hostname: "mx." + domain, Trust: filter.Trust{AuthservID: "mx." + domain}}, settings)
	h.Pipeline = &filter.Pipeline{Directory: dir, Log: slog.New(slog.DiscardHandler),
		World: world.New(world.Parts{Store: store, Submitter: h.outbox, Hostname: "mx." + domain, Clock: func() time.Time { return morning }}, options...),
		Steps: []filter.Step{{Name: "invitation", PerRecipient: true, Own: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}}}
	return h
}

// again is the same host after it was started anew: its world has forgotten the options.
func (h *host) again() *host {
	p := *h.Pipeline
	p.World = world.New(world.Parts{Store: h.store, Submitter: h.outbox, Hostname: "mx.example.org", Clock: func() time.Time { return morning }})
	return &host{&p, h.store, h.outbox}
}

// put keeps an object in a calendar.
func (h *host) put(t *testing.T, cal, text string) {
	t.Helper()
	o := parse(t, text)
	if err := h.store.Put(t.Context(), calendar.Put{Calendar: cal, UID: o.UID(), Object: o}); err != nil {
		t.Fatal(err)
	}
}

// event is what a calendar holds.
func (h *host) event(t *testing.T, cal, uid string) *itip.Object {
	t.Helper()
	o, ok, _, err := h.store.Find(t.Context(), cal, uid)
	if err != nil || !ok {
		t.Fatalf("%s has no %s: %v", cal, uid, err)
	}
	return o
}

// partstats are how people stand to an event, as a calendar has it: "ann ACCEPTED".
func (h *host) partstats(t *testing.T, cal, uid string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, u := range h.event(t, cal, uid).Master().Attendees() {
		all[u.Address.Local()] = u.Partstat
	}
	return all
}

// sent are the subjects of the mails that went out.
func (h *host) sent() (subjects []string) {
	for _, m := range h.outbox.Mails() {
		mail, err := message.Read(strings.NewReader(string(m.Data)), 1<<20)
		if err == nil {
			subjects = append(subjects, mail.Header.Get("Subject"))
		}
	}
	return subjects
}

// receive hands a mail in.
func (h *host) receive(t *testing.T, env filter.Envelope, mail *message.Message, rcpts ...string) filter.Outcome {
	t.Helper()
	if env.Time.IsZero() {
		env.Time = morning
	}
	h.Mail(t.Context(), &env)
	for _, a := range rcpts {
		h.Rcpt(t.Context(), &env, filter.Recipient{Address: address.Must(a), Arg: a})
	}
	return h.Run(t.Context(), &filter.Tx{Envelope: env, Message: mail, Log: h.Log})
}

// answer hands in what somebody who logs in says to boss@example.org about an event.
func (h *host) answer(t *testing.T, uid, who, partstat string) filter.Outcome {
	t.Helper()
	return h.receive(t, filter.Envelope{Role: filter.Submission, User: who, From: address.Address(who + "@example.org")},
		imipMail(t, who+"@example.org", "boss@example.org", "REPLY", uid, "ORGANIZER:mailto:boss@example.org\r\nATTENDEE;PARTSTAT="+partstat+":mailto:"+who+"@example.org"), "boss@example.org")
}

// imipMail is a message about an event of an hour, made a quarter of an hour ago.
func imipMail(t *testing.T, from, to, method, uid, lines string) *message.Message {
	t.Helper()
	text := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: x\r\nMIME-Version: 1.0\r\nMessage-ID: <%s-%s@client>\r\nContent-Type: text/calendar; method=%s; charset=utf-8\r\n\r\n%s",
		from, to, method, uid, method, object(method, uid, lines))
	mail, err := message.Read(strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return mail
}

func object(method, uid, lines string) string {
	if method != "" {
		method = "METHOD:" + method + "\r\n"
	}
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + method + "BEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20260302T074500Z\r\nDTSTART:20260309T100000Z\r\nDTEND:20260309T110000Z\r\nSUMMARY:Budget\r\n" + lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func parse(t *testing.T, text string) *itip.Object {
	t.Helper()
	objects, err := itip.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return objects[0]
}

// build makes the module with settings (YAML).
func build(t *testing.T, h filter.Host, settings string) filter.Module {
	t.Helper()
	m, err := invitation.Module.Build(h, decoder(t, settings))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rewritten is a mail with other words in it.
func rewritten(t *testing.T, mail *message.Message, old, new string) *message.Message {
	t.Helper()
	var b strings.Builder
	if _, err := mail.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	mail, err := message.Read(strings.NewReader(strings.ReplaceAll(b.String(), old, new)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return mail
}
