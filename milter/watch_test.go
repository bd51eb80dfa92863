package milter

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

func TestProgressWhileADecisionTakesLong(t *testing.T) {
	goOn := make(chan struct{})
	h := start(t, filter.Inbound, outcome(func(*filter.Tx) filter.Outcome {
		<-goOn
		return filter.Outcome{Quarantine: "late"}
	}), func(o *Options) { o.Progress = time.Millisecond })
	s := h.dial(miltertest.Postfix)
	step(t, s.Mail, "<a@example.org>")
	step(t, s.Rcpt, "<b@example.org>")
	s.EndOfHeader()
	s.Send('E', nil)
	for range 3 {
		if code, data, err := s.Receive(); err != nil || code != 'p' || len(data) != 0 {
			t.Fatalf("%q %q %v, want progress", code, data, err)
		}
	}
	close(goOn)
	var codes string
	for !strings.HasSuffix(codes, "a") {
		code, _, err := s.Receive()
		if err != nil {
			t.Fatal(err)
		}
		codes += string(code)
	}
	if strings.TrimLeft(codes, "p") != "qa" {
		t.Errorf("then %q", codes)
	}
	if d := deliver(t, s, simple()); !d.Accepted() {
		t.Errorf("the next mail: %v", d.Final)
	}
}

// TestNoProgressAfterTheAnswer: a beat that was about to begin when the decision came.
func TestNoProgressAfterTheAnswer(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	c := newConn(New(Options{Timeout: time.Hour, Progress: time.Hour}), Listener{}, there, func() {})
	w := c.session.watch(func(error) {})
	w.stop()
	w.beat() // would write, and wait for ever
	there.Close()
}

func TestDeadline(t *testing.T) {
	waits := func(ctx context.Context, _ *filter.Tx) filter.Outcome {
		<-ctx.Done()
		return filter.Outcome{Refuse: filter.Unavailable(), Reasons: []filter.Reason{{Step: "host", Err: errors.New("waits for blue")}}}
	}
	h := start(t, filter.Inbound, &fake{run: waits}, func(o *Options) { o.Timeout = 10 * time.Millisecond })
	d := h.deliver(simple())
	if d.Final.SMTP != 451 {
		t.Errorf("%v", d.Final)
	}
	if r := h.done(1)[0]; r.Result != Deferred || r.Why != "not decided in time: host: waits for blue" {
		t.Errorf("%+v", r)
	}
}

// TestRefusalAtTheDeadlineCounts: what is refused for good was decided.
func TestRefusalAtTheDeadlineCounts(t *testing.T) {
	h := start(t, filter.Inbound, &fake{run: func(ctx context.Context, _ *filter.Tx) filter.Outcome {
		<-ctx.Done()
		return filter.Outcome{Refuse: refusal(550, "5.7.1", "No")}
	}}, func(o *Options) { o.Timeout = 10 * time.Millisecond })
	if d := h.deliver(simple()); d.Final.SMTP != 550 {
		t.Errorf("%v", d.Final)
	}
}

func TestCommandDeadline(t *testing.T) {
	h := start(t, filter.Inbound, &fake{mail: func(ctx context.Context, _ *filter.Envelope) *filter.Refusal {
		<-ctx.Done()
		return filter.Unavailable()
	}}, func(o *Options) { o.CommandTimeout = 10 * time.Millisecond })
	if d := h.deliver(simple()); d.MailFrom.SMTP != 451 {
		t.Errorf("%v", d.MailFrom)
	}
}

// TestPipelineThatDoesNotComeBack: progress would make Postfix wait for ever.
func TestPipelineThatDoesNotComeBack(t *testing.T) {
	comeBack := make(chan struct{})
	h := start(t, filter.Inbound, outcome(func(*filter.Tx) filter.Outcome {
		<-comeBack
		return filter.Outcome{}
	}), func(o *Options) { o.Timeout, o.Progress = 10*time.Millisecond, time.Millisecond })
	h.overrun = 10 * time.Millisecond
	s := h.dial(miltertest.Postfix)
	d, err := s.Deliver(simple())
	if err != nil && d.Final.SMTP == 0 || d.Final.SMTP != 451 {
		t.Errorf("%v, %v", d.Final, err)
	}
	h.logged("pipeline does not keep its deadline")
	close(comeBack)
	if r := h.done(1)[0]; r.Result != Deferred {
		t.Errorf("%+v", r)
	}
}

// TestMailServerGone: nothing needs to be decided any more, and what was decided does not count.
func TestMailServerGone(t *testing.T) {
	began := make(chan struct{})
	h := start(t, filter.Inbound, &fake{run: func(ctx context.Context, _ *filter.Tx) filter.Outcome {
		close(began)
		<-ctx.Done()
		return filter.Outcome{}
	}}, func(o *Options) { o.Progress = time.Millisecond })
	s := h.dial(miltertest.Postfix)
	step(t, s.Mail, "<a@example.org>")
	step(t, s.Rcpt, "<b@example.org>")
	s.EndOfHeader()
	s.Send('E', nil)
	s.Flush()
	<-began
	s.Close()
	if r := h.done(1)[0]; r.Result != Aborted || r.Why != "the mail server is gone" {
		t.Errorf("%+v", r)
	}
}

func TestPanics(t *testing.T) {
	boom := func() { panic("boom") }
	tests := map[string]*fake{
		"mail": {mail: func(context.Context, *filter.Envelope) *filter.Refusal { boom(); return nil }},
		"rcpt": {rcpt: func(context.Context, *filter.Envelope, filter.Recipient) *filter.Refusal { boom(); return nil }},
		"header": {header: func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
			boom()
			return 0, nil
		}},
		"end": {run: func(context.Context, *filter.Tx) filter.Outcome { boom(); return filter.Outcome{} }},
	}
	for stage, p := range tests {
		t.Run(stage, func(t *testing.T) {
			var current Pipeline = p
			h := start(t, filter.Inbound, nil, func(o *Options) { o.Pipeline = func() Pipeline { return current } })
			s := h.dial(miltertest.Postfix)
			d := deliver(t, s, simple())
			if d.Stage != stage || d.Final.Text != "451 4.3.0 Temporary problem, please try again later" {
				t.Errorf("%v at %s", d.Final, d.Stage)
			}
			log := h.log.String()
			if strings.Count(log, "level=ERROR msg=panic") != len(d.RcptTo)*btoi(stage == "rcpt")+btoi(stage != "rcpt") ||
				!strings.Contains(log, "level=DEBUG msg=panic") || !strings.Contains(log, "watch_test.go") {
				t.Errorf("log:\n%s", log)
			}
			current = &fake{}
			if d := deliver(t, s, simple()); !d.Accepted() {
				t.Errorf("the next mail of the connection: %v", d.Final)
			}
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestPanicGettingThePipeline: even that is no reason to hang up.
func TestPanicGettingThePipeline(t *testing.T) {
	h := start(t, filter.Inbound, nil, func(o *Options) { o.Pipeline = func() Pipeline { panic("none") } })
	if d := h.deliver(simple()); d.MailFrom.SMTP != 451 {
		t.Errorf("%v", d.MailFrom)
	}
}

// TestMailKeepsItsPipeline: a new configuration is for the next mail.
func TestMailKeepsItsPipeline(t *testing.T) {
	old := &fake{}
	current := Pipeline(old)
	next := outcome(func(*filter.Tx) filter.Outcome { return filter.Outcome{Quarantine: "new"} })
	old.header = func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal) {
		current = next
		return filter.Header, nil
	}
	old.run = func(context.Context, *filter.Tx) filter.Outcome { return filter.Outcome{Quarantine: "old"} }
	h := start(t, filter.Inbound, nil, func(o *Options) { o.Pipeline = func() Pipeline { return current } })
	s := h.dial(miltertest.Postfix)
	for _, want := range []string{"old", "new"} {
		if d := deliver(t, s, simple()); d.Reason != want {
			t.Errorf("%q, want %q", d.Reason, want)
		}
	}
}

func TestSlowMailServersAreLeft(t *testing.T) {
	h := start(t, filter.Inbound, &fake{}, func(o *Options) { o.ReadTimeout, o.IdleTimeout = 10*time.Millisecond, time.Minute })
	conn, s := h.raw()
	defer s.Close()
	conn.Write([]byte("\x00\x00\x00\x09He"))
	if code, _, err := s.Receive(); err == nil || isTimeout(err) {
		t.Errorf("half a packet: %q, %v", code, err)
	}

	h = start(t, filter.Inbound, &fake{}, func(o *Options) { o.IdleTimeout = 10 * time.Millisecond })
	_, s = h.raw()
	defer s.Close()
	if code, _, err := s.Receive(); err == nil || isTimeout(err) {
		t.Errorf("no packet: %q, %v", code, err)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// TestMailServerThatDoesNotRead must not hold a session for ever.
func TestMailServerThatDoesNotRead(t *testing.T) {
	h := start(t, filter.Inbound, outcome(func(tx *filter.Tx) filter.Outcome {
		return filter.Outcome{Message: tx.Message.WithBody(message.Bytes(strings.Repeat("x", 10<<20)))}
	}), func(o *Options) { o.WriteTimeout = 10 * time.Millisecond })
	s := h.dial(miltertest.Postfix)
	step(t, s.Mail, "<a@example.org>")
	step(t, s.Rcpt, "<b@example.org>")
	s.EndOfHeader()
	s.Send('E', nil)
	s.Flush()
	h.logged("connection lost")
}
