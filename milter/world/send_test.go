package world

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"usher/address"
	"usher/milter/filter"
)

func TestAutomaticMailIsDressed(t *testing.T) {
	tests := []struct {
		name string
		add  string
		want []string
	}{
		{"bare", "", []string{"Date: Mon, 02 Mar 2026 12:00:00 +0000", "Auto-Submitted: auto-replied",
			"Message-ID: <" + digest("send/reply") + "@example.org>"}},
		{"with a mark it came with", "X-Usher-Own: forged\r\n", []string{"Auto-Submitted: auto-replied"}},
		{"with its own", "Auto-Submitted: auto-generated\r\nDate: Tue, 03 Mar 2026 12:00:00 +0000\r\nMessage-ID: <own@example.org>\r\n",
			[]string{"Date: Tue, 03 Mar 2026 12:00:00 +0000", "Auto-Submitted: auto-generated", "Message-ID: <own@example.org>"}},
	}
	for _, tt := range tests {
		b := newBench()
		s := answer("reply", "john@example.org")
		s.Mail = mail(tt.add + "Subject: yes\r\n\r\nbody\r\n")
		if err := b.Apply(t.Context(), []filter.Effect{s}); err != nil {
			t.Fatal(err)
		}
		sent := b.outbox.Mails()[0]
		header, body, _ := strings.Cut(string(sent.Data), "\r\n\r\n")
		lines := strings.Split(header, "\r\n")
		for _, want := range append(tt.want, "Subject: yes", "X-Usher-Own: example.org") {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: no line %q in\n%s", tt.name, want, header)
			}
		}
		if len(lines) != 5 || body != "body\r\n" || sent.From != "" {
			t.Errorf("%s: from %q\n%s", tt.name, sent.From, sent.Data)
		}
	}
}

func TestABranchGoesOutAsItIs(t *testing.T) {
	b := newBench()
	text := "from: odd\nSubject:  two  spaces\n\nbare line feeds\nand no end"
	s := branch("b", "john@example.org", "max@example.net", "moritz@example.net")
	s.Mail = mail(text)
	s.FromArg, s.FromArgs = "<John@Example.ORG>", []string{"ENVID=abc"}
	s.To[0].Arg, s.To[0].Args = "<Max@Example.net>", []string{"NOTIFY=NEVER"}
	s.To[1].Arg = "<somebody@else.example>" // the address was changed and the argument was not
	if err := b.Apply(t.Context(), []filter.Effect{s}); err != nil {
		t.Fatal(err)
	}
	m := b.outbox.Mails()[0]
	if string(m.Data) != text {
		t.Errorf("sent %q", m.Data)
	}
	if m.From != "John@Example.ORG" || m.FromArgs[0] != "ENVID=abc" || m.To[0].Address != "Max@Example.net" ||
		m.To[0].Args[0] != "NOTIFY=NEVER" || m.To[1].Address != "moritz@example.net" {
		t.Errorf("envelope %+v", m.Envelope)
	}
}

// TestABranchIsNotMarkedAsOurs: where our own mail comes back in it is believed by its mark, and somebody else's is not.
func TestABranchIsNotMarkedAsOurs(t *testing.T) {
	b := newBench()
	s := branch("b", "john@example.org", "max@example.net")
	s.Mail = mail("From: a@example.org\r\nx-usher-own: forged\r\nSubject: yes\r\nX-Usher-Own: twice\r\n\r\nbody\r\n")
	if err := b.Apply(t.Context(), []filter.Effect{s}); err != nil {
		t.Fatal(err)
	}
	if got := string(b.outbox.Mails()[0].Data); got != "From: a@example.org\r\nSubject: yes\r\n\r\nbody\r\n" {
		t.Errorf("sent %q", got)
	}
}

func TestOnlyOpenRecipientsAreTriedAgain(t *testing.T) {
	b := newBench()
	busy := true
	b.outbox.Refuse = func(rcpt string) *Refused {
		switch {
		case rcpt == "gone@example.org":
			return &Refused{Rcpt: rcpt, Code: 550, Enhanced: "5.1.1", Text: "no such user"}
		case rcpt == "busy@example.org" && busy:
			return &Refused{Rcpt: rcpt, Code: 450, Enhanced: "4.2.0", Text: "greylisted"}
		}
		return nil
	}
	effects := []filter.Effect{answer("notice", "jane@example.org", "gone@example.org", "busy@example.org", "jane@example.org"), answer("later", "jane@example.org")}
	err := b.Apply(t.Context(), effects)
	var r *Refused
	if kind(err) != "committed" || !errors.As(err, &r) || r.Rcpt != "busy@example.org" {
		t.Errorf("Apply = %v; want committed, because of busy", err)
	}
	busy = false
	if err := b.Apply(t.Context(), effects); err != nil {
		t.Errorf("retry: %v", err)
	}
	var got []string
	for _, m := range b.outbox.Mails() {
		for _, to := range m.To {
			got = append(got, to.Address+" "+m.MessageID())
		}
	}
	want := []string{"jane@example.org <" + digest("send/notice") + "@example.org>", "busy@example.org <" + digest("send/notice") + "@example.org>",
		"jane@example.org <" + digest("send/later") + "@example.org>"}
	if !slices.Equal(got, want) {
		t.Errorf("sent\n%s; want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What an earlier attempt has sent cannot be taken back by leaving its module out now.
func TestWhatAnEarlierAttemptSentIsCommitted(t *testing.T) {
	b := newBench()
	b.outbox.Deliver = func(_ context.Context, m Mail) error {
		if m.To[0].Address == "busy@example.org" {
			return errDisk
		}
		return nil
	}
	effects := []filter.Effect{answer("first", "john@example.org"), answer("second", "busy@example.org")}
	for range 2 {
		if err := b.Apply(t.Context(), effects); kind(err) != "committed" {
			t.Errorf("Apply = %v; want committed", err)
		}
	}
	if len(b.outbox.Mails()) != 1 {
		t.Errorf("%d mails; want 1", len(b.outbox.Mails()))
	}
}

// What a refusal by the service means, for an automatic mail and for a branch, with nothing and with a booking
// before it.
func TestRefusals(t *testing.T) {
	permanent := &Refused{Code: 550, Enhanced: "5.1.1", Text: "no"}
	temporary := &Refused{Code: 451, Text: "later"}
	setUp := &Refused{Code: 530, Enhanced: "5.7.0", Text: "authenticate first"}
	tests := []struct {
		name          string
		rcpt          *Refused
		data          error
		branch, alone bool
		want          string
	}{
		{"automatic, recipient for good", permanent, nil, false, true, "done"},
		{"automatic, recipient for now", temporary, nil, false, true, "failed"},
		{"automatic, recipient for now, booked", temporary, nil, false, false, "committed"},
		{"automatic, set-up", setUp, nil, false, true, "failed"},
		{"automatic, content for good", nil, permanent, false, false, "done"},
		{"automatic, content for now", nil, temporary, false, false, "committed"},
		{"automatic, no connection", nil, errDisk, false, true, "failed"},
		{"automatic, answer lost", nil, ErrLost, false, true, "committed"},
		{"branch, recipient for good", permanent, nil, true, true, "failed"},
		{"branch, recipient for good, not booked", permanent, nil, true, false, "failed"},
		{"branch, recipient for now, not booked", temporary, nil, true, false, "failed"},
		{"branch, content for good", nil, permanent, true, true, "failed"},
		{"branch, content for good, booked", nil, permanent, true, false, "committed"},
		{"branch, content for now, booked", nil, temporary, true, false, "committed"},
	}
	for _, tt := range tests {
		b := newBench()
		b.outbox.Refuse = func(string) *Refused { return tt.rcpt }
		b.outbox.Deliver = func(context.Context, Mail) error { return tt.data }
		send := answer("id", "jane@example.net")
		if tt.branch {
			send = branch("id", "john@example.org", "jane@example.net")
		}
		effects := []filter.Effect{send}
		if !tt.alone {
			effects = append(effects, booking(t, "room", "uid", 10))
		}
		err := b.Apply(t.Context(), effects)
		if kind(err) != tt.want {
			t.Errorf("%s: %v (%s); want %s", tt.name, err, kind(err), tt.want)
		}
		var r *Refused
		if tt.branch && !errors.As(err, &r) {
			t.Errorf("%s: the sender cannot be told why: %v", tt.name, err)
		}
		if tt.want == "failed" && len(b.store.Snapshot()) > 0 {
			t.Errorf("%s: booked all the same", tt.name)
		}
		b.tidy(t)
	}
}

// Nobody gets a branch of which one recipient is refused: the sender is told that it was not delivered.
func TestABranchIsSentToAllOrNobody(t *testing.T) {
	b := newBench()
	asked := 0
	b.outbox.Refuse = func(rcpt string) *Refused {
		if asked++; rcpt == "b@example.net" && asked > 2 { // yes when asked before, no when it comes to it
			return &Refused{Rcpt: rcpt, Code: 550, Text: "full"}
		}
		return nil
	}
	err := b.Apply(t.Context(), []filter.Effect{branch("id", "john@example.org", "a@example.net", "b@example.net")})
	if kind(err) != "failed" || len(b.outbox.Mails()) > 0 {
		t.Errorf("Apply = %v with %d mails; want a failure and none", err, len(b.outbox.Mails()))
	}
}

// Under a reservation the service may be waiting for what we hold: it is not asked.
func TestBranchesAreNotAskedForUnderAReservation(t *testing.T) {
	b := newBench()
	ctx, release, err := b.Reserve(t.Context(), []string{"room"})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	b.outbox.Refuse = func(string) *Refused {
		if !b.has(t, "room", "uid") {
			t.Error("the service was asked while the calendar was reserved")
		}
		return nil
	}
	if err := b.Apply(ctx, []filter.Effect{branch("id", "john@example.org", "a@example.net"), booking(t, "room", "uid", 10)}); err != nil {
		t.Error(err)
	}
}

func TestTheSenderIsToldWhy(t *testing.T) {
	tests := []struct {
		r    Refused
		want string
	}{
		{Refused{Rcpt: "a@b.example", Code: 550, Enhanced: "5.1.1", Text: "no such user"}, "550 5.1.1 <a@b.example>: no such user"},
		{Refused{Code: 554, Text: "spam"}, "554 5.0.0 spam"},
		{Refused{Code: 450, Enhanced: "5.1.1", Text: "confused"}, "450 4.0.0 confused"},
	}
	for _, tt := range tests {
		if got := tt.r.Refusal().String(); got != tt.want {
			t.Errorf("Refusal = %q; want %q", got, tt.want)
		}
	}
}

type brokenLog struct{}

func (brokenLog) Seen(string) (bool, error) { return true, errDisk }
func (brokenLog) Record(string) error       { return errDisk }

func TestAnUnreadableDoneLogNeverStopsMail(t *testing.T) {
	outbox := &Outbox{}
	w := New(Parts{Submitter: outbox, DoneLog: brokenLog{}, Clock: clock})
	for range 2 {
		if err := w.Apply(t.Context(), []filter.Effect{answer("reply", "john@example.org")}); err != nil {
			t.Fatal(err)
		}
	}
	if n, distinct := len(outbox.Mails()), outbox.Distinct(); n != 2 || len(distinct) != 1 {
		t.Errorf("%d mails, distinct %v; want 2 that are the same", n, distinct)
	}
}

// The sender's retry comes while the first attempt is still talking to the server.
func TestTwoAttemptsAtOnceSendOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		answered := make(chan struct{})
		b.outbox.Deliver = func(context.Context, Mail) error { <-answered; return nil }
		var attempts sync.WaitGroup
		for range 3 {
			attempts.Go(func() {
				if err := b.Apply(t.Context(), []filter.Effect{answer("one", "john@example.org"), answer("two", "john@example.org")}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		close(answered)
		attempts.Wait()
		if n := len(b.outbox.Mails()); n != 2 {
			t.Errorf("%d mails; want 2", n)
		}
	})
}

func TestASendToNobodyIsDone(t *testing.T) {
	b := newBench()
	s := answer("reply")
	s.To = []filter.Recipient{{Address: address.Address("")}}
	if err := b.Apply(t.Context(), []filter.Effect{s}); err != nil || len(b.acts()) > 0 {
		t.Errorf("Apply = %v, did %v", err, b.acts())
	}
}
