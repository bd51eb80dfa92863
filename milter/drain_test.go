package milter

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"usher/milter/filter"
	"usher/milter/miltertest"
)

// shutdown runs Shutdown and gives its result.
func (h *host) shutdown(ctx context.Context) <-chan error {
	result := make(chan error, 1)
	go func() { result <- h.Shutdown(ctx) }()
	<-h.drain
	return result
}

func TestShutdownClosesIdleConnections(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	fresh, used := h.dial(miltertest.Postfix), h.dial(miltertest.Postfix)
	deliver(t, used, simple())
	silent, err := net.Dial(h.network, h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := <-h.shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	for _, s := range []*miltertest.Session{fresh, used} {
		if code, _, err := s.Receive(); err == nil || isTimeout(err) {
			t.Errorf("%q, %v", code, err)
		}
	}
	if _, err := net.Dial(h.network, h.address); err == nil {
		t.Error("still listening")
	}
	if _, err := os.Lstat(h.address); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestShutdownLetsMailsFinish(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	h := start(t, filter.Inbound, outcome(func(*filter.Tx) filter.Outcome {
		close(began)
		<-goOn
		return filter.Outcome{Quarantine: "done"}
	}))
	deciding, speaking := h.dial(miltertest.Postfix), h.dial(miltertest.Postfix)
	step(t, speaking.Mail, "<a@example.org>") // in flight, and waiting for its client
	result := make(chan miltertest.Delivery, 1)
	go func() {
		d, _ := deciding.Deliver(simple())
		result <- d
	}()
	<-began
	down := h.shutdown(context.Background())
	close(goOn)
	if d := <-result; d.Reason != "done" || !d.Accepted() {
		t.Errorf("%v %v", d.Final, d.Actions)
	}
	if code, _, err := deciding.Receive(); err == nil || isTimeout(err) {
		t.Errorf("after its mail: %q, %v", code, err)
	}
	step(t, speaking.Rcpt, "<b@example.org>")
	step(t, speaking.Rcpt, "<c@example.org>")
	if a, err := speaking.EndOfHeader(); err != nil || a.SMTP != 250 {
		t.Errorf("the mail of a slow client: %v, %v", a, err)
	}
	speaking.Abort()
	if err := <-down; err != nil {
		t.Error(err)
	}
}

func TestShutdownGivesUpInTheEnd(t *testing.T) {
	began := make(chan struct{})
	h := start(t, filter.Inbound, &fake{run: func(ctx context.Context, _ *filter.Tx) filter.Outcome {
		close(began)
		<-ctx.Done()
		return filter.Outcome{}
	}})
	speaking, deciding := h.dial(miltertest.Postfix), h.dial(miltertest.Postfix)
	step(t, speaking.Mail, "<a@example.org>")
	go deciding.Deliver(simple())
	<-began
	ctx, cancel := context.WithCancel(context.Background())
	down := h.shutdown(ctx)
	cancel()
	if err := <-down; !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown = %v", err)
	}
	if n := h.Connections(); n != 0 {
		t.Errorf("%d connections are open", n)
	}
	results := map[Result]int{}
	for _, r := range h.done(2) {
		results[r.Result]++
	}
	if results[Aborted] != 1 || results[Deferred] != 1 {
		t.Errorf("%v", results)
	}
}

func TestServeAfterShutdown(t *testing.T) {
	s := New(Options{})
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(Listener{}, ln); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("still listening")
	}
}

// failing is a listener that has run out of file descriptors for a while.
type failing struct {
	net.Listener
	times int
}

func (f *failing) Accept() (net.Conn, error) {
	if f.times--; f.times >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept", errTooMany)}
	}
	return f.Listener.Accept()
}

var errTooMany = errors.New("too many open files")

func TestAcceptErrorsAreSurvived(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.serve(Listener{Name: "tcp", Role: filter.Inbound}, &failing{ln, 3})
	if d := h.deliver(simple()); !d.Accepted() {
		t.Errorf("%v", d.Final)
	}
	h.logged("too many open files")
}

func TestConnectionLimitIsOfEachListener(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	h.listen(Listener{Name: "public", Role: filter.Inbound, MaxConnections: 1})
	first := h.dial(miltertest.Postfix)
	conn, err := net.Dial(h.network, h.address)
	if err != nil {
		t.Fatal(err)
	}
	h.logged("connection limit reached")

	second := make(chan *miltertest.Session, 1)
	go func() {
		s, err := miltertest.New(conn, miltertest.Postfix)
		if err != nil {
			t.Error(err)
		}
		second <- s
	}()
	h.listen(Listener{Name: "own", Role: filter.Own, MaxConnections: 1})
	if d := h.deliver(simple()); !d.Accepted() { // the other listener has room
		t.Errorf("%v", d.Final)
	}
	select {
	case <-second:
		t.Error("served beyond the limit")
	default:
	}
	first.Quit()
	s := <-second
	defer s.Close()
	if d := deliver(t, s, simple()); !d.Accepted() {
		t.Errorf("%v", d.Final)
	}
}

// TestShutdownWhileOneWaits for a slot.
func TestShutdownWhileOneWaits(t *testing.T) {
	h := start(t, filter.Inbound, &fake{})
	h.listen(Listener{Name: "public", Role: filter.Inbound, MaxConnections: 1})
	first := h.dial(miltertest.Postfix)
	step(t, first.Mail, "<a@example.org>")
	conn, err := net.Dial(h.network, h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	h.logged("connection limit reached")
	down := h.shutdown(context.Background())
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("the waiting one: %v", err)
	}
	first.Abort()
	if err := <-down; err != nil {
		t.Error(err)
	}
}
