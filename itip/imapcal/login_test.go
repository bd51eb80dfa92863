package imapcal

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/itip/imapcal/imaptest"
)

const john = "john@" + imaptest.Domain

// secret makes a password file.
func secret(t *testing.T, password string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(name, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// enters logs in for a user, or as the service account.
func enters(t *testing.T, c Config, user string) error {
	t.Helper()
	s := open(t, c, Options{})
	defer s.Close()
	return s.asUser(t.Context(), user, func(conn *conn) error { return conn.noop(t.Context(), c.Timeout) })
}

// TestLogin is who comes in, in the clear and with TLS from the beginning or later, and what is said to whoever does not.
func TestLogin(t *testing.T) {
	tests := []struct {
		name   string
		change func(*testing.T, *Config)
		user   string
		want   map[string]string // by server, "" being the others; no entry at all: it succeeds
	}{
		{"the account", func(*testing.T, *Config) {}, "", nil},
		{"for a user", func(*testing.T, *Config) {}, jane, nil},
		{"for a user, as master", func(_ *testing.T, c *Config) { c.Login = Master }, jane, map[string]string{
			"": "log in to ADDR as ACCOUNT for " + jane + ": imap: NO", "dovecot": ""}},
		{"for nobody", func(*testing.T, *Config) {}, "ghost@" + imaptest.Domain, map[string]string{
			"": "log in to ADDR as ACCOUNT for ghost@" + imaptest.Domain + ": imap: NO [AUTHORIZATIONFAILED]", "cyrus": ""}}, // Cyrus makes him
		{"a wrong password", func(t *testing.T, c *Config) { c.PasswordFile = secret(t, "wrong") }, "", map[string]string{
			"": "log in to ADDR as ACCOUNT: imap: NO [AUTHENTICATIONFAILED]", "cyrus": "log in to ADDR as ACCOUNT: imap: NO authentication failure"}},
		{"an unknown account", func(_ *testing.T, c *Config) { c.User = "x@" + imaptest.Domain }, "", map[string]string{
			"": "log in to ADDR as x@" + imaptest.Domain + ": imap: NO"}},
		{"an account that may not act for others", func(t *testing.T, c *Config) {
			c.User, c.PasswordFile = jane, secret(t, imaptest.Password)
		}, john, map[string]string{"": "log in to ADDR as " + jane + " for " + john + ": imap: NO"}},
		{"a password file that is gone", func(t *testing.T, c *Config) { c.PasswordFile += "x" }, "", map[string]string{
			"": "password_file: "}},
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			server.AddUser(jane)
			server.AddUser(john)
			for how, dress := range dresses(server) {
				for _, tt := range tests {
					c := configOf(t, server)
					c.Login = AuthzID
					dress(&c)
					tt.change(t, &c)
					var err error
					if _, err = Open(c, Options{}); err == nil {
						err = enters(t, c, tt.user)
					}
					want, own := tt.want[name]
					if !own {
						want = tt.want[""]
					}
					addr := strings.TrimPrefix(strings.TrimPrefix(c.URL[0], "imap://"), "imaps://")
					want = strings.NewReplacer("ADDR", addr, "ACCOUNT", c.User).Replace(want)
					if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
						t.Errorf("%s, %s: %v; want %q", how, tt.name, err, want)
					}
				}
			}
		})
	}
}

// dresses are the ways to speak with a server.
func dresses(server *imaptest.Server) map[string]func(*Config) {
	return map[string]func(*Config){
		"in the clear": func(*Config) {},
		"STARTTLS":     func(c *Config) { c.StartTLS, c.CAFile = true, server.CAFile },
		"TLS":          func(c *Config) { c.URL, c.CAFile = []string{"imaps://" + server.TLSAddr}, server.CAFile },
	}
}

// TestNoServer is what is said of a server that does not come to the login.
func TestNoServer(t *testing.T) {
	server := imaptest.Memory(t)
	tests := []struct {
		name, want string
		change     func(*Config)
	}{
		{"nobody listens", "connect: dial tcp ADDR: connect: connection refused", func(c *Config) { c.URL = []string{"imap://" + nobody(t)} }},
		{"no such host", "connect: dial tcp: lookup imap.invalid", func(c *Config) { c.URL = []string{"imaps://imap.invalid"} }},
		{"it says nothing", "greeting of ADDR: no answer within 300ms", func(c *Config) { c.URL = []string{"imap://" + says(t, "")} }},
		{"it is something else", "greeting of ADDR: connection lost: ", func(c *Config) { c.URL = []string{"imap://" + says(t, "220 mail ESMTP\r\n")} }},
		{"it has no time", "greeting of ADDR: connection lost: imap: BYE too many", func(c *Config) { c.URL = []string{"imap://" + says(t, "* BYE too many\r\n")} }},
		{"TLS where there is none", "TLS with ADDR: connection lost: tls: first record does not look like a TLS handshake", func(c *Config) {
			c.URL = []string{"imaps://" + server.Addr}
		}},
		{"none where there is TLS", "greeting of ADDR: no answer within 300ms", func(c *Config) { c.URL = []string{"imap://" + server.TLSAddr} }},
		{"a certificate of a stranger", "TLS with ADDR: connection lost: tls: failed to verify certificate: x509: ", func(c *Config) {
			c.URL = []string{"imaps://" + server.TLSAddr}
		}},
		{"the same, later", "STARTTLS with ADDR: connection lost: tls: failed to verify certificate: x509: ", func(c *Config) { c.StartTLS = true }},
		{"STARTTLS is not offered", "STARTTLS with ADDR: ", func(c *Config) {
			c.URL, c.StartTLS = []string{"imap://" + says(t, "* OK [CAPABILITY IMAP4rev1] hi\r\nT1 BAD no\r\n")}, true
		}},
	}
	for _, tt := range tests {
		c := configOf(t, server)
		c.DialTimeout = 300 * time.Millisecond
		tt.change(&c)
		addr := strings.TrimPrefix(strings.TrimPrefix(c.URL[0], "imap://"), "imaps://")
		err := enters(t, c, "")
		if want := strings.ReplaceAll(tt.want, "ADDR", addr); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v; want %q", tt.name, err, want)
		}
	}
}

// nobody gives an address on which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// says starts a server that says one thing and nothing more.
func says(t *testing.T, what string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			_, _ = c.Write([]byte(what))
		}
	}()
	return ln.Addr().String()
}
