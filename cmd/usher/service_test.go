package main

import (
	"log/slog"
	"os"
	"slices"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// inProcess is a service in this process.
func inProcess(t *testing.T) (*service, *process) {
	t.Helper()
	p := prepare(t)
	e, err := open(p.file(), slog.New(slog.NewTextHandler(&p.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newService(p.file(), e)
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// TestServiceLeavesNothingBehind: when it has ended, nothing of it still runs.
func TestServiceLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, p := inProcess(t)
	signals := make(chan os.Signal)
	ended := make(chan error)
	go func() { ended <- s.run(signals) }()
	p.await("msg=serving ")
	session := p.dial("s")
	deliver(t, session, lunch(t))
	session.Close()
	signals <- syscall.SIGHUP
	p.await("configuration loaded")
	signals <- syscall.SIGTERM
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestEngineClosesWithItsLastMail, not before; the current one stays open without any.
func TestEngineClosesWithItsLastMail(t *testing.T) {
	var closed []string
	named := func(name string) *generation {
		return &generation{close: func() { closed = append(closed, name) }}
	}
	var es engines
	es.replace(named("first"))
	one, two := es.board(), es.board()
	es.leave(one)
	es.replace(named("second"))
	es.leave(es.board())
	if len(closed) > 0 {
		t.Errorf("closed %v, with a mail in work on the first and the second current", closed)
	}
	es.leave(two)
	es.replace(named("third"))
	if want := []string{"first", "second"}; !slices.Equal(closed, want) {
		t.Errorf("closed %v, want %v", closed, want)
	}
	es.replace(nil)
	if want := []string{"first", "second", "third"}; !slices.Equal(closed, want) || es.now() != nil {
		t.Errorf("closed %v, want %v", closed, want)
	}
}
