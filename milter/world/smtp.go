package world

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// SMTP is the Submitter that speaks SMTP.
type SMTP struct {
	network, address string
	security         Security
	tls              *tls.Config
	user, password   string
	helo             string
	timeout          time.Duration
}

// Open implements Submitter: it connects, and logs in where there is a login.
func (s *SMTP) Open(ctx context.Context) (Session, error) {
	client, conn, err := s.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.address, err)
	}
	return &smtpSession{smtp: s, client: client, conn: conn}, nil
}

// Probe goes as far as one can without sending: connection, TLS, login.
func (s *SMTP) Probe(ctx context.Context) error {
	line, err := s.Open(ctx)
	if err != nil {
		return err
	}
	return line.Close()
}

func (s *SMTP) connect(ctx context.Context) (*smtp.Client, net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, s.network, s.address)
	if err != nil {
		return nil, nil, err
	}
	conn = patient{conn, s.timeout}
	// go-smtp knows no contexts.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	client, err := s.greet(ctx, conn)
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, nil, err
	}
	return client, conn, nil
}

func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	client, err := s.secure(ctx, conn)
	if err != nil {
		return nil, err
	}
	client.CommandTimeout, client.SubmissionTimeout = s.timeout, s.timeout
	if err := client.Hello(s.helo); err != nil {
		return nil, plain("greeting", err)
	}
	if s.user == "" {
		return client, nil
	}
	return client, plain("login", s.login(client))
}

func (s *SMTP) secure(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	switch s.security {
	case TLS:
		secured := tls.Client(conn, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		return smtp.NewClient(secured), nil
	case StartTLS: // refuses to go on where the server does not offer it
		client, err := smtp.NewClientStartTLS(conn, s.tls)
		return client, plain("starttls", err)
	}
	return smtp.NewClient(conn), nil
}

// login prefers PLAIN; some servers know only LOGIN.
func (s *SMTP) login(client *smtp.Client) error {
	switch {
	case client.SupportsAuth(sasl.Plain):
		return client.Auth(sasl.NewPlainClient("", s.user, s.password))
	case client.SupportsAuth(sasl.Login):
		return client.Auth(sasl.NewLoginClient(s.user, s.password))
	}
	return errors.New("the server offers neither PLAIN nor LOGIN")
}

// plain keeps an answer to the set-up of a session from being taken for a verdict on the mail.
func plain(doing string, err error) error {
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		return fmt.Errorf("%s: %d %s", doing, answer.Code, oneLine(answer.Message))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// patient bounds how long each write may take. go-smtp sets deadlines for commands, not for the mail itself.
type patient struct {
	net.Conn
	patience time.Duration
}

func (c patient) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
