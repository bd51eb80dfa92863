package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"usher/milter"
	"usher/milter/config"
	"usher/milter/message"
	"usher/milter/world"
)

// serve runs the milter until it is told to stop. SIGHUP loads the configuration anew; SIGTERM and SIGINT let
// the mails in work finish.
func serve(args []string, _ io.Reader, _, errout io.Writer) int {
	flags, file := newFlags("serve", errout)
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return exitUsage
	}
	c, err := load(*file)
	if err != nil {
		fmt.Fprintln(errout, err)
		return exitConfig
	}
	log := logger(c.Log, errout)
	slog.SetDefault(log)
	stdlog.SetFlags(0)
	stdlog.SetOutput(slog.NewLogLogger(log.Handler(), slog.LevelWarn).Writer())
	e, err := assemble(c, log)
	if err != nil {
		fmt.Fprintln(errout, err)
		return exitConfig
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := newService(*file, e).run(ctx); err != nil {
		log.Error("stopped", "err", err)
		return exitSoftware
	}
	return exitOK
}

func logger(c config.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.Slog()}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// service is a running Usher: what stays while configurations come and go.
type service struct {
	file    string
	first   *engine
	log     *slog.Logger
	current atomic.Pointer[running]
	done    *world.FileLog
	metrics *metrics
}

// running is an engine whose pipeline is in use.
type running struct {
	*engine
	milter.Pipeline
}

func newService(file string, e *engine) *service {
	return &service{file: file, first: e, log: e.log, metrics: newMetrics()}
}

// run listens, serves, and drains when ctx ends.
func (s *service) run(ctx context.Context) error {
	c := s.first.config
	done, err := world.OpenDoneLog(c.StateDir, s.log, time.Now)
	if err != nil {
		return fmt.Errorf("state_dir %s: %w", c.StateDir, err)
	}
	s.done = done
	defer done.Close()
	s.use(s.first)
	defer func() { s.current.Load().close() }()
	server := s.server(c)
	ended := make(chan error, len(c.Listen)+1)
	listeners, err := s.listen(c)
	if err != nil {
		return err
	}
	for i, ln := range listeners {
		go func() { ended <- server.Serve(listenerOf(c.Listen[i]), ln) }()
	}
	stopHTTP, err := s.serveHTTP(c.Metrics)
	if err != nil {
		return errors.Join(err, server.Shutdown(canceled()))
	}
	defer stopHTTP()
	s.log.Info("serving", "version", version, "config", s.file, "listeners", len(listeners))
	err = s.wait(ctx, ended)
	return errors.Join(err, s.drain(server, c.Drain))
}

// wait returns when told to stop, or when a listener broke; SIGHUP reloads meanwhile.
func (s *service) wait(ctx context.Context, ended <-chan error) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return err
		case <-hup:
			s.reload()
		}
	}
}

func (s *service) drain(server *milter.Server, limit time.Duration) error {
	s.log.Info("stopping", "drain", limit)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		s.log.Warn("mails in work were cut off; their senders try again", "err", err)
	}
	s.log.Info("stopped")
	return nil
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// use makes an engine the one for new mails.
func (s *service) use(e *engine) *running {
	return s.current.Swap(&running{engine: e, Pipeline: e.pipeline(e.live(s.done))})
}

// reload swaps in what the file says now. A bad file changes nothing.
func (s *service) reload() {
	c, err := load(s.file)
	var e *engine
	if err == nil {
		e, err = assemble(c, s.log)
	}
	if err != nil {
		s.metrics.reloaded(false)
		s.log.Error("configuration not loaded, the old one stays", "config", s.file, "err", err)
		return
	}
	before := s.current.Load().config
	if !sameFrame(before, c) {
		s.log.Warn("listen, limits, metrics, log and state_dir change only with a restart", "config", s.file)
	}
	old := s.use(e)
	// Mails in work keep the pipeline they began with, and have no longer than their deadlines.
	time.AfterFunc(c.Limits.Deadline+idleMail, old.close)
	s.metrics.reloaded(true)
	s.log.Info("configuration loaded", "config", s.file)
}

// idleMail is how long a mail may wait for its client between MAIL and its end.
const idleMail = time.Hour

// sameFrame tells whether what was fixed at the start is still the same.
func sameFrame(a, b *config.Config) bool {
	return reflect.DeepEqual(a.Listen, b.Listen) && a.Limits == b.Limits && a.Metrics == b.Metrics &&
		a.StateDir == b.StateDir && a.Log == b.Log
}

func (s *service) server(c *config.Config) *milter.Server {
	return milter.New(milter.Options{
		Pipeline:        func() milter.Pipeline { return s.current.Load().Pipeline },
		Budget:          message.NewBudget(int64(c.Limits.Spool)/8, int64(c.Limits.Spool), os.TempDir()),
		MemoryPerMail:   int64(c.Limits.Memory),
		Timeout:         c.Limits.Deadline,
		MaxHeaderBytes:  int64(c.Limits.Header),
		MaxHeaderFields: c.Limits.HeaderFields,
		MaxRecipients:   c.Limits.Recipients,
		Log:             s.log,
		Observe:         s.metrics.mail,
	})
}

func listenerOf(l config.Listener) milter.Listener {
	return milter.Listener{Name: l.Name, Role: l.Role, Network: l.Socket.Network, Address: l.Socket.Address,
		Mode: fs.FileMode(l.Mode), MaxConnections: l.MaxConnections}
}

// listen opens all sockets or none.
func (s *service) listen(c *config.Config) ([]net.Listener, error) {
	var open []net.Listener
	for _, l := range c.Listen {
		ln, err := listenerOf(l).Listen()
		if err != nil {
			for _, ln := range slices.Backward(open) {
				ln.Close()
			}
			return nil, err
		}
		s.log.Info("listening", "listener", l.Name, "role", l.Role, "socket", ln.Addr())
		open = append(open, ln)
	}
	return open, nil
}

// serveHTTP serves /metrics and /healthz, if wanted.
func (s *service) serveHTTP(addr string) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	s.log.Info("listening", "listener", "metrics", "socket", ln.Addr())
	server := &http.Server{Handler: s.metrics.handler(s), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(ln)
	return func() { server.Close() }, nil
}
