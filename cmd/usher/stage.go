package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"usher/examples/office"
	"usher/milter"
	"usher/milter/filter"
	"usher/milter/miltertest"
	"usher/milter/world"
)

// demoConfig is the example office with its calendars in a temporary folder. Nothing listens on the socket: the
// demo's mail server is in the same process.
const demoConfig = `
listen: [{socket: "unix:/demo", role: submission}]
hostname: mx.example.org
domains: [example.org]
directory: {ldif: office.ldif, base: "dc=example,dc=org", preset: kolab}
calendars: {dir: ., zone: Europe/Berlin}
submit: {smtp: ""}
modules:
  invitation: {enabled: true}
  resource: {enabled: true}
  footer: {enabled: true, text_file: footer.txt, html_file: footer.html}
`

// stage is an Usher in this process, and the mail server that hands it the mails of the story.
type stage struct {
	engine  *engine
	outbox  world.Outbox
	server  *milter.Server
	session *miltertest.Session
	why     string // of the last mail, as its log line says it
	closers []func()
}

func newStage(log *slog.Logger) (*stage, error) {
	st := new(stage)
	err := st.assemble(log)
	if err == nil {
		st.serve(log)
		err = st.connect()
	}
	if err != nil {
		st.close()
		return nil, err
	}
	return st, nil
}

func (st *stage) close() {
	for _, f := range slices.Backward(st.closers) {
		f()
	}
}

func (st *stage) later(f func()) { st.closers = append(st.closers, f) }

// assemble lays the example's files out and makes an engine of them whose own mail goes to the outbox.
func (st *stage) assemble(log *slog.Logger) error {
	dir, err := os.MkdirTemp("", "usher-demo-")
	if err != nil {
		return err
	}
	st.later(func() { os.RemoveAll(dir) })
	if err := os.CopyFS(dir, office.Files); err != nil {
		return err
	}
	file := filepath.Join(dir, "usher.yaml")
	if err := os.WriteFile(file, []byte(demoConfig), 0o600); err != nil {
		return err
	}
	if st.engine, err = open(file, log); err != nil {
		return err
	}
	st.later(st.engine.close)
	st.engine.submitter = &st.outbox
	st.engine.books.keep(new(filter.MemoryLedger))
	return nil
}

func (st *stage) serve(log *slog.Logger) {
	pipeline := st.engine.pipeline(st.engine.live(new(world.MemoryLog)))
	st.server = milter.New(milter.Options{Log: log, Pipeline: func() milter.Pipeline { return pipeline },
		Observe: func(r milter.Record) { st.why = r.Why }})
	st.later(func() { st.server.Shutdown(canceled()) })
}

// connect is a mail server's connection to the milter that leaves no trace outside this process.
func (st *stage) connect() error {
	ours, theirs := net.Pipe()
	go st.server.Serve(listenerOf(st.engine.config.Listen[0]), &only{conn: ours, closed: make(chan struct{})})
	session, err := miltertest.New(theirs, miltertest.Postfix)
	if err != nil {
		theirs.Close()
		return fmt.Errorf("greet the milter: %w", err)
	}
	st.session = session
	st.later(func() { session.Close() })
	return nil
}

// only is a listener for a single connection that is there already.
type only struct {
	conn   net.Conn
	given  sync.Once
	once   sync.Once
	closed chan struct{}
}

func (o *only) Accept() (conn net.Conn, err error) {
	o.given.Do(func() { conn = o.conn })
	if conn != nil {
		return conn, nil
	}
	<-o.closed
	return nil, net.ErrClosed
}

func (o *only) Close() error {
	o.once.Do(func() { close(o.closed) })
	return nil
}

func (o *only) Addr() net.Addr { return o.conn.LocalAddr() }

// canceled is a context that is over: for a Shutdown that waits for nobody.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
