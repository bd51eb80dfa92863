package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// question is one search on behalf of a key.
type question struct {
	profile *profile
	key     key
	query   Query
}

func (p *profile) question(t topic, text string, q Query) question {
	return question{profile: p, key: key{p.index, t, text}, query: q}
}

// ask answers from the cache while an answer is fresh, else from the directory, else, when that does not
// answer, from entries that are not too old and are marked Stale. Nobody is never concluded from anything old.
func (d *Dir) ask(ctx context.Context, q question) ([]*Entry, error) {
	d.counts.lookups.Add(1)
	kept, fresh := d.kept(q)
	if fresh {
		d.counts.hits.Add(1)
		return kept.entries, nil
	}
	entries, err := d.fetch(ctx, q)
	if err == nil {
		return entries, nil
	}
	if kept != nil && len(kept.entries) > 0 && d.age(kept) <= d.cfg.Cache.MaxStale && !errors.Is(err, ErrTooMany) {
		d.counts.stale.Add(1)
		return staleCopies(kept.entries), nil
	}
	d.counts.errors.Add(1)
	return nil, err
}

// kept is the answer in the cache, nil if there is none, and whether it is still good.
func (d *Dir) kept(q question) (a *answer, fresh bool) {
	a = d.cache.get(q.key)
	return a, a != nil && d.age(a) < d.ttl(a) && a.edition == q.profile.edition()
}

// edition is 0 for a backend that notices nothing.
func (p *profile) edition() uint64 {
	if n, ok := p.backend.(Noticing); ok {
		return n.Edition()
	}
	return 0
}

func (d *Dir) age(a *answer) time.Duration { return d.clock().Sub(a.fetched) }

func (d *Dir) ttl(a *answer) time.Duration {
	if len(a.entries) == 0 {
		return d.cfg.Cache.NegativeTTL
	}
	return d.cfg.Cache.TTL
}

func staleCopies(entries []*Entry) []*Entry {
	copies := make([]*Entry, len(entries))
	for i, e := range entries {
		stale := *e
		stale.Stale = true
		copies[i] = &stale
	}
	return copies
}

// fetch asks the directory, one question per key at a time. The question outlives the one who asked it
// first: others wait for the same answer.
func (d *Dir) fetch(ctx context.Context, q question) ([]*Entry, error) {
	text := fmt.Sprintf("%d/%c/%s", q.key.profile, q.key.topic, q.key.text)
	done := d.flights.DoChan(text, func() (any, error) {
		if a, fresh := d.kept(q); fresh { // somebody else's question has ended just now
			return a.entries, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.Deadline)
		defer cancel()
		return d.search(ctx, q)
	})
	select {
	case r := <-done:
		entries, _ := r.Val.([]*Entry)
		return entries, r.Err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

func (d *Dir) search(ctx context.Context, q question) ([]*Entry, error) {
	now := d.clock()
	probe, err := q.profile.breaker.allow(now)
	if err != nil {
		return nil, fmt.Errorf("%w: directory %s is left alone for a moment: %w", ErrUnavailable, q.profile.Name, err)
	}
	if probe {
		// A probe that hangs and the pause after it take one deadline together: a directory that is back
		// is noticed within that time.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, max(d.cfg.Deadline-d.cfg.Breaker.Pause, d.cfg.Deadline/2))
		defer cancel()
	}
	d.counts.asked.Add(1)
	edition := q.profile.edition()
	raws, err := q.profile.ask(ctx, q.query)
	d.report(q.profile, err)
	if errors.Is(err, ErrTooMany) {
		return nil, fmt.Errorf("directory %s: %w", q.profile.Name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: directory %s: %w", ErrUnavailable, q.profile.Name, err)
	}
	a := &answer{key: q.key, fetched: now, edition: edition}
	for _, raw := range raws {
		if e := q.profile.mapping.entry(raw, now); e != nil {
			a.entries = append(a.entries, e)
		}
	}
	d.cache.put(a)
	return a.entries, nil
}

// ask lets no panic of a backend out: it would come up in a goroutine of nobody and end the process.
func (p *profile) ask(ctx context.Context, q Query) (raws []Raw, err error) {
	defer func() {
		if r := recover(); r != nil {
			raws, err = nil, fmt.Errorf("search panicked: %v", r)
		}
	}()
	return p.backend.Search(ctx, q)
}

// report tells the breaker. A refused question is an answer of a server that is there.
func (d *Dir) report(p *profile, err error) {
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrTooMany) {
		err = nil
	}
	before := p.breaker.state()
	p.breaker.report(d.clock(), err)
	switch after := p.breaker.state(); {
	case before == after:
	case after == "open" && before == "closed":
		d.log.Error("directory does not answer", "directory", p.Name, "err", err)
	case after == "closed":
		d.log.Info("directory answers again", "directory", p.Name)
	}
}
