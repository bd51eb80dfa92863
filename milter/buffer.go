package milter

import (
	"errors"
	"os"
	"time"
)

const writeBuffer = 64 << 10

// source is where the buffer is filled from: answers go out before we wait, and nobody waits for ever.
type source conn

func (s *source) Read(p []byte) (int, error) {
	c := (*conn)(s)
	if err := c.beforeRead(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.idleAndDraining() {
		err = errStopped
	}
	return n, err
}

func (c *conn) beforeRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flush()
	switch {
	case c.err != nil:
		return c.err
	case c.draining && !c.busy:
		return errStopped
	case !c.big && c.in.Buffered() == 0:
		c.deadline = time.Time{}
		return c.Conn.SetReadDeadline(time.Now().Add(c.srv.opts.IdleTimeout))
	case c.deadline.IsZero():
		c.deadline = time.Now().Add(c.srv.opts.ReadTimeout)
	}
	return c.Conn.SetReadDeadline(c.deadline)
}

func (c *conn) idleAndDraining() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.draining && !c.busy
}

// Write keeps packets until we wait for the next one, so that a mail's edits and its answer are one write.
// Errors are found by the next read; the library would print them.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := len(c.out)
	c.out = append(c.out, p...)
	if c.patch {
		c.patch = false
		c.agreed.patch(c.out[start:])
	}
	if len(c.out) >= writeBuffer {
		c.flush()
	}
	return len(p), nil
}

// flush is called with mu held.
func (c *conn) flush() {
	if len(c.out) > 0 && c.err == nil {
		c.Conn.SetWriteDeadline(time.Now().Add(c.srv.opts.WriteTimeout))
		_, c.err = c.Conn.Write(c.out)
	}
	c.out = c.out[:0]
}

// send writes a packet at once, from any goroutine.
func (c *conn) send(packet []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, packet...)
	c.flush()
	return c.err
}
