package integration

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
)

const plainMail = "From: Alice <alice@example.org>\r\nTo: bob@example.org\r\nSubject: x\r\n" +
	"Date: Fri, 2 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"

// refusing refuses the recipients whose local part begins with "no".
func refusing(_ *filter.Envelope, rcpt filter.Recipient) *filter.Refusal {
	if strings.HasPrefix(rcpt.Address.String(), "no") {
		return &filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "100% not here\nnor there"}
	}
	return nil
}

// A recipient refused in the middle is refused alone, and the mail is judged with its sender and everybody else.
// With the library as it is the judge would see no sender and only the recipients after the refused one.
func TestRefusedRecipientHidesNobody(t *testing.T) {
	s := &script{rcpt: refusing}
	l := newLab(t, s, nil)
	o := l.submit(t, plainMail, "one@example.org", "no@example.org", "two@example.org")
	if !o.Rcpts[0].OK() || !o.Rcpts[2].OK() || !o.Taken() {
		t.Fatalf("outcome: %+v", o)
	}
	if r := o.Rcpts[1]; r.Code != 550 || r.Text() != "5.7.1 100% not here\n5.7.1 nor there" {
		t.Errorf("refused with %v", r)
	}
	mail := s.last(t)
	if got, want := mail.rcpts(), []string{"one@example.org", "two@example.org"}; !slices.Equal(got, want) {
		t.Errorf("judged with recipients %q, want %q", got, want)
	}
	if mail.env.From != "alice@example.org" || mail.env.User != "alice@example.org" {
		t.Errorf("judged with sender %q, login %q", mail.env.From, mail.env.User)
	}
	got := l.Sink.WaitFor(t, "two@example.org").To()
	slices.Sort(got)
	if want := []string{"one@example.org", "two@example.org"}; !slices.Equal(got, want) {
		t.Errorf("delivered to %q, want %q", got, want)
	}
}

// The bypass itself: a policy about the first recipient holds although a later one was refused.
func TestRefusedRecipientIsNoWayAroundPolicy(t *testing.T) {
	s := &script{rcpt: refusing, run: refuseIfFor("secret@example.org")}
	l := newLab(t, s, nil)
	o := l.submit(t, plainMail, "secret@example.org", "no@example.org", "two@example.org")
	if o.Data.Code != 550 {
		t.Errorf("mail for secret@example.org: %v, want 550", o.Data)
	}
	l.AwaitEmpty(t)
	if got := l.Sink.Messages(); len(got) != 0 {
		t.Errorf("delivered: %s", l.Sink)
	}
}

// Every mail of a connection is its own: sender, recipients, login, with the client known to all of them.
func TestSeveralMailsOnOneConnection(t *testing.T) {
	s := &script{mail: func(env *filter.Envelope) *filter.Refusal {
		if env.From == "mallory@example.org" {
			return &filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "Not you"}
		}
		return nil
	}}
	l := newLab(t, s, nil)
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	c.XClient(login...)
	before := l.tap.opened()
	for _, name := range []string{"one", "two", "three"} {
		if r := c.Mail("mallory@example.org"); r.Code != 550 || r.Text() != "5.7.1 Not you" {
			t.Fatalf("mallory: %v", r)
		}
		c.Mail("dropped@example.org")
		c.Rcpt("dropped@example.org")
		c.Command("RSET")
		to := name + "@example.org"
		if o := c.Send(smtptest.Mail{From: "from-" + to, To: []string{to}, Data: []byte(plainMail)}); !o.Taken() {
			t.Fatalf("%s: %+v", name, o)
		}
		mail := s.last(t)
		if mail.env.From != address.Address("from-"+to) || !slices.Equal(mail.rcpts(), []string{to}) {
			t.Errorf("%s: judged as from %q to %q", name, mail.env.From, mail.rcpts())
		}
		if mail.env.Client != netip.MustParseAddr("192.0.2.7") || mail.env.ClientName != "client.example.net" ||
			mail.env.Helo != "client.example.net" || mail.env.User != "alice@example.org" || mail.env.Role != filter.Submission {
			t.Errorf("%s: judged with %+v", name, mail.env)
		}
		if mail.env.QueueID == "" || !strings.Contains(l.AwaitLog(t, "from=<from-"+to), mail.env.QueueID) {
			t.Errorf("%s: queue id %q is not the one in the mail log", name, mail.env.QueueID)
		}
	}
	if n := l.tap.opened() - before; n > 1 {
		t.Errorf("%d milter connections for one of SMTP", n)
	}
	if n := len(s.ran()); n != 3 {
		t.Errorf("%d mails reached the end of message, want 3", n)
	}
}

func TestLoginReachesTheMilter(t *testing.T) {
	s := &script{}
	l := newLab(t, s, nil)
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	if o := c.Send(smtptest.Mail{From: "a@example.org", To: []string{"b@example.org"}, Data: []byte(plainMail)}); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	if got := s.last(t).env.User; got != "" {
		t.Errorf("before AUTH: user %q", got)
	}
	if r := c.AuthPlain("alice@example.org", "open sesame"); !r.OK() {
		t.Fatalf("AUTH: %v", r)
	}
	if o := c.Send(smtptest.Mail{From: "a@example.org", To: []string{"b@example.org"}, Data: []byte(plainMail)}); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	if got := s.last(t).env.User; got != "alice@example.org" {
		t.Errorf("after AUTH: user %q", got)
	}
}

// Each service has its milter's role.
func TestRoles(t *testing.T) {
	s := &script{}
	l := newLab(t, s, nil)
	for service, role := range map[string]filter.Role{
		postfix.Submission: filter.Submission, postfix.Inbound: filter.Inbound, postfix.Own: filter.Own,
	} {
		to := service + "@example.org"
		if o := smtptest.Send(t, l.Addr(service), smtptest.Mail{From: "a@example.org", To: []string{to}, Data: []byte(plainMail)}); !o.Taken() {
			t.Fatalf("%s: %+v", service, o)
		}
		if got := s.last(t).env.Role; got != role {
			t.Errorf("%s: role %s, want %s", service, got, role)
		}
		l.Sink.WaitFor(t, to)
	}
}

// ESMTP arguments are the milter's business as much as the address.
func TestArgumentsOfTheEnvelope(t *testing.T) {
	s := &script{}
	l := newLab(t, s, nil)
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	c.Mail("Alice@Example.org", "SIZE=1234", "RET=HDRS", "ENVID=42")
	c.Rcpt("Bob@EXAMPLE.org", "NOTIFY=FAILURE", "ORCPT=rfc822;bobby@example.org")
	if r := c.Data([]byte(plainMail)); !r.OK() {
		t.Fatal(r)
	}
	env := s.last(t).env
	if env.Size != 1234 || env.From != "alice@example.org" || !slices.Contains(env.FromArgs, "ENVID=42") {
		t.Errorf("sender: size %d, %q, arguments %q", env.Size, env.From, env.FromArgs)
	}
	rcpt := env.Rcpts[0]
	if rcpt.Arg != "Bob@EXAMPLE.org" || rcpt.Address != "bob@example.org" || !slices.Contains(rcpt.Args, "NOTIFY=FAILURE") {
		t.Errorf("recipient: %+v", rcpt)
	}
}
