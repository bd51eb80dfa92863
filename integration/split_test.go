package integration

import (
	"context"
	"strings"
	"testing"

	"usher/address"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
)

// splitter gives one recipient a branch of the mail, and marks what is left.
type splitter struct{ rcpt address.Address }

func (splitter) Match(*filter.Envelope, message.Header) filter.Interest { return filter.Whole }

func (s splitter) Plan(context.Context, *filter.Tx) (filter.Plan, error) {
	return filter.Plan{Edits: []filter.Edit{
		filter.AddHeader{Name: "X-Both", Value: "yes"},
		filter.Split{Rcpts: []address.Address{s.rcpt}, Edits: []filter.Edit{filter.AddHeader{Name: "X-Branch", Value: "yes"}}},
	}}, nil
}

// TestSplit: a branch goes out through our own service with its envelope, once, and the others keep the mail.
func TestSplit(t *testing.T) {
	p := new(filter.Pipeline)
	l := newLab(t, &script{run: func(ctx context.Context, tx *filter.Tx) filter.Outcome { return p.Run(ctx, tx) }}, nil)
	submit := world.DefaultConfig()
	submit.SMTP = l.Addr(postfix.Own)
	submitter, err := submit.Submitter("mx.example.org")
	if err != nil {
		t.Fatal(err)
	}
	p.Steps = []filter.Step{{Name: "split", Setting: filter.Setting{Module: splitter{"bob@example.org"}, OnError: filter.Defer}}}
	p.World = world.New(world.Parts{Submitter: submitter, Hostname: "mx.example.org"})

	const mail = "From: alice@example.org\r\nTo: bob@example.org, carol@example.org\r\nSubject: two bodies\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\nMessage-ID: <two@example.org>\r\n\r\nhello\r\n"
	for range 2 { // the second time is the sender's retry of the same mail: the branch is not sent again
		if o := l.submit(t, mail, "bob@example.org", "carol@example.org", "dave@example.org"); !o.Taken() {
			t.Fatalf("answered %+v", o)
		}
	}
	l.Sink.Wait(t, 2, func(m smtptest.Message) bool { return m.HasRcpt("carol@example.org") })
	l.AwaitEmpty(t)
	bob := l.Sink.Wait(t, 1, func(m smtptest.Message) bool { return m.HasRcpt("bob@example.org") })
	if len(bob) != 1 || bob[0].From != "alice@example.org" || len(bob[0].Rcpts) != 1 {
		t.Fatalf("Bob got %+v; want one mail, from Alice, to him alone", bob)
	}
	want := strings.Replace(mail, "\r\n\r\n", "\r\nX-Both: yes\r\nX-Branch: yes\r\n\r\n", 1)
	if got := withoutReceived(t, string(bob[0].Data)); got != want {
		t.Errorf("Bob got\n%q\nwant\n%q", got, want)
	}
	for _, m := range l.Sink.Messages() {
		if m.HasRcpt("carol@example.org") && strings.Contains(string(m.Data), "X-Branch") {
			t.Error("Carol got the branch")
		}
	}
}
