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
	hostname  string
	steps     []filter.Step
	log       *slog.Logger
}

// load reads a configuration; the error is all of its mistakes.
func load(file string) (*config.Config, error) { return config.Load(file, modules.All) }

// assemble puts together what the configuration describes. Nothing is asked and nothing listens yet.
func assemble(c *config.Config, log *slog.Logger) (*engine, error) {
	e := &engine{config: c, log: log, hostname: c.Hostname}
	if e.hostname == "" {
		e.hostname = machine()
	}
	var err error
	if e.directory, err = ldapdir.New(c.Directory, ldapdir.Either(ldap.Open, ldif.Open), time.Now, log); err != nil {
		return nil, c.Locate("directory", err)
	}
	if err := e.equip(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// equip adds what lies on top of the directory.
func (e *engine) equip() (err error) {
	c := e.config
	host := filter.Host{Directory: e.directory, Zone: c.Calendars.Location(), Hostname: e.hostname}
	if c.Calendars.Dir != "" {
		store, err := calendar.OpenDir(c.Calendars.Dir, calendar.Options{Local: host.Zone})
		if err != nil {
			return c.Locate("calendars.dir", err)
		}
		e.calendars, host.Calendars = store, store
	}
	if e.submitter, err = c.Submit.Submitter(e.hostname); err != nil {
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
func (e *engine) live(done world.DoneLog) *world.World {
	return world.New(world.Parts{Store: e.calendars, Submitter: e.submitter, DoneLog: done, Log: e.log, Hostname: e.hostname})
}

// close lets go of the directory. Calendars and submission hold nothing open between mails.
func (e *engine) close() {
	if err := e.directory.Close(); err != nil {
		e.log.Warn("close directory", "err", err)
	}
}

// probe asks every peer once.
func (e *engine) probe(ctx context.Context) error {
	var errs []error
	errs = append(errs, e.directory.Probe(ctx))
	if p, ok := e.submitter.(interface{ Probe(context.Context) error }); ok {
		if err := p.Probe(ctx); err != nil {
			errs = append(errs, fmt.Errorf("submission: %w", err))
		}
	}
	return errors.Join(errs...)
}

// onlooker is a world in which nothing happens: for explain, filter and audit.
type onlooker struct{}

func (onlooker) Apply(context.Context, []filter.Effect) error { return nil }

func (onlooker) Reserve(ctx context.Context, _ []string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}
