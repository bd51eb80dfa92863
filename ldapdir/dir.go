package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Dir answers questions about people, groups, resources and domains. It may be used by many at once.
type Dir struct {
	cfg      Config
	profiles []*profile
	clock    func() time.Time
	log      *slog.Logger
	cache    *cache
	flights  singleflight.Group
	counts   counts
}

// profile is one directory at work.
type profile struct {
	Profile
	index   int
	backend Backend
	mapping *mapping
	breaker *breaker
	base    string            // canonical
	domains map[string]Domain // configured ones, by every name they have
}

// counts are kept per question the Dir asks itself: one Lookup may be several.
type counts struct {
	lookups, hits, asked, stale, errors atomic.Uint64
}

// New makes a Dir. The settings are Defaults with the file's decoded over them; mistakes in them are returned
// as Mistakes. clock and log may be nil.
func New(cfg Config, open Open, clock func() time.Time, log *slog.Logger) (*Dir, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if clock == nil {
		clock = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	d := &Dir{cfg: cfg, clock: clock, log: log, cache: newCache(cfg.Cache.MaxEntries)}
	for i, p := range cfg.all() {
		backend, err := open(p.Profile, log.With("directory", p.Name))
		if err != nil {
			d.Close()
			return nil, fmt.Errorf("directory %s: %w", p.Name, err)
		}
		d.profiles = append(d.profiles, newProfile(p.Profile, i, backend, cfg.Breaker))
	}
	return d, nil
}

func newProfile(p Profile, index int, backend Backend, b Breaker) *profile {
	base, _ := CanonicalDN(p.Base)
	return &profile{
		Profile: p, index: index, backend: backend, base: base,
		mapping: newMapping(p.Schema), breaker: &breaker{Breaker: b}, domains: p.configured(),
	}
}

// Close ends all connections.
func (d *Dir) Close() error {
	var errs []error
	for _, p := range d.profiles {
		errs = append(errs, p.backend.Close())
	}
	return errors.Join(errs...)
}

// Probe asks every server once, past the cache and the breakers, and returns what is wrong with any.
func (d *Dir) Probe(ctx context.Context) error {
	var errs []error
	for _, p := range d.profiles {
		if err := p.probe(ctx); err != nil {
			errs = append(errs, fmt.Errorf("directory %s: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (p *profile) probe(ctx context.Context) error {
	if prober, ok := p.backend.(Prober); ok {
		if err := prober.Probe(ctx); err != nil {
			return err
		}
	}
	found, err := p.backend.Search(ctx, Query{Base: p.Base, Scope: Base, Filter: everything, Attrs: []string{"objectClass"}, Limit: 1})
	if err == nil && len(found) == 0 && p.base != "" {
		return fmt.Errorf("base %s: no such entry", p.Base)
	}
	return err
}

// RecipientDelimiter gives the characters that begin a tag.
func (d *Dir) RecipientDelimiter() string { return d.cfg.RecipientDelimiter }

// Presets names the presets of the profiles, each once.
func (d *Dir) Presets() []string {
	var names []string
	for _, p := range d.profiles {
		if !slices.Contains(names, p.Preset) {
			names = append(names, p.Preset)
		}
	}
	return names
}

// Stats are counters since the start, and how the directories are now.
type Stats struct {
	Lookups uint64 // questions
	Hits    uint64 // answered from the cache
	Asked   uint64 // searches sent to a backend
	Stale   uint64 // answered from beyond the ttl because the directory did not answer
	Errors  uint64 // not answered
	Cached  int    // answers in the cache
	// Directories are the profiles in the order of the configuration.
	Directories []DirectoryStats
}

// DirectoryStats is how one profile is.
type DirectoryStats struct {
	Name    string
	Breaker string // closed (asking), open (left alone), half-open
	Servers []ServerState
}

// Stats gives the counters and states of this moment.
func (d *Dir) Stats() Stats {
	s := Stats{
		Lookups: d.counts.lookups.Load(), Hits: d.counts.hits.Load(), Asked: d.counts.asked.Load(),
		Stale: d.counts.stale.Load(), Errors: d.counts.errors.Load(), Cached: d.cache.size(),
	}
	for _, p := range d.profiles {
		ds := DirectoryStats{Name: p.Name, Breaker: p.breaker.state()}
		if m, ok := p.backend.(Monitored); ok {
			ds.Servers = m.Servers()
		}
		s.Directories = append(s.Directories, ds)
	}
	return s
}
