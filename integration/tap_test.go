package integration

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"
)

// tap counts the packets a mail server sends, by their command, on all connections of its listeners.
type tap struct {
	mu          sync.Mutex
	packets     map[byte]int
	connections int
}

func newTap() *tap { return &tap{packets: map[byte]int{}} }

// count is how many packets of this command came so far.
func (t *tap) count(command byte) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.packets[command]
}

// opened is how many connections came so far.
func (t *tap) opened() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.connections
}

func (t *tap) listen(ln net.Listener) net.Listener { return &tappedListener{ln, t} }

type tappedListener struct {
	net.Listener
	tap *tap
}

func (l *tappedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.tap.mu.Lock()
	l.tap.connections++
	l.tap.mu.Unlock()
	return &tappedConn{Conn: conn, tap: l.tap}, nil
}

// tappedConn follows the packets in what is read: a length of four bytes, a command, the rest.
type tappedConn struct {
	net.Conn
	tap  *tap
	head []byte // of the packet that begins
	skip uint32 // of the packet that is read
}

func (c *tappedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.follow(p[:n])
	return n, err
}

func (c *tappedConn) follow(p []byte) {
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(int(c.skip), len(p))
			c.skip -= uint32(n)
			p = p[n:]
			continue
		}
		c.head, p = append(c.head, p[0]), p[1:]
		if len(c.head) == 5 {
			c.tap.mu.Lock()
			c.tap.packets[c.head[4]]++
			c.tap.mu.Unlock()
			c.skip = binary.BigEndian.Uint32(c.head) - 1
			c.head = c.head[:0]
		}
	}
}

// freeAddr is a loopback address nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
