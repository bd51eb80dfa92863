// Package smtptest has both ends of SMTP for tests: a server that keeps what it is given and a client that says
// exactly what it is told. Neither knows what the mail is about.
package smtptest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// patience is how long a test waits for something that is bound to happen. Only a failing test waits that long.
const patience = 60 * time.Second

// Message is a mail as the sink got it.
type Message struct {
	From     string
	FromArgs []string // RET=, ENVID=, SMTPUTF8
	Rcpts    []Recipient
	Data     []byte // every byte between DATA and the final dot, dots unstuffed
}

// Recipient is one RCPT TO.
type Recipient struct {
	Address string
	Args    []string // NOTIFY=, ORCPT=
}

// To lists the recipients' addresses in the order they came.
func (m Message) To() []string {
	var to []string
	for _, rcpt := range m.Rcpts {
		to = append(to, rcpt.Address)
	}
	return to
}

// HasRcpt tells whether the mail came for this address.
func (m Message) HasRcpt(addr string) bool { return slices.Contains(m.To(), addr) }

// Sink is an SMTP server on loopback that takes every mail and keeps it.
type Sink struct {
	Addr string // host:port

	mu      sync.Mutex
	got     []Message
	changed chan struct{} // closed and made anew with every mail
}

// NewSink starts a sink that stops with the test.
func NewSink(tb testing.TB) *Sink {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen for the sink: %v", err)
	}
	s := &Sink{Addr: ln.Addr().String(), changed: make(chan struct{})}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{sink: s}, nil }))
	srv.Domain = "sink.test"
	srv.MaxLineLength = 64 << 10
	srv.EnableSMTPUTF8, srv.EnableDSN = true, true
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	tb.Cleanup(func() {
		srv.Close()
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) {
			tb.Errorf("sink: %v", err)
		}
	})
	return s
}

// Messages returns all mails so far, in order of arrival.
func (s *Sink) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// Wait returns the mails for which want is true as soon as there are n of them (nil wants all), and fails the
// test when they do not come.
func (s *Sink) Wait(tb testing.TB, n int, want func(Message) bool) []Message {
	tb.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		found, changed := s.matching(want)
		if len(found) >= n {
			return found
		}
		select {
		case <-changed:
		case <-late.C:
			tb.Fatalf("the sink has %d mails of %d after %v; all it got: %s", len(found), n, patience, s)
		}
	}
}

// WaitFor returns the first mail that came for this address, and fails the test when none comes.
func (s *Sink) WaitFor(tb testing.TB, addr string) Message {
	tb.Helper()
	return s.Wait(tb, 1, func(m Message) bool { return m.HasRcpt(addr) })[0]
}

// String lists the envelopes, for a test's complaint.
func (s *Sink) String() string {
	var b bytes.Buffer
	for _, m := range s.Messages() {
		fmt.Fprintf(&b, "\n  from <%s> to %v, %d bytes", m.From, m.To(), len(m.Data))
	}
	return b.String()
}

func (s *Sink) matching(want func(Message) bool) (found []Message, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.got {
		if want == nil || want(m) {
			found = append(found, m)
		}
	}
	return found, s.changed
}

func (s *Sink) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

// delivery is one SMTP session with the sink.
type delivery struct {
	sink *Sink
	mail Message
}

func (d *delivery) Reset()        { d.mail = Message{} }
func (d *delivery) Logout() error { return nil }

func (d *delivery) Mail(from string, o *smtp.MailOptions) error {
	d.mail = Message{From: from}
	if o.Return != "" {
		d.mail.FromArgs = append(d.mail.FromArgs, "RET="+string(o.Return))
	}
	if o.EnvelopeID != "" {
		d.mail.FromArgs = append(d.mail.FromArgs, "ENVID="+o.EnvelopeID)
	}
	if o.UTF8 {
		d.mail.FromArgs = append(d.mail.FromArgs, "SMTPUTF8")
	}
	return nil
}

func (d *delivery) Rcpt(to string, o *smtp.RcptOptions) error {
	rcpt := Recipient{Address: to}
	for _, n := range o.Notify {
		rcpt.Args = append(rcpt.Args, "NOTIFY="+string(n))
	}
	if o.OriginalRecipient != "" {
		rcpt.Args = append(rcpt.Args, fmt.Sprintf("ORCPT=%s;%s", o.OriginalRecipientType, o.OriginalRecipient))
	}
	d.mail.Rcpts = append(d.mail.Rcpts, rcpt)
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.mail.Data = data
	d.sink.keep(d.mail)
	return nil
}
