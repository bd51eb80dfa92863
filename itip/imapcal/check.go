package imapcal

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
)

// Mistake is something wrong with one setting; the configuration finds its file and line.
type Mistake struct {
	Key  string // path below these settings, such as imap[1]
	Text string
}

// Mistakes are all that is wrong, at once.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	var lines []string
	for _, m := range ms {
		lines = append(lines, m.Key+": "+m.Text)
	}
	return strings.Join(lines, "\n")
}

// Check gives everything that is wrong with the settings, files included, as Mistakes; nil when nothing is.
func (c Config) Check() error {
	if _, ms := c.complete(); len(ms) > 0 {
		return ms
	}
	return nil
}

// server is one place where IMAP is spoken.
type server struct {
	addr string      // host:port
	tls  *tls.Config // nil: none
	late bool        // TLS begins with STARTTLS
}

// complete checks the settings and reads what they mean.
func (c Config) complete() (servers []server, ms Mistakes) {
	roots := ms.roots(c.CAFile)
	for i, raw := range c.URL {
		if s, ok := ms.server(fmt.Sprintf("imap[%d]", i), raw, c.StartTLS); ok {
			if s.tls != nil {
				s.tls.RootCAs = roots
			}
			servers = append(servers, s)
		}
	}
	if len(c.URL) == 0 {
		ms.add("imap", "is missing")
	}
	if c.User == "" {
		ms.add("user", "is missing: the account that may read and write the calendars")
	}
	if strings.ContainsFunc(c.User, isControl) {
		ms.add("user", "has control characters")
	}
	if c.PasswordFile == "" {
		ms.add("password_file", "is missing")
	} else if _, err := password(c.PasswordFile); err != nil {
		ms.add("password_file", "%v", err)
	}
	ms.oneOf("login", string(c.Login), string(AuthzID), string(Master))
	if c.Login == Master && c.Separator == "" {
		ms.add("separator", "is missing")
	}
	ms.oneOf("format", string(c.Format), string(Kolab), string(ICal))
	ms.oneOf("writers", c.Writers, ManyWriters, OneWriter)
	ms.limits(c)
	return servers, ms
}

func (ms *Mistakes) limits(c Config) {
	if c.Folders.Calendar == "" {
		ms.add("folders.calendar", "is missing")
	}
	ms.between("pool", c.Pool, 1, 1000)
	ms.between("connections", c.Connections, c.Pool, 100_000)
	ms.between("max_message", c.MaxMessage, 64<<10, 256<<20)
	ms.between("index", c.Index, 1, 100_000_000)
	ms.between("objects", c.Objects, 1, 10_000_000)
	for key, d := range map[string]time.Duration{"dial_timeout": c.DialTimeout, "timeout": c.Timeout, "idle_timeout": c.IdleTimeout} {
		if d < 100*time.Millisecond || d > time.Hour {
			ms.add(key, "%v is not between 100ms and 1h", d)
		}
	}
}

// server reads a URL.
func (ms *Mistakes) server(key, raw string, startTLS bool) (server, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "imap" && u.Scheme != "imaps" {
		ms.add(key, "want imaps://host or imap://host, not %q", raw)
		return server{}, false
	}
	if u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		ms.add(key, "only host and port belong here")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"imap": "143", "imaps": "993"}[u.Scheme]
	}
	s := server{addr: net.JoinHostPort(u.Hostname(), port)}
	switch {
	case u.Scheme == "imaps" && startTLS:
		ms.add("starttls", "is for imap://; imaps://%s has TLS from the first byte", u.Host)
	case u.Scheme == "imap" && !startTLS && !isLocal(u.Hostname()):
		ms.add(key, "the password would be sent in the clear: imaps:// or starttls: true")
	}
	if u.Scheme == "imaps" || startTLS {
		s.tls, s.late = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}, u.Scheme == "imap"
	}
	return s, true
}

// roots reads the certificates that may vouch for the server; nil are the system's.
func (ms *Mistakes) roots(file string) *x509.CertPool {
	if file == "" {
		return nil
	}
	pem, err := readSmall(file)
	if err != nil {
		ms.add("ca_file", "%v", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		ms.add("ca_file", "%s holds no certificate", file)
	}
	return pool
}

func (ms *Mistakes) add(key, text string, args ...any) {
	*ms = append(*ms, Mistake{Key: key, Text: fmt.Sprintf(text, args...)})
}

func (ms *Mistakes) between(key string, n, low, high int) {
	if n < low || n > high {
		ms.add(key, "%d is not between %d and %d", n, low, high)
	}
}

func (ms *Mistakes) oneOf(key, is string, words ...string) {
	for _, w := range words {
		if is == w {
			return
		}
	}
	ms.add(key, "%q is not one of %s", is, strings.Join(words, ", "))
}

// maxSmall bounds what is read of files with secrets and certificates.
const maxSmall = 1 << 20

func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSmall {
		return nil, fmt.Errorf("%s is not a small file", path)
	}
	return os.ReadFile(path)
}

// password reads the service account's password: the first line. It is read at each login, so that it can be
// changed while we run.
func password(path string) (string, error) {
	data, err := readSmall(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" || strings.Contains(line, "\x00") {
		return "", fmt.Errorf("%s holds no password", path)
	}
	return line, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
