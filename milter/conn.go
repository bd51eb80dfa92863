package milter

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	gomilter "github.com/emersion/go-milter"
)

// conn stands between go-milter and the socket. The library reads and writes packets without buffers, deadlines
// or a word when a connection ends, answers every negotiation the same way, and drops what it does not know
// (ESMTP arguments, the stage of macros, the data of an end of body); all that is done here, on whole packets.
//
// Reading, frames and the session belong to one goroutine. The progress of a long end of message and Shutdown
// come from others; what they touch is under mu.
type conn struct {
	net.Conn // the socket itself
	srv      *Server
	session  *session
	release  func() // gives the slot of the listener back
	agreed   agreement

	in       *bufio.Reader
	frame    []byte    // what the library has not read yet of the current packet
	held     int       // bytes of in that the current packet lies in
	big      bool      // in the middle of a packet larger than the buffer
	deadline time.Time // of the packet that has begun
	patch    bool      // the next packet written is the answer to a negotiation

	mu       sync.Mutex
	out      []byte
	err      error // of writing; found out by the next read
	busy     bool  // a mail is in flight
	draining bool
	closed   bool
}

const readBuffer = 64<<10 + 16 // a body chunk of 65535 bytes with its head

var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBuffer) }}

func newConn(s *Server, l Listener, raw net.Conn, release func()) *conn {
	c := &conn{Conn: raw, srv: s, release: release, in: readers.Get().(*bufio.Reader)}
	c.in.Reset((*source)(c))
	c.session = newSession(c, l)
	return c
}

// serve negotiates and hands the connection to the library: one gomilter.Server for each connection, because a
// Server has the same offer for everybody. The library runs the session in a goroutine of its own and calls
// Close at its end.
func (c *conn) serve() {
	if err := c.negotiate(); err != nil {
		c.complain(err)
		c.Close()
		return
	}
	lib := gomilter.Server{
		NewMilter: func() gomilter.Milter { return c.session }, // the same one always, whatever the library thinks is final
		Actions:   c.agreed.actions,
		Protocol:  c.agreed.protocol,
		SymList:   macroLists,
	}
	lib.Serve(&oneShot{conn: c})
}

// oneShot is a listener that has one connection to give.
type oneShot struct{ conn *conn }

func (o *oneShot) Accept() (net.Conn, error) {
	c := o.conn
	if o.conn = nil; c == nil {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (o *oneShot) Close() error   { return nil }
func (o *oneShot) Addr() net.Addr { return &net.UnixAddr{} }

// Read gives the library the next packet it should know of. Every end is io.EOF to it, because everything else
// it would print.
func (c *conn) Read(p []byte) (int, error) {
	for len(c.frame) == 0 {
		if err := c.next(); err != nil {
			c.complain(err)
			return 0, io.EOF
		}
	}
	n := copy(p, c.frame)
	c.frame = c.frame[n:]
	return n, nil
}

// complain logs what ended the connection, if it is not the way connections end.
func (c *conn) complain(err error) {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, errStopped):
	case errors.Is(err, errProtocol):
		c.session.log.Warn("connection dropped", "err", err)
	default:
		c.session.log.Debug("connection lost", "err", err)
	}
}

// setBusy says whether a mail is in flight; a connection that is idle may be closed by Shutdown.
func (c *conn) setBusy(busy bool) {
	c.mu.Lock()
	c.busy = busy
	c.mu.Unlock()
}

func (c *conn) beginDrain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	if !c.busy {
		c.Conn.SetReadDeadline(time.Unix(1, 0)) // wakes the reader
	}
}

// cut ends the socket under the session, which then finds out and closes.
func (c *conn) cut() { c.Conn.Close() }

// Close is called at the end of each session, however it ended. The library has no callback for that.
func (c *conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.flush()
	c.mu.Unlock()
	err := c.Conn.Close()
	c.session.closed()
	c.in.Reset(nil)
	readers.Put(c.in)
	c.release()
	c.srv.forget(c)
	return err
}

// within is the context of a question, with its deadline.
func (c *conn) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.srv.base, d)
}
