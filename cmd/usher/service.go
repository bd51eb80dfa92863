package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/milter"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/ledger"
	"usher/milter/message"
	"usher/milter/world"
)

// service is a running Usher: what stays while configurations come and go.
type service struct {
	file    string
	frame   *config.Config // what it was started with: sockets and limits stay
	log     *slog.Logger
	done    *world.FileLog
	ledger  *ledger.Ledger
	engines engines
	budget  *message.Budget
	server  *milter.Server
	metrics *metrics
	web     *http.Server
	desk    *http.Server // for the commands of administrators
}

// newService makes the engine its own, whatever comes of it.
func newService(file string, e *engine) (*service, error) {
	c := e.config
	done, err := world.OpenDoneLog(c.StateDir, e.log, time.Now)
	if err != nil {
		e.close()
		return nil, fmt.Errorf("state_dir: %w", err)
	}
	counts, err := ledger.Open(c.StateDir, e.log, time.Now)
	if err != nil {
		e.close()
		return nil, fmt.Errorf("state_dir: %w", errors.Join(err, done.Close()))
	}
	s := &service{file: file, frame: c, log: e.log, done: done, ledger: counts, budget: newBudget(c.Limits)}
	s.metrics = newMetrics(s)
	s.server = s.newServer(c.Limits)
	s.web = &http.Server{Handler: s.metrics.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	s.desk = s.control()
	s.use(e)
	return s, nil
}

// commandTimeout is for MAIL, RCPT and the end of a header: Postfix waits 30 s (milter_command_timeout).
const commandTimeout = 25 * time.Second

// newBudget gives an eighth of the room to memory, the rest to files.
func newBudget(l config.Limits) *message.Budget {
	memory := int64(l.Spool) / 8
	return message.NewBudget(memory, int64(l.Spool)-memory, os.TempDir())
}

func (s *service) newServer(l config.Limits) *milter.Server {
	return milter.New(milter.Options{
		Pipeline:        s.pipeline,
		Budget:          s.budget,
		MemoryPerMail:   int64(l.Memory),
		Timeout:         l.Deadline,
		CommandTimeout:  commandTimeout,
		MaxHeaderBytes:  int64(l.Header),
		MaxHeaderFields: l.HeaderFields,
		MaxRecipients:   l.Recipients,
		Log:             s.log,
		Observe:         s.metrics.mail,
	})
}

// pipeline is for one mail: the milter's host closes it when the mail is done.
func (s *service) pipeline() milter.Pipeline {
	return &ride{generation: s.engines.board(), leave: s.engines.leave, metrics: s.metrics}
}

// use makes an engine the one for new mails.
func (s *service) use(e *engine) {
	s.metrics.expect(e.steps)
	for _, w := range e.config.Warnings {
		s.log.Warn("configuration", "warning", w)
	}
	for _, l := range s.frame.Listen {
		s.log.Debug("modules", "listener", l.Name, "role", l.Role, "enabled", modulesAt(l, e.steps))
	}
	e.books.keep(s.ledger)
	p := e.pipeline(e.live(s.done))
	p.Charge = s.charge
	s.engines.replace(&generation{engine: e, Pipeline: p, close: e.close})
}

// charge is what mail that really comes costs its sender.
func (s *service) charge(_ context.Context, charges []filter.Charge) {
	s.metrics.charged(charges)
	s.ledger.Add(charges...)
}

// run listens, serves, and drains when a signal says so.
func (s *service) run(signals <-chan os.Signal) error {
	defer s.close()
	open, err := s.listen()
	if err != nil {
		return err
	}
	group, running := errgroup.WithContext(context.Background())
	s.serve(group, open)
	s.log.Info("serving", "version", release(), "config", s.file, "listeners", len(open.milter))
	s.wait(running, signals)
	s.drain()
	return group.Wait()
}

// wait returns when told to stop, or when a listener broke; SIGHUP reloads meanwhile.
func (s *service) wait(running context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-running.Done():
			return
		case sig := <-signals:
			if sig != syscall.SIGHUP {
				signal.Reset(syscall.SIGTERM, syscall.SIGINT) // a second one ends us at once
				return
			}
			s.reload()
		}
	}
}

// drain lets the mails in work finish, as long as the configuration gives them.
func (s *service) drain() {
	limit := s.engines.now().config.Drain
	s.log.Info("stopping", "drain", limit, "connections", s.server.Connections())
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.log.Warn("mails in work were cut off, their senders try again", "err", err)
	}
	s.web.Close()
	s.desk.Close()
	s.log.Info("stopped")
}

func (s *service) close() {
	s.engines.replace(nil)
	if err := s.done.Close(); err != nil {
		s.log.Warn("done-log not closed", "err", err)
	}
	if err := s.ledger.Close(); err != nil {
		s.log.Warn("ledger not closed", "err", err)
	}
}
