package imapcal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// errBroken says that a connection is of no use any more, and that what was asked last may or may not have
// been done.
var errBroken = errors.New("connection lost")

var errSlow = errors.New("no answer")

// conn is one logged-in connection. It is used by one goroutine at a time.
type conn struct {
	client *imapclient.Client
	raw    net.Conn
	login  string // for whom; "" is the service account itself
	addr   string
	caps   imap.CapSet
	broken atomic.Bool
	used   time.Time // when it was last given back
	fresh  bool      // a folder was opened with the last command
	stats  *counters
}

// do runs commands of one connection. go-imap has neither contexts nor timeouts: what takes longer than the
// context or the timeout allows is ended by closing the connection.
func (c *conn) do(ctx context.Context, timeout time.Duration, f func(*imapclient.Client) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	stop := context.AfterFunc(limited, c.close)
	c.fresh = false
	err := f(c.client)
	if !stop() || err != nil && !isAnswer(err) {
		c.close()
	}
	c.stats.commands.Add(1)
	if err == nil {
		return nil
	}
	if isAnswer(err) {
		return err
	}
	c.stats.errors.Add(1)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w: %w", c.addr, errBroken, ctx.Err())
	case limited.Err() != nil:
		return fmt.Errorf("%s: %w: %w within %v", c.addr, errBroken, errSlow, timeout)
	}
	return fmt.Errorf("%s: %w: %w", c.addr, errBroken, err)
}

// close ends the connection at once. The TCP connection goes first: ending TLS properly may wait for a server
// that does not answer.
func (c *conn) close() {
	if c.broken.CompareAndSwap(false, true) {
		_ = c.raw.Close()
		_ = c.client.Close()
		c.stats.open.Add(-1)
	}
}

// dead tells whether the connection is known to be of no use.
func (c *conn) dead() bool {
	select {
	case <-c.client.Closed():
		return true
	default:
		return c.broken.Load()
	}
}

// isAnswer tells whether an error is the server's word, after which the connection goes on.
func isAnswer(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer) && answer.Type != imap.StatusResponseTypeBye
}

// dial makes a connection to the first server that answers, logged in.
func (s *Store) dial(ctx context.Context, login string) (*conn, error) {
	var errs []error
	for _, place := range s.servers {
		c, err := s.dialOne(ctx, place, login)
		if err == nil {
			return c, nil
		}
		errs = append(errs, err)
		if isAnswer(err) || ctx.Err() != nil {
			break
		}
	}
	s.stats.errors.Add(1)
	return nil, errors.Join(errs...)
}

func (s *Store) dialOne(ctx context.Context, place server, login string) (*conn, error) {
	limited, cancel := context.WithTimeout(ctx, s.config.DialTimeout)
	defer cancel()
	s.stats.dials.Add(1)
	raw, err := new(net.Dialer).DialContext(limited, "tcp", place.addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	raw = prompted(raw)
	stop := context.AfterFunc(limited, func() { raw.Close() })
	defer stop()
	client, step, err := greet(limited, raw, place)
	if err == nil {
		step = "log in to " + place.addr + " as " + s.config.User
		if login != "" {
			step += " for " + login
		}
		if err = s.authenticate(client, login); err != nil {
			client.Close()
		}
	}
	if err != nil {
		raw.Close()
		switch {
		case ctx.Err() != nil:
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		case limited.Err() != nil:
			err = fmt.Errorf("%w within %v", errSlow, s.config.DialTimeout)
		case !isAnswer(err):
			err = fmt.Errorf("%w: %w", errBroken, err)
		}
		return nil, fmt.Errorf("%s: %w", step, err)
	}
	c := &conn{client: client, raw: raw, login: login, addr: place.addr, caps: client.Caps(), stats: &s.stats}
	s.stats.open.Add(1)
	return c, nil
}

// greet waits for the greeting and begins TLS. step is what it was at when it ended.
func greet(ctx context.Context, raw net.Conn, place server) (client *imapclient.Client, step string, err error) {
	// Whoever watches over the connection closes it; what the server tells unasked is of no interest.
	options := &imapclient.Options{TLSConfig: place.tls}
	if place.late {
		client, err = imapclient.NewStartTLS(raw, options)
		return client, "STARTTLS with " + place.addr, err
	}
	if place.tls != nil {
		secure := tls.Client(raw, place.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, "TLS with " + place.addr, err
		}
		raw = secure
	}
	client, err = greeted(imapclient.New(raw, options))
	return client, "greeting of " + place.addr, err
}

func greeted(client *imapclient.Client) (*imapclient.Client, error) {
	if err := client.WaitGreeting(); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

// authenticate logs in as the service account, for a user unless login is "".
func (s *Store) authenticate(client *imapclient.Client, login string) error {
	secret, err := password(s.config.PasswordFile)
	if err != nil {
		return err
	}
	identity, name := login, s.config.User
	if login != "" && s.config.Login == Master {
		identity, name = "", login+s.config.Separator+s.config.User
	}
	return client.Authenticate(sasl.NewPlainClient(identity, name, secret))
}
