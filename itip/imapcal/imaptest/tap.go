package imaptest

import (
	"net"
	"slices"
	"sync"
	"testing"
)

// Tap stands between clients and a server and disturbs their talk on request. It must understand it, so there is
// no TLS through a tap.
type Tap struct {
	Addr   string // for clients, 127.0.0.1:port
	server string
	ln     net.Listener
	gate   gate

	mu       sync.Mutex
	conns    map[*tapped]bool
	faults   []*armed
	commands []string
	refusing bool
	left     int64 // bytes that clients may still get; below 0 there is no limit
}

// NewTap puts a tap in front of a server for the length of a test. With nothing asked for, all goes through.
func NewTap(tb testing.TB, server string) *Tap {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	t := &Tap{Addr: ln.Addr().String(), server: server, ln: ln, conns: map[*tapped]bool{}, left: -1}
	tb.Cleanup(func() {
		ln.Close()
		t.Cut()
	})
	go t.accept()
	return t
}

// On asks for a fault. Of several that meet one command the first asked for happens.
func (t *Tap) On(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, &armed{Fault: f})
}

// Clear forgets all faults and limits, and takes connections again. What hangs already hangs on.
func (t *Tap) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults, t.left, t.refusing = nil, -1, false
}

// Commands are the names of all commands so far, in order, as Fault.Command has them. A test that is to be cut off
// at each step runs once undisturbed and counts them.
func (t *Tap) Commands() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.commands)
}

// CutAfter lets n more bytes through to clients and then ends the connection that wanted more; the limit is gone
// with it.
func (t *Tap) CutAfter(n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = n
}

// Cut ends all connections.
func (t *Tap) Cut() {
	t.mu.Lock()
	conns := t.conns
	t.conns = map[*tapped]bool{}
	t.mu.Unlock()
	for c := range conns {
		c.close()
	}
}

// Refuse ends all new connections at once, as if no server listened, until Clear.
func (t *Tap) Refuse() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refusing = true
}

// Freeze lets no byte through, in either direction, while connections stay open.
func (t *Tap) Freeze() { t.gate.shut() }

// Thaw ends Freeze; what was held is passed on.
func (t *Tap) Thaw() { t.gate.open() }

func (t *Tap) accept() {
	for {
		client, err := t.ln.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", t.server)
		if err != nil || !t.start(client, server) {
			client.Close()
		}
	}
}

func (t *Tap) start(client, server net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refusing {
		server.Close()
		return false
	}
	c := &tapped{tap: t, client: client, server: server, ended: make(chan struct{}), done: map[string]Fault{}}
	t.conns[c] = true
	go c.up()
	go c.down()
	return true
}

// meet notes a command and gives the fault that is asked for it.
func (t *Tap) meet(name, line string) (f Fault, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.commands = append(t.commands, name)
	for _, a := range t.faults {
		if a.hits(name, line) && !ok {
			f, ok = a.Fault, true
		}
	}
	return f, ok
}

// allow tells how many of n bytes a client may get.
func (t *Tap) allow(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left < 0 {
		return n
	}
	if int64(n) > t.left {
		n, t.left = int(t.left), -1
		return n
	}
	t.left -= int64(n)
	return n
}
