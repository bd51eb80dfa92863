package milter

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

// printed is what the library printed; it should be nothing.
var printed lockedBuffer

func TestMain(m *testing.M) {
	log.SetOutput(&printed)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if p := printed.String(); p != "" && code == 0 {
			os.Stderr.WriteString("the library printed:\n" + p)
			code = 1
		}
		os.Exit(code)
	}))
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var _ Pipeline = (*filter.Pipeline)(nil)

// fake is a pipeline made of functions; what is nil lets pass.
type fake struct {
	mail   func(context.Context, *filter.Envelope) *filter.Refusal
	rcpt   func(context.Context, *filter.Envelope, filter.Recipient) *filter.Refusal
	header func(context.Context, *filter.Envelope, message.Header) (filter.Interest, *filter.Refusal)
	run    func(context.Context, *filter.Tx) filter.Outcome
}

func (f *fake) Mail(ctx context.Context, env *filter.Envelope) *filter.Refusal {
	if f.mail == nil {
		return nil
	}
	return f.mail(ctx, env)
}

func (f *fake) Rcpt(ctx context.Context, env *filter.Envelope, rcpt filter.Recipient) *filter.Refusal {
	if f.rcpt != nil {
		if r := f.rcpt(ctx, env, rcpt); r != nil {
			return r
		}
	}
	env.Rcpts = append(env.Rcpts, rcpt)
	return nil
}

// Header asks for the whole mail if there is something to run it with.
func (f *fake) Header(ctx context.Context, env *filter.Envelope, h message.Header) (filter.Interest, *filter.Refusal) {
	switch {
	case f.header != nil:
		return f.header(ctx, env, h)
	case f.run != nil:
		return filter.Whole, nil
	}
	return filter.Nothing, nil
}

func (f *fake) Run(ctx context.Context, tx *filter.Tx) filter.Outcome { return f.run(ctx, tx) }

// host is a server under test, on a unix socket.
type host struct {
	*Server
	t       *testing.T
	network string
	address string
	log     *lockedBuffer
	mu      sync.Mutex
	records []Record
}

func start(t *testing.T, role filter.Role, p Pipeline, change ...func(*Options)) *host {
	t.Helper()
	h := &host{t: t, log: &lockedBuffer{}}
	o := Options{
		Pipeline: func() Pipeline { return p },
		Log:      slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Observe: func(r Record) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.records = append(h.records, r)
		},
	}
	for _, c := range change {
		c(&o)
	}
	h.Server = New(o)
	h.listen(Listener{Name: "test", Role: role})
	return h
}

func (h *host) listen(l Listener) {
	h.t.Helper()
	if l.Network == "" {
		l.Network, l.Address = "unix", filepath.Join(h.t.TempDir(), "s")
	}
	ln, err := l.Listen()
	if err != nil {
		h.t.Fatal(err)
	}
	h.serve(l, ln)
}

func (h *host) serve(l Listener, ln net.Listener) {
	h.network, h.address = ln.Addr().Network(), ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- h.Serve(l, ln) }()
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := h.Shutdown(ctx); err != nil {
			h.t.Errorf("Shutdown = %v", err)
		}
		if err := <-served; err != nil {
			h.t.Errorf("Serve = %v", err)
		}
	})
}

func (h *host) dial(offer miltertest.Offer) *miltertest.Session {
	h.t.Helper()
	s, err := miltertest.Dial(h.network, h.address, offer)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	return s
}

// deliver plays a mail on a connection of its own.
func (h *host) deliver(m miltertest.Mail) miltertest.Delivery {
	h.t.Helper()
	s := h.dial(miltertest.Postfix)
	d := deliver(h.t, s, m)
	s.Quit()
	return d
}

func deliver(t *testing.T, s *miltertest.Session, m miltertest.Mail) miltertest.Delivery {
	t.Helper()
	d, err := s.Deliver(m)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// done waits for so many records.
func (h *host) done(n int) []Record {
	h.t.Helper()
	for range 1000 {
		h.mu.Lock()
		records := append([]Record(nil), h.records...)
		h.mu.Unlock()
		if len(records) >= n {
			return records
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.t.Fatalf("%d mails are not done", n)
	return nil
}

func (h *host) logged(what string) {
	h.t.Helper()
	for range 1000 {
		if strings.Contains(h.log.String(), what) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.t.Errorf("the log lacks %q:\n%s", what, h.log.String())
}

func simple() miltertest.Mail {
	return miltertest.Mail{
		Client: netip.MustParseAddrPort("192.0.2.7:4711"), ClientName: "client.example", Helo: "helo.example",
		QueueID: "4XyZ", From: "Alice@Example.org", Rcpts: miltertest.To("bob@example.org", "carol@example.org"),
		Raw: []byte("From: Alice <alice@example.org>\r\nSubject:  two spaces\r\nX-Folded: a\r\n\tb\r\nX-Empty:\r\n\r\nHello.\r\n"),
	}
}

func refusal(code int, enhanced, text string) *filter.Refusal {
	return &filter.Refusal{Code: code, Enhanced: enhanced, Text: text}
}

func args(rs []filter.Recipient) string {
	var all []string
	for _, r := range rs {
		all = append(all, r.Arg)
	}
	return strings.Join(all, " ")
}
