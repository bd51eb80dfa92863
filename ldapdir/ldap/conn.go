package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"usher/ldapdir"
)

// conn is one bound connection, used by one question at a time: whose time is up can hang up without
// hurting anybody else.
type conn struct {
	*ldap.Conn
	raw       net.Conn
	server    *server
	born      time.Time
	idleSince time.Time
}

// hangup ends everything that waits on the connection. go-ldap's Close waits for a writer that may be stuck;
// closing the socket below it does not.
func (c *conn) hangup() { c.raw.Close() }

func (c *conn) close() {
	c.hangup()
	go c.Conn.Close()
}

func (c *conn) usable(now time.Time) bool {
	return !c.IsClosing() && now.Sub(c.born) < maxLife && (c.idleSince.IsZero() || now.Sub(c.idleSince) < maxIdle)
}

// dial connects, encrypts and binds within the timeouts of the profile.
func dial(ctx context.Context, p ldapdir.Profile, s *server) (*conn, error) {
	network, addr, host, secure := target(s.url)
	raw, err := (&net.Dialer{Timeout: p.DialTimeout}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	// go-ldap waits for ever for StartTLS, and for a bind unless told otherwise.
	raw.SetDeadline(time.Now().Add(p.RequestTimeout))
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	c, err := setUp(p, raw, host, secure)
	if !stop() || err != nil {
		raw.Close()
		return nil, errors.Join(err, ctx.Err())
	}
	raw.SetDeadline(time.Time{})
	c.server, c.born = s, time.Now()
	return c, nil
}

func setUp(p ldapdir.Profile, raw net.Conn, host string, secure bool) (*conn, error) {
	stream := raw
	if secure {
		cfg, err := tlsConfig(p, host)
		if err != nil {
			return nil, err
		}
		client := tls.Client(raw, cfg)
		if err := client.Handshake(); err != nil {
			return nil, err
		}
		stream = client
	}
	c := &conn{Conn: ldap.NewConn(stream, secure), raw: raw}
	c.SetTimeout(p.RequestTimeout)
	c.Start()
	if err := c.prepare(p, host, secure); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) prepare(p ldapdir.Profile, host string, secure bool) error {
	if p.StartTLS && !secure {
		cfg, err := tlsConfig(p, host)
		if err != nil {
			return err
		}
		if err := c.StartTLS(cfg); err != nil {
			return fmt.Errorf("StartTLS: %w", err)
		}
	}
	if p.BindDN == "" {
		return nil // LDAPv3 is anonymous from the start (RFC 4511 section 4.2.1)
	}
	password, err := readPassword(p.PasswordFile)
	if err != nil {
		return err
	}
	if err := c.Bind(p.BindDN, password); err != nil {
		return fmt.Errorf("bind as %s: %w", p.BindDN, err)
	}
	return nil
}

// target reads a server's address. Check has seen it.
func target(s string) (network, addr, host string, secure bool) {
	scheme, rest, _ := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	if scheme == "ldapi" { // the socket's path, percent-encoded in place of the host
		path, _ := url.PathUnescape(strings.TrimSuffix(rest, "/"))
		if path == "" {
			path = "/var/run/slapd/ldapi"
		}
		return "unix", path, "localhost", false
	}
	u, err := url.Parse(s)
	if err != nil {
		return "tcp", rest, rest, scheme == "ldaps"
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ldap": "389", "ldaps": "636"}[scheme]
	}
	return "tcp", net.JoinHostPort(u.Hostname(), port), u.Hostname(), scheme == "ldaps"
}

// tlsConfig reads the CA file each time: certificates are renewed while we run.
func tlsConfig(p ldapdir.Profile, host string) (*tls.Config, error) {
	cfg := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if p.CAFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(p.CAFile)
	if err != nil {
		return nil, err
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in it", p.CAFile)
	}
	return cfg, nil
}

// readPassword gives the first line of a file.
func readPassword(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("password: %s: first line is empty", file)
	}
	return line, nil
}
