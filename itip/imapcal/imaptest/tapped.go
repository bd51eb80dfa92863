package imaptest

import (
	"errors"
	"fmt"
	"io"
	"net"
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

// act does what a fault says; an error ends the connection.
func (c *tapped) act(f Fault, heard io.Reader) error {
	switch f.Do {
	case Delay:
		select {
		case <-time.After(f.For):
			return nil
		case <-c.ended:
		}
	case Run:
		f.Call()
		return nil
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
