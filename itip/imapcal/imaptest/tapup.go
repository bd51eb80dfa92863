package imaptest

import (
	"bufio"
	"bytes"
	"io"
)

// up passes on what the client says.
func (c *tapped) up() {
	defer c.close()
	r := bufio.NewReader(c.client)
	for {
		line, err := r.ReadBytes('\n')
		if err == nil {
			err = c.command(r, line)
		}
		if err != nil {
			return
		}
	}
}

func (c *tapped) command(r *bufio.Reader, line []byte) error {
	tag, name := split(line)
	if name == "" { // the end of IDLE, or an answer to AUTHENTICATE
		return c.toServer(line)
	}
	f, ok := c.tap.meet(name, string(line))
	switch {
	case !ok:
		return c.rest(r, line, nil)
	case f.When == Before && f.Do == Refuse:
		return c.refuse(r, tag, line)
	case f.When == Before:
		if err := c.act(f, r); err != nil {
			return err
		}
	case f.When == Inside:
		return c.rest(r, line, &f)
	case f.When == Done:
		c.mu.Lock()
		c.done[tag] = f
		c.mu.Unlock()
	}
	return c.rest(r, line, nil)
}

// rest passes a command on with its literals (RFC 9051, section 4.3); half of it, if there is a fault inside.
func (c *tapped) rest(r *bufio.Reader, line []byte, inside *Fault) error {
	for {
		n, _, ok := literal(line)
		if !ok {
			return c.halves(bytes.NewReader(line), int64(len(line)), r, inside)
		}
		if err := c.toServer(line); err != nil {
			return err
		}
		if err := c.halves(r, n, r, inside); err != nil {
			return err
		}
		inside = nil
		var err error
		if line, err = r.ReadBytes('\n'); err != nil {
			return err
		}
	}
}

// halves passes n bytes on, with the fault in their middle.
func (c *tapped) halves(from io.Reader, n int64, r *bufio.Reader, inside *Fault) error {
	if inside != nil {
		if _, err := io.CopyN(upward{c}, from, n/2); err != nil {
			return err
		}
		if err := c.act(*inside, r); err != nil {
			return err
		}
		n -= n / 2
	}
	_, err := io.CopyN(upward{c}, from, n)
	return err
}

// refuse answers a command itself. A client that waits to be asked for its literal learns from the NO that it is not.
func (c *tapped) refuse(r *bufio.Reader, tag string, line []byte) error {
	for {
		n, waits, ok := literal(line)
		if !ok || waits {
			break
		}
		if _, err := io.CopyN(io.Discard, r, n); err != nil {
			return err
		}
		var err error
		if line, err = r.ReadBytes('\n'); err != nil {
			return err
		}
	}
	c.answer.Lock()
	defer c.answer.Unlock()
	return c.toClient([]byte(tag + " NO [UNAVAILABLE] refused by the test\r\n"))
}
