package milter

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

func TestBodyIsSentOnlyWhenSomebodyWantsIt(t *testing.T) {
	tests := []struct {
		interest filter.Interest
		stage    string
		kept     int64
		result   Result
	}{
		{filter.Nothing, "header", -1, Accepted},
		{filter.Header, "end", 0, Passed},
		{filter.Calendar, "end", 8, Passed},
		{filter.Text, "end", 8, Passed},
		{filter.Whole | filter.Header, "end", 8, Passed},
	}
	for _, tt := range tests {
		kept := int64(-1)
		h := start(t, filter.Inbound, &fake{
			header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
				return tt.interest, nil
			},
			run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
				kept = tx.Message.Body().Size()
				return filter.Outcome{}
			},
		})
		d := h.deliver(simple())
		if d.Stage != tt.stage || kept != tt.kept || !d.Accepted() || len(d.Actions) > 0 {
			t.Errorf("%b: ended at %s, %d bytes kept, %v %v", tt.interest, d.Stage, kept, d.Final, d.Actions)
		}
		if tt.stage == "header" && d.BodySent != 0 {
			t.Errorf("%b: %d bytes of the body were sent", tt.interest, d.BodySent)
		}
		if r := h.done(1)[0]; r.Result != tt.result || r.Early != (tt.stage == "header") || r.Code != 250 {
			t.Errorf("%b: record %+v", tt.interest, r)
		}
		if string(d.Raw()) != string(simple().Raw) {
			t.Errorf("%b: not the same bytes: %q", tt.interest, d.Raw())
		}
	}
}

// TestHeaderAsItCame: order, case, spaces and folds are those of the mail.
func TestHeaderAsItCame(t *testing.T) {
	for name, offer := range map[string]miltertest.Offer{"postfix": miltertest.Postfix, "version 2": miltertest.Version2} {
		var got message.Header
		h := start(t, filter.Inbound, &fake{header: func(_ context.Context, _ *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal) {
			got = h
			return 0, nil
		}})
		s := h.dial(offer)
		deliver(t, s, simple())
		want := message.Header{
			{Name: "From", Raw: " Alice <alice@example.org>", Origin: 1},
			{Name: "Subject", Raw: "  two spaces", Origin: 2},
			{Name: "X-Folded", Raw: " a\n\tb", Origin: 3},
			{Name: "X-Empty", Raw: "", Origin: 4},
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
		s.Quit()
	}
}

// TestFieldWithNUL: the library would not tell us of the field at all, and every index after it would be wrong.
func TestFieldWithNUL(t *testing.T) {
	var got message.Header
	h := start(t, filter.Inbound, &fake{header: func(_ context.Context, _ *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal) {
		got = h
		return 0, nil
	}})
	m := simple()
	m.Raw = []byte("X-Nul: a\x00b\nSubject: x\n\n")
	h.deliver(m)
	if len(got) != 2 || got[0].Raw != " a\x00b" || got[1].Origin != 2 {
		t.Errorf("%+v", got)
	}
}

func TestEnvelope(t *testing.T) {
	type seen struct {
		User, From, FromArg, FromArgs, Rcpt, Arg, Args string
		Size                                           int64
		UTF8                                           bool
	}
	base := simple()
	base.User, base.FromArgs = "alice", []string{"SIZE=1234", "BODY=8BITMIME", "ENVID=x"}
	base.Rcpts = []miltertest.Rcpt{{Addr: "Bob@Example.ORG", Args: []string{"NOTIFY=NEVER", "ORCPT=rfc822;b@example.org"}}}
	want := seen{"alice", "alice@example.org", "Alice@Example.org", "SIZE=1234 BODY=8BITMIME ENVID=x",
		"bob@example.org", "Bob@Example.ORG", "NOTIFY=NEVER ORCPT=rfc822;b@example.org", 1234, false}
	tests := []struct {
		name   string
		change func(*miltertest.Mail, *seen)
	}{
		{"as Postfix has it", func(*miltertest.Mail, *seen) {}},
		{"no macros", func(m *miltertest.Mail, s *seen) {
			m.Hide = []string{"auth_authen", "mail_addr", "rcpt_addr", "i", "j"}
			s.User = ""
		}},
		{"null sender", func(m *miltertest.Mail, s *seen) {
			m.From, m.FromArgs, s.From, s.FromArg, s.FromArgs, s.Size = "", nil, "", "", "", 0
		}},
		{"SMTPUTF8", func(m *miltertest.Mail, s *seen) {
			m.FromArgs, s.FromArgs, s.UTF8, s.Size = []string{"smtputf8", "SIZE=junk"}, "smtputf8 SIZE=junk", true, 0
		}},
		{"no domain", func(m *miltertest.Mail, s *seen) {
			m.Rcpts = miltertest.To("Postmaster")
			s.Rcpt, s.Arg, s.Args = "postmaster@mx.example.org", "Postmaster", ""
		}},
		{"brackets within", func(m *miltertest.Mail, s *seen) {
			m.Hide = []string{"mail_addr"}
			m.From = `"<a>"@example.org`
			s.From, s.FromArg = `"<a>"@example.org`, `"<a>"@example.org`
		}},
	}
	for _, tt := range tests {
		var got seen
		h := start(t, filter.Submission, &fake{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
			r := tx.Rcpts[0]
			got = seen{tx.User, tx.From.String(), tx.FromArg, strings.Join(tx.FromArgs, " "),
				r.Address.String(), r.Arg, strings.Join(r.Args, " "), tx.Size, tx.SMTPUTF8}
			if tx.Role != filter.Submission || tx.Listener != "test" || tx.ClientName != "client.example" || tx.Time.IsZero() {
				t.Errorf("%s: envelope %+v", tt.name, tx.Envelope)
			}
			return filter.Outcome{}
		}})
		m, w := base, want
		tt.change(&m, &w)
		h.deliver(m)
		if got != w {
			t.Errorf("%s:\ngot  %+v\nwant %+v", tt.name, got, w)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	s := h.dial(miltertest.Postfix)
	if a := step(t, s.Mail, "<a b@@>"); a.Text != "501 5.1.7 Bad sender address syntax" {
		t.Error(a)
	}
	step(t, s.Mail, "<a@example.org>")
	for _, rcpt := range []string{"<>", "<@>", "nobody"} {
		if a := step(t, s.Rcpt, rcpt); a.Text != "501 5.1.3 Bad recipient address syntax" {
			t.Error(rcpt, a)
		}
	}
}

// TestMacroOfTheCommandCounts: the mail server's resolved address wins over what the client typed.
func TestMacroOfTheCommandCounts(t *testing.T) {
	var got []string
	h := start(t, filter.Inbound, &fake{
		mail: func(_ context.Context, env *filter.Envelope) *filter.Refusal {
			got = append(got, env.From.String()+" "+env.User)
			return nil
		},
		rcpt: func(_ context.Context, _ *filter.Envelope, r filter.Recipient) *filter.Refusal {
			got = append(got, r.Address.String())
			return nil
		}})
	s := h.dial(miltertest.Postfix)
	s.Macro('M', "{mail_addr}", "real@example.org", "{auth_authen}", "real")
	step(t, s.Mail, "<typed>")
	s.Macro('R', "{rcpt_addr}", "one@example.org", "{auth_authen}", "fake")
	step(t, s.Rcpt, "<@relay:one@example.org>")
	step(t, s.Rcpt, "<two@example.org>") // no macros: those of the one before are not his
	s.Abort()
	s.Macro('C', "{auth_authen}", "fake")
	step(t, s.Mail, "<later@example.org>")
	want := []string{"real@example.org real", "one@example.org", "two@example.org", "later@example.org "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLoginDoesNotOutliveItsMail, whether or not the mail server aborts.
func TestLoginDoesNotOutliveItsMail(t *testing.T) {
	for _, between := range []string{"nothing", "the end", "an abort"} {
		var users []string
		h := start(t, filter.Submission, &fake{mail: func(_ context.Context, env *filter.Envelope) *filter.Refusal {
			users = append(users, env.User+"/"+env.QueueID)
			return nil
		}})
		s := h.dial(miltertest.Postfix)
		s.Macro('M', "{auth_authen}", "alice", "i", "Q1")
		step(t, s.Mail, "<a@example.org>")
		step(t, s.Rcpt, "<b@example.org>")
		if between == "the end" {
			s.EndOfHeader()
		} else if between == "an abort" {
			s.Abort()
		}
		step(t, s.Mail, "<a@example.org>")
		if users[0] != "alice/Q1" || !strings.HasPrefix(users[1], "/") {
			t.Errorf("after %s: %q", between, users)
		}
	}
}

func TestHeaderLimits(t *testing.T) {
	h := start(t, filter.Inbound, &fake{}, func(o *Options) { o.MaxHeaderBytes, o.MaxHeaderFields = 200, 3 })
	tests := []struct {
		header string
		want   string
	}{
		{"A: 1\nB: 2\nC: 3\n", ""},
		{"A: 1\nB: 2\nC: 3\nD: 4\nE: 5\n", "552 5.3.4 Message header too large"},
		{"A: " + strings.Repeat("x", 200) + "\n", "552 5.3.4 Message header too large"},
	}
	for _, tt := range tests {
		for _, offer := range []miltertest.Offer{miltertest.Postfix, miltertest.Version2} {
			m := simple()
			m.Raw = []byte(tt.header + "\nbody\n")
			s := h.dial(offer)
			d := deliver(t, s, m)
			if d.Final.Text != tt.want || d.Stage != "header" || d.BodySent != 0 {
				t.Errorf("%.20q: %v at %s", tt.header, d.Final, d.Stage)
			}
			s.Quit()
		}
	}
}

func TestTooManyRecipients(t *testing.T) {
	h := start(t, filter.Inbound, &fake{}, func(o *Options) { o.MaxRecipients = 2 })
	m := simple()
	m.Rcpts = miltertest.To("a@example.org", "b@example.org", "c@example.org")
	d := h.deliver(m)
	if d.RcptTo[2].Text != "452 4.5.3 Too many recipients" || len(d.Rcpts) != 2 || !d.Accepted() {
		t.Errorf("%v, %v", d.RcptTo, d.Final)
	}
}

func TestSpoolOverItsBudget(t *testing.T) {
	budget := message.NewBudget(100_000, 0, t.TempDir())
	pass := &fake{run: func(_ context.Context, tx *filter.Tx) filter.Outcome { return filter.Outcome{} }}
	for _, offer := range []miltertest.Offer{miltertest.Postfix, miltertest.Version2, {Version: 6, Actions: 0x1ff, Protocol: miltertest.Skip}} {
		h := start(t, filter.Inbound, pass, func(o *Options) { o.Budget = budget })
		s := h.dial(offer)
		big := simple()
		big.Raw = append(big.Raw, strings.Repeat("0123456789abcdef\r\n", 20_000)...)
		if d := deliver(t, s, big); d.Final.Text != "451 4.3.1 Not enough space, please try again later" {
			t.Errorf("%x: %v", offer, d.Final)
		}
		if d := deliver(t, s, simple()); !d.Accepted() {
			t.Errorf("%x: the next mail: %v", offer, d.Final)
		}
		s.Quit()
		h.done(2)
		if memory, disk := budget.InUse(); memory+disk != 0 {
			t.Errorf("%x: %d bytes are still held", offer, memory+disk)
		}
	}
}

// TestFullSpoolIsFreedAtOnce: the rest of a mail that will be refused need not keep others out.
func TestFullSpoolIsFreedAtOnce(t *testing.T) {
	budget := message.NewBudget(100, 0, t.TempDir())
	h := start(t, filter.Inbound, outcome(func(*filter.Tx) filter.Outcome { return filter.Outcome{} }),
		func(o *Options) { o.Budget = budget })
	s := h.dial(miltertest.Version2)
	step(t, s.Mail, "<a@example.org>")
	step(t, s.Rcpt, "<b@example.org>")
	s.EndOfHeader()
	for i, want := range []int64{80, 0, 0} {
		if a, err := s.Body(make([]byte, 80)); err != nil || a.Code != 'c' {
			t.Fatal(a, err)
		}
		if memory, _ := budget.InUse(); memory != want {
			t.Errorf("after chunk %d: %d bytes are held", i, memory)
		}
	}
}

// TestHangingUpFreesTheSpool: the library has no callback for that.
func TestHangingUpFreesTheSpool(t *testing.T) {
	budget := message.NewBudget(1<<20, 0, t.TempDir())
	h := start(t, filter.Inbound, &fake{run: func(context.Context, *filter.Tx) filter.Outcome { return filter.Outcome{} }},
		func(o *Options) { o.Budget = budget })
	for name, leave := range map[string]func(*miltertest.Session) error{"quit": (*miltertest.Session).Quit, "gone": (*miltertest.Session).Close} {
		s := h.dial(miltertest.Postfix)
		step(t, s.Mail, "<a@example.org>")
		step(t, s.Rcpt, "<b@example.org>")
		s.EndOfHeader()
		s.Body([]byte("some bytes"))
		s.Flush()
		leave(s)
		if r := h.done(1)[0]; r.Result != Aborted {
			t.Errorf("%s: %+v", name, r)
		}
		if memory, _ := budget.InUse(); memory != 0 {
			t.Errorf("%s: %d bytes are still held", name, memory)
		}
		h.mu.Lock()
		h.records = nil
		h.mu.Unlock()
	}
}

func TestBodyArrivesWhole(t *testing.T) {
	body := strings.Repeat("0123456789abcdef\r\n", 40_000) // 720,000 bytes: several chunks, spilled to a file
	var got string
	h := start(t, filter.Inbound, &fake{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
		b, err := io.ReadAll(io.NewSectionReader(tx.Message.Body(), 0, tx.Message.Body().Size()))
		if err != nil {
			t.Error(err)
		}
		got = string(b)
		return filter.Outcome{}
	}})
	for _, offer := range []miltertest.Offer{miltertest.Postfix, miltertest.Version2} {
		m := simple()
		m.Raw = []byte("Subject: x\r\n\r\n" + body)
		s := h.dial(offer)
		d := deliver(t, s, m)
		if got != body || d.BodySent != len(body) || string(d.Raw()) != string(m.Raw) {
			t.Errorf("%d of %d bytes, %v", len(got), len(body), d.Final)
		}
		s.Quit()
	}
}

// TestSkip: a mail server that waits for answers to chunks is told that one was enough; one that does not wait is
// not, because it would take the answer for that to the end of message.
func TestSkip(t *testing.T) {
	h := start(t, filter.Inbound, &fake{
		header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
			return filter.Header, nil
		},
		run: func(context.Context, *filter.Tx) filter.Outcome { return filter.Outcome{} },
	})
	m := simple()
	m.Raw = append(m.Raw, strings.Repeat("x\r\n", 100_000)...)
	all := len(m.Raw)
	for _, tt := range []struct {
		protocol uint32
		whole    bool
	}{{miltertest.Skip, false}, {0, true}, {miltertest.Skip | miltertest.NoBodyReply, true}} {
		s := h.dial(miltertest.Offer{Version: 6, Actions: 0x1ff, Protocol: tt.protocol})
		d := deliver(t, s, m)
		if !d.Accepted() || tt.whole != (d.BodySent > all/2) {
			t.Errorf("%x: %d of %d bytes sent, %v", tt.protocol, d.BodySent, all, d.Final)
		}
		s.Quit()
	}
}

func TestRefusals(t *testing.T) {
	no := refusal(550, "5.7.1", "100% no\nreally")
	want := "550-5.7.1 100% no\r\n550 5.7.1 really"
	tests := map[string]*fake{
		"mail": {mail: func(context.Context, *filter.Envelope) *filter.Refusal { return no }},
		"rcpt": {rcpt: func(context.Context, *filter.Envelope, filter.Recipient) *filter.Refusal { return no }},
		"header": {header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
			return 0, no
		}},
		"end": {run: func(context.Context, *filter.Tx) filter.Outcome {
			return filter.Outcome{Refuse: no, Drop: []filter.Recipient{{Arg: "bob@example.org"}}, Quarantine: "x"}
		}},
	}
	for stage, p := range tests {
		d := start(t, filter.Inbound, p).deliver(simple())
		if d.Stage != stage || d.Final.Text != want || len(d.Actions) > 0 {
			t.Errorf("%s: %v at %s, %v", stage, d.Final, d.Stage, d.Actions)
		}
	}
}
