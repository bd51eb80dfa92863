package integration

import (
	"strings"
	"testing"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
)

// sendmail(1) hands over from and to as a program on the host does.
func (l *lab) sendmail(t *testing.T, to ...string) {
	t.Helper()
	if err := l.Sendmail("alice@example.org", to, []byte(plainMail)); err != nil {
		t.Fatal(err)
	}
}

// A refusal at RCPT would keep the mail in maildrop for ever. The recipient is left out instead.
func TestLocalMailIsNotRefusedAtRcpt(t *testing.T) {
	s := &script{rcpt: refusing}
	l := newLab(t, s, nil)
	l.sendmail(t, "bob@example.org", "no@example.org", "eve@example.org")
	l.Sink.WaitFor(t, "eve@example.org")
	l.AwaitEmpty(t)
	if role := s.last(t).env.Role; role != filter.Local {
		t.Errorf("role %s", role)
	}
	for _, m := range l.Sink.Messages() {
		if m.HasRcpt("no@example.org") {
			t.Errorf("delivered to the refused recipient: %s", l.Sink)
		}
	}
	if log := l.Log(); strings.Contains(log, "can't reject recipient in non-smtpd(8) submission") {
		t.Error("Postfix was given a refusal at RCPT")
	}
}

// Nobody left: the mail goes back to its sender.
func TestLocalMailForNobodyBounces(t *testing.T) {
	s := &script{rcpt: refusing}
	l := newLab(t, s, nil)
	l.sendmail(t, "no@example.org")
	bounce := l.Sink.WaitFor(t, "alice@example.org")
	if bounce.From != "" || !strings.Contains(string(bounce.Data), "no@example.org") {
		t.Errorf("bounce from %q: %.500q", bounce.From, bounce.Data)
	}
	l.AwaitEmpty(t)
}

// A mail refused at its end comes back; one that is deferred is taken from maildrop again later.
func TestLocalMailRefusedAtItsEnd(t *testing.T) {
	s := &script{run: always(filter.Outcome{Refuse: &filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "Not this"}})}
	l := newLab(t, s, nil)
	l.sendmail(t, "bob@example.org")
	if bounce := l.Sink.WaitFor(t, "alice@example.org"); !strings.Contains(string(bounce.Data), "Not this") {
		t.Errorf("bounce: %.800q", bounce.Data)
	}
	l.AwaitEmpty(t)

	s.run = always(filter.Outcome{Refuse: filter.Unavailable()})
	l.sendmail(t, "bob@example.org")
	l.AwaitQueue(t, "one mail in maildrop", func(q []postfix.Queued) bool { return len(q) == 1 && q[0].Queue == "maildrop" })
	if n := len(l.Sink.Wait(t, 0, func(m smtptest.Message) bool { return m.HasRcpt("bob@example.org") })); n != 0 {
		t.Errorf("%d mails delivered although deferred", n)
	}
}

// The body of local mail is the same for milter and recipient, like any other's.
func TestLocalMailPasses(t *testing.T) {
	s := &script{}
	l := newLab(t, s, nil)
	l.sendmail(t, "bob@example.org")
	if got := l.delivered(t, "bob@example.org"); got != plainMail {
		t.Errorf("arrived as %q, want %q", got, plainMail)
	}
	if got := string(s.last(t).data); got != plainMail {
		t.Errorf("the milter read %q, want %q", got, plainMail)
	}
}
