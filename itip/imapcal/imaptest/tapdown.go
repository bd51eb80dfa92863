package imaptest

import (
	"bufio"
	"io"
	"strings"
)

// down passes on what the server says.
func (c *tapped) down() {
	defer c.close()
	r := bufio.NewReader(c.server)
	for {
		line, err := r.ReadBytes('\n')
		if err == nil {
			err = c.tagged(line, r)
		}
		if err == nil {
			err = c.response(r, line)
		}
		if err != nil {
			return
		}
	}
}

// tagged looks whether this is the answer that a fault was to come instead of.
func (c *tapped) tagged(line []byte, r *bufio.Reader) error {
	tag, _, _ := strings.Cut(string(line), " ")
	c.mu.Lock()
	f, ok := c.done[tag]
	delete(c.done, tag)
	c.mu.Unlock()
	if !ok {
		return nil
	}
	return c.act(f, r)
}

func (c *tapped) response(r *bufio.Reader, line []byte) error {
	c.answer.Lock()
	defer c.answer.Unlock()
	for {
		if err := c.toClient(line); err != nil {
			return err
		}
		n, _, ok := literal(line)
		if !ok {
			return nil
		}
		if _, err := io.CopyN(downward{c}, r, n); err != nil {
			return err
		}
		var err error
		if line, err = r.ReadBytes('\n'); err != nil {
			return err
		}
	}
}
