package envelope

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

// ldifOf writes entries as a directory in a file.
func ldifOf(entries map[string]map[string]any) []byte {
	var b bytes.Buffer
	line := func(name, value string) {
		if plain := isASCII(value) && value != "" && strings.TrimLeft(value, " :<") == value && !strings.ContainsAny(value, "\n"); plain {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		} else {
			fmt.Fprintf(&b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString([]byte(value)))
		}
	}
	for _, dn := range slices.Sorted(maps.Keys(entries)) {
		line("dn", dn)
		attrs := attrsOf(entries[dn])
		for _, name := range slices.Sorted(maps.Keys(attrs)) {
			for _, v := range attrs[name] {
				line(name, v)
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// faulty is a backend whose content can be changed and that can be switched off.
type faulty struct {
	mu   sync.Mutex
	file ldapdir.Backend
	down bool
}

func (b *faulty) Search(ctx context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return nil, ldapdir.ErrUnavailable
	}
	return b.file.Search(ctx, q)
}

func (*faulty) Close() error { return nil }

// open is the case's directory as it is at now: what the case says is cached was asked before, at its age.
func (c *caseOf) open(t testing.TB, now time.Time) *ldapdir.Dir {
	t.Helper()
	cfg := c.directoryConfig(t)
	backend := &faulty{}
	serve := func(entries map[string]map[string]any) {
		file, err := ldif.Parse("case.ldif", ldifOf(entries), cfg.Complete().Profile)
		if err != nil {
			t.Fatal(err)
		}
		backend.file = file
	}
	clock := now
	d, err := ldapdir.New(cfg, func(ldapdir.Profile, *slog.Logger) (ldapdir.Backend, error) { return backend, nil },
		func() time.Time { return clock }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for dn, e := range c.Cache {
		before := maps.Clone(c.entries)
		for known := range before {
			if e.Attrs != nil && ldapdir.SameDN(known, dn) {
				before[known] = e.Attrs
			}
		}
		serve(before)
		clock = now.Add(-time.Duration(e.Age * float64(time.Second)))
		c.warm(t, d, dn, func() {
			if e.Absent {
				delete(before, dn)
				serve(before)
				clock = clock.Add(time.Nanosecond)
			}
		})
	}
	clock = now
	serve(c.entries)
	backend.down = c.LDAP.State != "" && c.LDAP.State != "up"
	return d
}

// warm asks everything about an entry that a mail might; before that, the entry may go.
func (c *caseOf) warm(t testing.TB, d *ldapdir.Dir, dn string, before func()) {
	t.Helper()
	e := c.directoryConfig(t).Complete().Schema.Entry(ldapdir.Raw{DN: dn, Attrs: attrsOf(c.entries[dn])}, time.Time{})
	before()
	d.ByDN(t.Context(), dn)
	for _, login := range e.Logins {
		d.Login(t.Context(), login)
	}
	for _, a := range e.Addresses {
		d.Resolve(t.Context(), a)
	}
}

// lab is an Usher with this module alone, listening on loopback.
type lab struct {
	server *milter.Server
	ln     net.Listener
	seen   []filter.Checked
	mu     sync.Mutex
}

func (c *caseOf) lab(t testing.TB, role string) *lab {
	t.Helper()
	now := time.Now()
	d := c.open(t, now)
	ledger := c.counters(now)
	built, err := build(filter.Host{Directory: d, Ledger: ledger}, c.moduleConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{}
	p := &filter.Pipeline{Directory: d, Log: slog.New(slog.DiscardHandler),
		Steps:  []filter.Step{{Name: "envelope", Setting: filter.Setting{Module: built, OnError: c.onError(role), Audit: c.audit()}}},
		Charge: func(_ context.Context, cs []filter.Charge) { ledger.Add(cs...) },
		Seen:   func(s filter.Checked) { l.mu.Lock(); l.seen = append(l.seen, s); l.mu.Unlock() }}
	l.server = milter.New(milter.Options{Log: slog.New(slog.DiscardHandler), Pipeline: func() milter.Pipeline { return p }})
	if l.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go l.server.Serve(milter.Listener{Name: role, Role: filter.Role(role)}, l.ln)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		l.server.Shutdown(ctx)
	})
	return l
}

// playMilter has the mails of a case come through the milter protocol, as Postfix would bring them.
func playMilter(t *testing.T, c *caseOf) []came {
	t.Helper()
	mails := c.mails()
	l := c.lab(t, mails[0].Session.Role)
	s, err := miltertest.Dial("tcp", l.ln.Addr().String(), miltertest.Postfix)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if c.WithinMS > 0 {
		s.Timeout = time.Duration(c.WithinMS) * 10 * time.Millisecond
	}
	ip := mails[0].Session.IP
	s.Macro('C', "j", "mx.example.org", "{client_addr}", ip)
	must(t)(s.Connect("client.example", netip.AddrPortFrom(mails[0].client(), 25)))
	must(t)(s.Helo("client.example"))
	var all []came
	for _, m := range mails {
		l.seen = nil
		got := c.converse(t, s, m)
		s.Abort()
		got.Would = &would{Mail: "accept", Message: "accept"}
		l.mu.Lock()
		for _, seen := range l.seen {
			got.note(seen)
		}
		l.mu.Unlock()
		all = append(all, got)
	}
	return all
}

// must is for commands whose answer is not in question.
func must(t *testing.T) func(miltertest.Answer, error) {
	return func(_ miltertest.Answer, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// note takes what the module said, whatever came of it.
func (g *came) note(seen filter.Checked) {
	g.Degraded = g.Degraded || seen.Degraded()
	what := said(seen.Refusal)
	var failure *filter.Failure
	if errors.As(seen.Err, &failure) {
		what = said(failure.Refusal)
	}
	switch seen.Stage {
	case filter.AtMail:
		g.Would.Mail = what
	case filter.AtRcpt:
		g.Would.Rcpt = append(g.Would.Rcpt, what)
	case filter.AtHeader:
		g.Would.Message = what
	}
	for _, f := range seen.Proof {
		g.answers = append(g.answers, fmt.Sprintf("  %s: %s (%s, %v)", f.What, f.Answer, f.Source, f.Age))
	}
}

// inWords reads a reply: code, enhanced code, and the reason at its end.
func inWords(a miltertest.Answer) string {
	if !a.Refused() {
		return "accept"
	}
	words := strings.Fields(a.Text)
	return fmt.Sprintf("%s %s %s", words[0][:3], words[1], strings.Trim(words[len(words)-1], "()"))
}

func (c *caseOf) converse(t *testing.T, s *miltertest.Session, m *mailOf) (got came) {
	t.Helper()
	ask := func(a miltertest.Answer, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if a.Refused() {
			got.answers = append(got.answers, a.Text)
		}
		return inWords(a)
	}
	args := []string{}
	if m.Session.SMTPUTF8 {
		args = append(args, "SMTPUTF8")
	}
	if m.Size > 0 {
		args = append(args, fmt.Sprintf("SIZE=%d", m.Size))
	}
	macros := []string{"{mail_addr}", m.Mail}
	if m.Session.Auth != "" {
		macros = append(macros, "{auth_authen}", m.Session.Auth, "{auth_type}", "PLAIN")
	}
	if m.Session.Author != "" {
		macros = append(macros, "{auth_author}", m.Session.Author)
	}
	s.Macro('M', macros...)
	got.Mail, got.Message = ask(s.Mail("<"+m.Mail+">", args...)), "not-reached"
	if got.Mail != "accept" {
		for range m.Rcpt {
			got.Rcpt = append(got.Rcpt, "not-reached")
		}
		return got
	}
	for _, r := range m.Rcpt {
		s.Macro('R', "{rcpt_addr}", r.meant())
		got.Rcpt = append(got.Rcpt, ask(s.Rcpt("<"+r.Raw+">")))
		if got.Rcpt[len(got.Rcpt)-1] == "accept" {
			got.Delivered = append(got.Delivered, address.Must(r.meant()).String())
		}
	}
	if len(got.Delivered) == 0 {
		return got
	}
	// A tenth of the pause: nothing here looks at the time, it is the two commands in a row that got lost.
	time.Sleep(time.Duration(c.Pauses.AfterRcpt * float64(time.Second) / 10))
	h := c.header(m)
	for _, f := range h {
		must(t)(s.Header(f.Name, f.Raw))
	}
	a, err := s.EndOfHeader()
	got.Message = ask(a, err)
	var actions []miltertest.Action
	if a.Code == 'c' {
		must(t)(s.Body([]byte("hello\r\n")))
		actions, a, err = s.End()
		got.Message = ask(a, err)
	}
	if got.Message == "accept" {
		got.SenderHeader = senderOf(h, edited(h, actions), m.Expect.SenderHeader)
		got.moderated(m, actions)
	}
	return got
}

// moderated finds who was taken off the mail, and who came.
func (g *came) moderated(m *mailOf, actions []miltertest.Action) {
	var dropped, added []string
	for _, a := range actions {
		switch a.Code {
		case '-':
			dropped = append(dropped, strings.Trim(a.Name, "<>"))
		case '+':
			added = append(added, strings.Trim(a.Name, "<>"))
		}
	}
	g.edited(dropped, added)
	for i, r := range m.Rcpt {
		if slices.Contains(dropped, r.Raw) {
			g.Rcpt[i] = "moderate"
		}
	}
}

// edited applies what the milter wants done to the header, as Postfix does.
func edited(h message.Header, actions []miltertest.Action) message.Header {
	h = slices.Clone(h)
	for _, a := range actions {
		switch a.Code {
		case 'h', 'i':
			h = append(h, message.Field{Name: a.Name, Raw: a.Value})
		case 'm':
			n := 0
			for i := range h {
				if !strings.EqualFold(h[i].Name, a.Name) {
					continue
				}
				if n++; n == a.Index {
					h[i].Raw = a.Value
				}
			}
			h = slices.DeleteFunc(h, func(f message.Field) bool { return f.Raw == "" })
		}
	}
	return h
}
