package invitation_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
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
	"usher/milter/message"
	"usher/milter/world"
	"usher/modules/invitation"
)

// office is people with calendars, some of whom answer by themselves, and the mails that are on their way between them.
type office struct {
	t         *testing.T
	calendars *calendar.Memory
	pipeline  *filter.Pipeline
	pending   []letter
	left      []letter // what people got to read
	outside   []letter // what left the house
}

// letter is one mail to one recipient.
type letter struct {
	role     filter.Role
	user     string
	from, to string
	text     string // header and body, LF line ends
}

var now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func newOffice(t *testing.T, d *ldapdir.Dir, before map[string][]string) *office {
	o := &office{t: t}
	o.calendars = calendar.NewMemory(calendar.Options{Now: func() time.Time { return now }})
	for cal, texts := range before {
		for _, text := range texts {
			o.keep(cal, text)
		}
	}
	host := filter.Host{Directory: d, Calendars: o.calendars, Hostname: "mx.example.org"}
	m, err := invitation.Module.Build(host, func(any) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	outbox := &world.Outbox{Deliver: o.deliver}
	o.pipeline = &filter.Pipeline{
		Steps:     []filter.Step{{Name: "invitation", PerRecipient: true, Own: true, Setting: filter.Setting{Module: m, OnError: filter.Defer}}},
		Directory: d, Log: slog.New(slog.DiscardHandler),
		World: world.New(world.Parts{Store: o.calendars, Submitter: outbox, Clock: func() time.Time { return now }, Hostname: "mx.example.org"}),
	}
	return o
}

// keep stores an object as a person's own program would.
func (o *office) keep(cal, text string) {
	o.t.Helper()
	objects, err := itip.Parse([]byte(text))
	if err != nil {
		o.t.Fatalf("%v in\n%s", err, text)
	}
	if err := o.calendars.Put(o.t.Context(), calendar.Put{Calendar: cal, UID: objects[0].UID(), Object: objects[0]}); err != nil {
		o.t.Fatal(err)
	}
}

// deliver is what becomes of a mail of ours: it leaves the house, or comes back in.
func (o *office) deliver(_ context.Context, m world.Mail) error {
	for _, to := range m.To {
		l := letter{role: filter.Own, to: to.Address, text: strings.ReplaceAll(string(m.Data), "\r\n", "\n")}
		if strings.HasSuffix(to.Address, "@example.org") {
			o.pending = append(o.pending, l)
		} else {
			o.outside = append(o.outside, l)
		}
	}
	return nil
}

// receive takes one mail through the pipeline. Whoever is not acted for gets it himself.
func (o *office) receive(l letter) {
	o.t.Helper()
	mail, err := message.Read(strings.NewReader(strings.ReplaceAll(l.text, "\n", "\r\n")), 1<<20)
	if err != nil {
		o.t.Fatal(err)
	}
	env := filter.Envelope{Role: l.role, Listener: string(l.role), User: l.user, Time: now, QueueID: "4TEST", Client: netip.MustParseAddr("192.0.2.1")}
	env.From, env.FromArg = addressOf(o.t, l.from), l.from
	rcpt := filter.Recipient{Address: addressOf(o.t, l.to), Arg: l.to}
	ctx, p := o.t.Context(), o.pipeline
	if r := p.Mail(ctx, &env); r != nil {
		o.t.Fatal(r)
	}
	if r := p.Rcpt(ctx, &env, rcpt); r != nil {
		o.t.Fatal(r)
	}
	if interest, _ := p.Header(ctx, &env, mail.Header); interest == filter.Nothing {
		o.left = append(o.left, l)
		return
	}
	out := p.Run(ctx, &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
	if out.Refuse != nil {
		o.t.Fatalf("refused: %s: %s", out.Refuse, out.Why())
	}
	if !out.Discard {
		o.left = append(o.left, l)
	}
}

func addressOf(t *testing.T, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func directoryOf(t *testing.T) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = "testdata/conversation.ldif", "dc=example,dc=org", []string{"example.org"}, "kolab"
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// objects are all that stands in the calendars, without the marks of who wrote last. Of what is cancelled it does not
// matter what was known of it before.
func (o *office) objects() map[string]*itip.Object {
	all := map[string]*itip.Object{}
	for cal, objects := range o.calendars.Snapshot() {
		for uid, text := range objects {
			parsed, err := itip.Parse([]byte(text))
			if err != nil {
				o.t.Fatal(err)
			}
			for _, c := range parsed[0].Scheduled() {
				c.Remove(itip.CauseProperty, "X-USHER-NOTICE")
				if c.Cancelled() {
					c.Remove("DTSTART", "DTEND", "ATTENDEE", "X-USHER-ANSWER")
				}
			}
			all[cal+" "+uid] = parsed[0]
		}
	}
	return all
}

// difference tells how two ends differ, "" if they do not.
func difference(a, b map[string]*itip.Object) string {
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if b[key] == nil || !itip.SameContent(a[key], b[key]) {
			return fmt.Sprintf("%s is\n%s\nand\n%s", key, encoded(a[key]), encoded(b[key]))
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("there are %q and %q", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	}
	return ""
}

func encoded(o *itip.Object) string {
	if o == nil {
		return "nothing"
	}
	return string(o.Encode())
}
