package imaptest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tapped is one connection through a tap.
type tapped struct {
	tap            *Tap
	client, server net.Conn
	once           sync.Once
	ended          chan struct{}
	answer         sync.Mutex // held for each whole answer to the client

	mu   sync.Mutex
	done map[string]Fault // what happens instead of the tagged answer, by tag
}

// errCut says that a connection through a tap is at its end.
var errCut = errors.New("cut off")

// close frees what waits only afterwards, or it would still come through.
func (c *tapped) close() {
	c.client.Close()
	c.server.Close()
	c.once.Do(func() { close(c.ended) })
}

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
	f, ok := c.tap.meet(name)
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

// act does what a fault says; an error ends the connection.
func (c *tapped) act(f Fault, heard io.Reader) error {
	switch f.Do {
	case Delay:
		select {
		case <-time.After(f.For):
			return nil
		case <-c.ended:
		}
	case Hang:
		io.Copy(io.Discard, heard)
	case Refuse:
		return fmt.Errorf("a tap can refuse a command only before the server has it")
	}
	c.close()
	return errCut
}

func (c *tapped) toServer(b []byte) error {
	c.tap.gate.pass(c.ended)
	_, err := c.server.Write(b)
	return err
}

func (c *tapped) toClient(b []byte) error {
	c.tap.gate.pass(c.ended)
	n := c.tap.allow(len(b))
	if _, err := c.client.Write(b[:n]); err != nil {
		return err
	}
	if n < len(b) {
		return errCut
	}
	return nil
}

type upward struct{ *tapped }

func (u upward) Write(b []byte) (int, error) { return len(b), u.toServer(b) }

type downward struct{ *tapped }

func (d downward) Write(b []byte) (int, error) { return len(b), d.toClient(b) }

// split gives tag and name of a command, UID being part of the name; no name is no command.
func split(line []byte) (tag, name string) {
	words := strings.Fields(string(line))
	if len(words) < 2 {
		return "", ""
	}
	name = strings.ToUpper(words[1])
	if name == "UID" && len(words) > 2 {
		name += " " + strings.ToUpper(words[2])
	}
	return words[0], name
}

// literal reads the announcement of a literal at the end of a line: {12}, or {12+} whose sender does not wait.
func literal(line []byte) (size int64, waits, ok bool) {
	s := strings.TrimRight(string(line), "\r\n")
	at := strings.LastIndexByte(s, '{')
	if at < 0 || !strings.HasSuffix(s, "}") {
		return 0, false, false
	}
	digits := s[at+1 : len(s)-1]
	digits, plus := strings.CutSuffix(digits, "+")
	size, err := strconv.ParseInt(digits, 10, 64)
	return size, !plus, err == nil && size >= 0
}
