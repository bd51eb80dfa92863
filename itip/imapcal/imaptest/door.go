package imaptest

import (
	"net"
	"sync"
)

// door takes connections for the server in memory, and can freeze and cut them.
type door struct {
	net.Listener
	gate gate

	mu    sync.Mutex
	conns map[*gated]bool
}

func (d *door) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	through := &gated{Conn: c, gate: &d.gate, ended: make(chan struct{})}
	d.conns[through] = true
	return through, nil
}

// cut ends all connections. Those that wait at a shut gate come through and find theirs closed.
func (d *door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.conns {
		c.Close()
	}
}

// gate lets bytes through, or makes them wait.
type gate struct {
	mu   sync.Mutex
	wait chan struct{} // closed when it opens again; nil while open
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait == nil {
		g.wait = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait != nil {
		close(g.wait)
		g.wait = nil
	}
}

// pass returns when the gate is open, or the connection ended.
func (g *gate) pass(ended <-chan struct{}) {
	g.mu.Lock()
	wait := g.wait
	g.mu.Unlock()
	if wait == nil {
		return
	}
	select {
	case <-wait:
	case <-ended:
	}
}

// gated is a connection whose bytes go through a gate.
type gated struct {
	net.Conn
	gate  *gate
	once  sync.Once
	ended chan struct{}
}

func (c *gated) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.gate.pass(c.ended)
	return n, err
}

func (c *gated) Write(b []byte) (int, error) {
	c.gate.pass(c.ended)
	return c.Conn.Write(b)
}

// Close frees what waits at the gate only afterwards, or it would still come through.
func (c *gated) Close() error {
	defer c.once.Do(func() { close(c.ended) })
	return c.Conn.Close()
}
