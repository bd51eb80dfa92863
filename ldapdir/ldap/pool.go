package ldap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"usher/ldapdir"
)

const (
	deadTime = 30 * time.Second // how long a server that failed is passed over while another answers
	maxIdle  = time.Minute      // an unused connection may have been forgotten by a firewall
	maxLife  = 10 * time.Minute // then the preferred server gets its chance again
)

// pool keeps connections to the first server that answers.
type pool struct {
	profile ldapdir.Profile
	log     *slog.Logger
	turns   chan struct{} // one per connection in use

	mu      sync.Mutex
	idle    []*conn
	servers []*server
	closed  bool
}

// server is one URI.
type server struct {
	url       string
	deadUntil time.Time
}

func newPool(p ldapdir.Profile, log *slog.Logger) *pool {
	pl := &pool{profile: p, log: log, turns: make(chan struct{}, p.Pool)}
	for _, u := range p.URL {
		pl.servers = append(pl.servers, &server{url: u})
	}
	return pl
}

var errClosed = errors.New("directory is closed")

// get gives a connection for one question; used tells whether it was in the pool and may have died there.
// It waits for its turn as long as ctx allows.
func (p *pool) get(ctx context.Context, fresh bool) (c *conn, used bool, err error) {
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, false, fmt.Errorf("all %d connections are busy: %w", cap(p.turns), ctx.Err())
	}
	if c := p.take(fresh); c != nil {
		return c, true, nil
	}
	c, err = p.dial(ctx)
	if err != nil {
		<-p.turns
	}
	return c, false, err
}

// take gives an idle connection that still looks well, and closes those that do not.
func (p *pool) take(fresh bool) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if !fresh && c.usable(time.Now()) {
			return c
		}
		c.close()
	}
	return nil
}

// put takes a connection back after a question.
func (p *pool) put(c *conn, healthy bool) {
	defer func() { <-p.turns }()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !healthy || p.closed || !c.usable(time.Now()) {
		c.close()
		return
	}
	c.idleSince = time.Now()
	p.idle = append(p.idle, c)
}

// dial tries the servers in order: those that did not fail lately first, then the others, since a server
// thought dead is better than none.
func (p *pool) dial(ctx context.Context) (*conn, error) {
	servers := p.order()
	if len(servers) == 0 {
		return nil, errClosed
	}
	var errs []error
	for _, s := range servers {
		if ctx.Err() != nil {
			return nil, errors.Join(append(errs, ctx.Err())...)
		}
		c, err := dial(ctx, p.profile, s)
		p.mark(s, err)
		if err == nil {
			return p.adopt(c)
		}
		errs = append(errs, fmt.Errorf("%s: %w", s.url, err))
	}
	return nil, errors.Join(errs...)
}

// adopt lets no connection survive Close.
func (p *pool) adopt(c *conn) (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.close()
		return nil, errClosed
	}
	return c, nil
}

func (p *pool) order() []*server {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	var alive, dead []*server
	for _, s := range p.servers {
		if time.Now().Before(s.deadUntil) {
			dead = append(dead, s)
		} else {
			alive = append(alive, s)
		}
	}
	return append(alive, dead...)
}

// mark notes how a server did.
func (p *pool) mark(s *server, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wasDead := time.Now().Before(s.deadUntil)
	s.deadUntil = time.Time{}
	if err != nil {
		s.deadUntil = time.Now().Add(deadTime)
	}
	switch {
	case err != nil && !wasDead:
		p.log.Warn("directory server is down", "url", s.url, "err", err)
	case err == nil && wasDead:
		p.log.Info("directory server is back", "url", s.url)
	}
}

func (p *pool) states() []ldapdir.ServerState {
	p.mu.Lock()
	defer p.mu.Unlock()
	var states []ldapdir.ServerState
	for _, s := range p.servers {
		states = append(states, ldapdir.ServerState{URL: s.url, Down: time.Now().Before(s.deadUntil)})
	}
	return states
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.close()
	}
	p.idle = nil
}
