package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldap"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/world"
	"usher/modules"
)

// engine is everything that follows from one configuration, up to the pipeline. A reload makes a new one.
type engine struct {
	config    *config.Config
	directory *ldapdir.Dir
	calendars calendar.Store // nil: none configured
	submitter world.Submitter
	books     *books
	hostname  string
	steps     []filter.Step
	log       *slog.Logger
}

// load reads a configuration; the error is all of its mistakes.
func load(file string) (*config.Config, error) {
	c, err := config.Load(file, modules.All)
	return c, failed(exitConfig, err)
}

// open is load and assemble.
func open(file string, log *slog.Logger) (*engine, error) {
	c, err := load(file)
	if err != nil {
		return nil, err
	}
	return assemble(c, log)
}

// assemble puts together what the configuration describes. Nothing is asked and nothing listens yet; what is
// wrong is a mistake in the configuration.
func assemble(c *config.Config, log *slog.Logger) (*engine, error) {
	e := &engine{config: c, log: log, hostname: c.Hostname, books: &books{dir: c.StateDir, log: log}}
	if e.hostname == "" {
		e.hostname = machine()
	}
	var err error
	if e.directory, err = ldapdir.New(c.Directory, ldapdir.Either(ldap.Open, ldif.Open), time.Now, log); err != nil {
		return nil, failed(exitConfig, c.Locate("directory", err))
	}
	if err := e.equip(); err != nil {
		e.close()
		return nil, failed(exitConfig, err)
	}
	return e, nil
}

// equip adds what lies on top of the directory.
func (e *engine) equip() (err error) {
	c := e.config
	host := filter.Host{Directory: e.directory, Ledger: e.books, Zone: c.Calendars.Location(), Hostname: e.hostname, Trust: c.Trust.ForModules()}
	if e.calendars, err = openCalendars(c, host.Zone, e.log); err != nil {
		return err
	}
	if e.calendars != nil {
		host.Calendars = e.calendars
	}
	if e.submitter, err = c.Submit.Submitter(e.hostname); err != nil {
		return c.Locate("submit", err)
	}
	if host.Signer, err = c.Submit.Signer(); err != nil {
		return c.Locate("submit", err)
	}
	e.steps, err = c.Steps(host)
	return err
}

func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// pipeline is the modules at work on this world.
func (e *engine) pipeline(w filter.World) *filter.Pipeline {
	return &filter.Pipeline{Steps: e.steps, Directory: e.directory, World: w, Audit: e.config.Audit, Log: e.log}
}

// live is the world where effects happen.
//
// Each engine has a World of its own, so while a reload goes through two of them write to the same calendars, as two
// hosts would, and neither knows whose turn it is in the other. That is safe: turns only keep a crowd in order;
// that nothing is booked twice is up to the calendars' holds and versions, which hold between processes. A mail
// of the old engine whose retry meets the new one may be sent twice, with the same Message-ID, as after a crash.
func (e *engine) live(done world.DoneLog) *world.World {
	return world.New(world.Parts{Store: e.calendars, Submitter: e.submitter, DoneLog: done, Log: e.log, Hostname: e.hostname})
}

// close lets go of the directory and of connections to calendars. Submission holds nothing open between mails.
func (e *engine) close() {
	if store, ok := e.imap(); ok {
		if err := store.Close(); err != nil {
			e.log.Warn("calendars not closed", "err", err)
		}
	}
	if err := e.directory.Close(); err != nil {
		e.log.Warn("directory not closed", "err", err)
	}
}

// probe asks every peer once.
func (e *engine) probe(ctx context.Context) error {
	down := e.directory.Probe(ctx)
	err := errors.Join(down, e.probeCalendars(ctx, down == nil))
	p, ok := e.submitter.(interface{ Probe(context.Context) error })
	if !ok {
		return err
	}
	if down := p.Probe(ctx); down != nil {
		err = errors.Join(err, fmt.Errorf("submission: %w", down))
	}
	return err
}
