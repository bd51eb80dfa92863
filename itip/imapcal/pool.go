package imapcal

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// errClosed says that the store is closed.
var errClosed = errors.New("calendars are closed")

// wakeAfter is how long a connection may be idle before it is asked whether it is still there.
const wakeAfter = 30 * time.Second

// pool keeps connections of several logins, so many of each and so many in all.
type pool struct {
	mu     sync.Mutex
	idle   []*conn // the last used at the end
	count  map[string]int
	total  int
	closed bool
	moved  chan struct{} // closed and made anew when somebody who waits should look again
	reaper *time.Timer
}

func newPool() *pool { return &pool{count: map[string]int{}, moved: make(chan struct{})} }

// take gives a connection of a login: an idle one, or one that may be dialled (nil), or waits.
func (p *pool) take(ctx context.Context, login string, each, all int) (*conn, error) {
	for {
		c, moved, err := p.try(login, each, all)
		if moved == nil {
			return c, err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try gives a connection, leave to dial one, or the channel to wait for.
func (p *pool) try(login string, each, all int) (*conn, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, errClosed
	}
	for i, c := range slices.Backward(p.idle) {
		if c.dead() {
			p.idle = slices.Delete(p.idle, i, i+1)
			p.gone(c)
		} else if c.login == login {
			p.idle = slices.Delete(p.idle, i, i+1)
			return c, nil, nil
		}
	}
	if p.count[login] >= each {
		return nil, p.moved, nil
	}
	if p.total >= all {
		if len(p.idle) == 0 {
			return nil, p.moved, nil
		}
		c := p.idle[0]
		p.idle = slices.Delete(p.idle, 0, 1)
		p.gone(c)
	}
	p.count[login]++
	p.total++
	return nil, nil, nil
}

// gone forgets a connection. The lock is held.
func (p *pool) gone(c *conn) {
	p.forget(c.login)
	go c.close() // it may have to wait for its reader
}

// forget takes one of a login from the count. The lock is held.
func (p *pool) forget(login string) {
	p.total--
	if p.count[login]--; p.count[login] == 0 {
		delete(p.count, login)
	}
	close(p.moved)
	p.moved = make(chan struct{})
}

// failed gives back the leave to dial.
func (p *pool) failed(login string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(login)
}

// give takes a connection back; one that is dead is forgotten.
func (p *pool) give(c *conn, idle time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || c.dead() {
		p.gone(c)
		return
	}
	c.used = time.Now()
	p.idle = append(p.idle, c)
	close(p.moved)
	p.moved = make(chan struct{})
	if p.reaper == nil {
		p.reaper = time.AfterFunc(idle, func() { p.reap(idle) })
	}
}

// reap closes what has been idle for long.
func (p *pool) reap(idle time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaper = nil
	for len(p.idle) > 0 && (p.idle[0].dead() || time.Since(p.idle[0].used) >= idle) {
		p.gone(p.idle[0])
		p.idle = slices.Delete(p.idle, 0, 1)
	}
	if len(p.idle) > 0 && !p.closed {
		p.reaper = time.AfterFunc(idle, func() { p.reap(idle) })
	}
}

// close ends all idle connections; the others end when they are given back.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	for _, c := range idle {
		p.forget(c.login)
	}
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

// connect gives a connection that works as far as can be told.
func (s *Store) connect(ctx context.Context, login string) (*conn, error) {
	for {
		c, err := s.pool.take(ctx, login, s.config.Pool, s.config.Connections)
		if err != nil {
			return nil, err
		}
		if c == nil {
			if c, err = s.dial(ctx, login); err != nil {
				s.pool.failed(login)
			}
			return c, err
		}
		if time.Since(c.used) < wakeAfter || c.noop(ctx, s.config.Timeout) == nil {
			return c, nil
		}
		c.close()
		s.release(c)
	}
}

func (s *Store) release(c *conn) { s.pool.give(c, s.config.IdleTimeout) }
