package integration

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/filter"
	"usher/milter/message"
)

// A refusal reaches the client as it was meant, at every stage: several lines, percent signs, temporary or not.
func TestRefusalsReachTheClient(t *testing.T) {
	refusals := []struct {
		refusal filter.Refusal
		want    string
	}{
		{filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "one"}, "550 5.7.1 one"},
		{filter.Refusal{Code: 554, Enhanced: "5.6.0", Text: "100% sure\n%s %d %%\nthird"}, "554 5.6.0 100% sure\n5.6.0 %s %d %%\n5.6.0 third"},
		{filter.Refusal{Code: 451, Enhanced: "4.3.0", Text: "later"}, "451 4.3.0 later"},
		{filter.Refusal{Code: 550, Text: "no enhanced code"}, "550 5.7.1 no enhanced code"},
		{filter.Refusal{Code: 450, Enhanced: "5.7.1", Text: "wrong class"}, "450 4.7.1 wrong class"},
		{filter.Refusal{Code: 250, Text: "no refusal"}, "451 4.3.0 no refusal"},
	}
	s := &script{}
	l := newLab(t, s, nil)
	for _, tt := range refusals {
		for stage, got := range refusedAtEachStage(t, l, tt.refusal) {
			if got.String() != tt.want {
				t.Errorf("%s: %q, want %q", stage, got, tt.want)
			}
		}
	}
	s.mail, s.rcpt, s.header, s.run = nil, nil, nil, nil
	if o := l.submit(t, plainMail, "bob@example.org"); !o.Taken() {
		t.Errorf("afterwards: %+v", o)
	}
	l.AwaitEmpty(t)
	if n := len(l.Sink.Messages()); n != 1 {
		t.Errorf("%d mails delivered, want the last alone: %s", n, l.Sink)
	}
}

// refusedAtEachStage gives the replies to mails of one connection that are refused at MAIL, RCPT, the end of the header and the
// end of the message.
func refusedAtEachStage(t *testing.T, l *lab, r filter.Refusal) map[string]smtptest.Reply {
	t.Helper()
	s, got := l.script, map[string]smtptest.Reply{}
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	defer c.Quit()
	m := smtptest.Mail{From: "alice@example.org", To: []string{"bob@example.org"}, Data: []byte(plainMail)}

	s.mail = func(*filter.Envelope) *filter.Refusal { return &r }
	got["MAIL"] = c.Send(m).From
	s.mail = nil
	s.rcpt = func(*filter.Envelope, filter.Recipient) *filter.Refusal { return &r }
	if rcpts := c.Send(m).Rcpts; len(rcpts) > 0 {
		got["RCPT"] = rcpts[0]
	}
	s.rcpt = nil
	s.header = func(*filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) { return filter.Nothing, &r }
	got["end of header"] = c.Send(m).Data
	s.header = nil
	s.run = always(filter.Outcome{Refuse: &r})
	got["end of message"] = c.Send(m).Data
	s.run = nil
	return got
}

// A panic is 451 for one mail; the next of the same SMTP session is fine.
func TestPanicHurtsOneMail(t *testing.T) {
	s := &script{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
		if tx.Rcpts[0].Address == "boom@example.org" {
			panic("boom")
		}
		return filter.Outcome{}
	}}
	l := newLab(t, s, nil)
	c := smtptest.Dial(t, l.Addr(postfix.Submission))
	m := smtptest.Mail{From: "alice@example.org", To: []string{"boom@example.org"}, Data: []byte(plainMail)}
	if r := c.Send(m).Data; r.Code != 451 {
		t.Errorf("panic: %v, want 451", r)
	}
	m.To = []string{"bob@example.org"}
	if o := c.Send(m); !o.Taken() {
		t.Errorf("the next mail: %+v", o)
	}
	l.Sink.WaitFor(t, "bob@example.org")
	l.AwaitEmpty(t)
	if n := len(l.Sink.Messages()); n != 1 {
		t.Errorf("%d mails delivered: %s", n, l.Sink)
	}
}

// Postfix gives up on a milter that is silent for milter_content_timeout; ours says that it is alive.
func TestLongDecisionIsWaitedFor(t *testing.T) {
	s := &script{run: func(context.Context, *filter.Tx) filter.Outcome {
		time.Sleep(5 * time.Second)
		return filter.Outcome{}
	}}
	l := newLab(t, s, func(o *postfix.Options) { o.Main = map[string]string{"milter_content_timeout": "3s"} })
	if o := l.submit(t, plainMail, "bob@example.org"); !o.Taken() {
		t.Errorf("%+v", o)
	}
	if log := l.Log(); strings.Contains(log, "warning: milter") {
		t.Error("Postfix complains about the milter")
	}
}
