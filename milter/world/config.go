package world

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"usher/milter/filter"
)

// Security is how a connection is encrypted.
type Security string

// The ways. The zero value is NoTLS on this machine and StartTLS to any other.
const (
	NoTLS    Security = "none"
	StartTLS Security = "starttls" // and nothing without it
	TLS      Security = "tls"      // from the first byte
)

// Config is the settings under "submit:".
type Config struct {
	// SMTP is host:port, or the path of a unix socket; "" is no submission. It should be the service of role
	// own: with its own process limit and its own listener here.
	SMTP string `yaml:"smtp"`
	// TLS is none, starttls or tls; by default none to this machine and starttls to any other.
	TLS Security `yaml:"tls"`
	// CAFile holds the certificates (PEM) that may vouch for the server; by default those of the system.
	CAFile string `yaml:"ca_file"`
	// User and PasswordFile are a login, where the service wants one.
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`
	// Helo is how we introduce ourselves; by default the host's name.
	Helo string `yaml:"helo"`
	// Timeout is how long the server may take for one answer. The handling of our own mail is part of it.
	Timeout time.Duration `yaml:"timeout"`
	// SecretFile holds the secret shared by all hosts that signs owner confirmations.
	SecretFile string `yaml:"secret_file"`
}

// DefaultConfig is the settings where nothing is said.
func DefaultConfig() Config {
	return Config{SMTP: "127.0.0.1:10027", Timeout: 60 * time.Second}
}

// The bounds of Timeout. A milter has less than Postfix's 300 s for everything.
const (
	shortestTimeout = time.Second
	longestTimeout  = 4 * time.Minute
)

// maxSecret bounds what is read of files with secrets and certificates.
const maxSecret = 1 << 20

// Check finds everything that is wrong, files included. nil: nothing is.
func (c Config) Check() filter.Mistakes {
	_, mistakes := c.build("localhost")
	return mistakes
}

// Submitter makes the Submitter that is described, with its mistakes as filter.Mistakes. It is nil, and no error,
// if there is none.
func (c Config) Submitter(hostname string) (Submitter, error) {
	s, mistakes := c.build(hostname)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	if s == nil {
		return nil, nil
	}
	return s, nil
}

func (c Config) build(hostname string) (*SMTP, filter.Mistakes) {
	var m mistakes
	c.secret(&m)
	if c.SMTP == "" {
		return nil, m.list
	}
	s := &SMTP{security: c.TLS, user: c.User, helo: c.Helo, timeout: c.Timeout}
	if s.helo == "" {
		s.helo = hostname
	}
	local, host := c.place(s, &m)
	c.secure(s, local, host, &m)
	c.login(s, local, &m)
	if strings.ContainsFunc(s.helo, func(r rune) bool { return r <= ' ' || r > '~' }) {
		m.add("helo", "%q is no host name", s.helo)
	}
	if c.Timeout < shortestTimeout || c.Timeout > longestTimeout {
		m.add("timeout", "%s is not between %s and %s", c.Timeout, shortestTimeout, longestTimeout)
	}
	return s, m.list
}

// Signer signs with the secret as its file holds it now; nil, and no error, if there is none.
func (c Config) Signer() (*filter.Signer, error) {
	var m mistakes
	s := c.secret(&m)
	if len(m.list) > 0 {
		return nil, m.list
	}
	return s, nil
}

// secret is the content of the file but for white space around it, such as the line end an editor leaves.
func (c Config) secret(m *mistakes) *filter.Signer {
	if c.SecretFile == "" {
		return nil
	}
	data := m.file("secret_file", c.SecretFile)
	s := filter.NewSigner(bytes.TrimSpace(data))
	if data != nil && s == nil {
		m.add("secret_file", "%s holds fewer than %d characters: write a new one with openssl rand -hex 32", c.SecretFile, filter.MinSecret)
	}
	return s
}

// place reads the address. local tells whether what is said to it stays on this machine.
func (c Config) place(s *SMTP, m *mistakes) (local bool, host string) {
	if path, ok := strings.CutPrefix(c.SMTP, "unix:"); ok || strings.HasPrefix(c.SMTP, "/") {
		s.network, s.address = "unix", path
		if !strings.HasPrefix(path, "/") {
			m.add("smtp", "the path of a unix socket begins with /")
		}
		return true, ""
	}
	s.network, s.address = "tcp", c.SMTP
	host, port, err := net.SplitHostPort(c.SMTP)
	if err != nil || host == "" || port == "" {
		m.add("smtp", "%q is neither host:port nor the path of a unix socket", c.SMTP)
		return true, host
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		m.add("smtp", "%q is no port", port)
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback(), host
}

func (c Config) secure(s *SMTP, local bool, host string, m *mistakes) {
	if s.security == "" {
		s.security = StartTLS
		if local {
			s.security = NoTLS
		}
	}
	switch s.security {
	case NoTLS:
		if c.CAFile != "" {
			m.add("ca_file", "is of no use without tls: starttls or tls")
		}
		return
	case StartTLS, TLS:
	default:
		m.add("tls", "%q is not one of none, starttls, tls", c.TLS)
		return
	}
	if s.network == "unix" {
		m.add("tls", "a unix socket has no name that a certificate could be for; use none")
	}
	s.tls = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return
	}
	s.tls.RootCAs = x509.NewCertPool()
	if pem := m.file("ca_file", c.CAFile); pem != nil && !s.tls.RootCAs.AppendCertsFromPEM(pem) {
		m.add("ca_file", "%s holds no certificate", c.CAFile)
	}
}

func (c Config) login(s *SMTP, local bool, m *mistakes) {
	switch {
	case c.User == "" && c.PasswordFile == "":
		return
	case c.User == "":
		m.add("password_file", "a password without user")
	case c.PasswordFile == "":
		m.add("user", "a user without password_file")
	}
	if s.security == NoTLS && !local {
		m.add("tls", "a password is only sent over TLS; use starttls or tls")
	}
	if c.PasswordFile != "" {
		s.password = string(bytes.TrimRight(m.file("password_file", c.PasswordFile), "\r\n"))
	}
}

// mistakes gathers what is wrong.
type mistakes struct{ list filter.Mistakes }

func (m *mistakes) add(key, format string, args ...any) {
	m.list = append(m.list, filter.Mistake{Key: key, Text: fmt.Sprintf(format, args...)})
}

// file reads a file that has to have something in it; nil is a mistake noted.
func (m *mistakes) file(key, path string) []byte {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxSecret {
		err = errors.New("it is too large")
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err == nil && len(bytes.TrimSpace(data)) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		m.add(key, "read %s: %v", path, err)
		return nil
	}
	return data
}
