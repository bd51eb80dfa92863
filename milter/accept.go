package milter

import (
	"errors"
	"net"
	"time"
)

// Serve answers on ln, which stands for l, until Shutdown; then it returns nil.
func (s *Server) Serve(l Listener, ln net.Listener) error {
	if !s.track(ln) {
		ln.Close()
		return nil
	}
	defer s.active.Done()
	defer s.untrack(ln)
	// Each listener has its own limit: the listener of role own must have room when the public ones are full,
	// because their mails wait for what comes back in there.
	slots := make(chan struct{}, l.maxConnections())
	var pause time.Duration
	for {
		raw, err := ln.Accept()
		switch {
		case err == nil:
			pause = 0
			if !s.admit(l, raw, slots) {
				return nil
			}
		case s.isDraining():
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default:
			// EMFILE and its kin pass when connections end; giving up would leave a deaf milter.
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			s.opts.Log.Error("accept", "listener", l.Name, "err", err, "pause", pause)
			s.sleep(pause)
		}
	}
}

func (s *Server) track(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.active.Add(1)
	s.listeners[ln] = true
	return true
}

func (s *Server) untrack(ln net.Listener) {
	ln.Close()
	s.mu.Lock()
	delete(s.listeners, ln)
	s.mu.Unlock()
}

func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

func (s *Server) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.drain:
	}
}

// admit starts a session as soon as there is a slot. false: the server drains.
func (s *Server) admit(l Listener, raw net.Conn, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
	default:
		s.opts.Log.Warn("connection limit reached, the next one waits", "listener", l.Name, "limit", cap(slots))
		select {
		case slots <- struct{}{}:
		case <-s.drain:
			raw.Close()
			return false
		}
	}
	c := newConn(s, l, raw, func() { <-slots })
	s.mu.Lock()
	if s.draining {
		s.mu.Unlock()
		raw.Close()
		return false
	}
	s.active.Add(1)
	s.conns[c] = true
	s.mu.Unlock()
	go c.serve()
	return true
}

// forget is called once for each connection, when its last byte is through.
func (s *Server) forget(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	s.active.Done()
}
