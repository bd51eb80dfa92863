package world

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/milter/filter"
)

func TestConfigMistakes(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, empty, large := file("secret", "s3cret"), file("empty", "\n"), file("large", strings.Repeat("x", maxSecret+1))
	long := file("long", strings.Repeat("s", filter.MinSecret)+"\n")
	_, ca := certificate(t, dir, "127.0.0.1")
	tests := []struct {
		set  func(*Config)
		want string // keys with the beginning of their texts, by line
	}{
		{func(c *Config) {}, ""},
		{func(c *Config) { c.SMTP = "" }, ""},
		{func(c *Config) { c.SMTP = "mail.example.org:587" }, ""},
		{func(c *Config) { c.SMTP = "[::1]:25"; c.User, c.PasswordFile = "u", secret }, ""},
		{func(c *Config) { c.SMTP = "/run/smtp.sock" }, ""},
		{func(c *Config) { c.SecretFile = long }, ""},
		{func(c *Config) { c.SecretFile = secret }, `secret_file: ` + secret + ` holds fewer than 16 characters`},
		{func(c *Config) { c.TLS, c.CAFile = TLS, ca }, ""},
		{func(c *Config) { c.SMTP = "mail.example.org" }, `smtp: "mail.example.org" is neither host:port`},
		{func(c *Config) { c.SMTP = ":25" }, `smtp: ":25" is neither host:port`},
		{func(c *Config) { c.SMTP = "127.0.0.1:mali" }, `smtp: "mali" is no port`},
		{func(c *Config) { c.SMTP = "unix:smtp.sock" }, `smtp: the path of a unix socket`},
		{func(c *Config) { c.SMTP, c.TLS = "/run/smtp.sock", TLS }, `tls: a unix socket has no name`},
		{func(c *Config) { c.TLS = "yes" }, `tls: "yes" is not one of none, starttls, tls`},
		{func(c *Config) { c.CAFile = ca }, `ca_file: is of no use without tls`},
		{func(c *Config) { c.TLS, c.CAFile = TLS, secret }, `ca_file: ` + secret + ` holds no certificate`},
		{func(c *Config) { c.TLS, c.CAFile = TLS, dir+"/none" }, `ca_file: read ` + dir + `/none`},
		{func(c *Config) { c.User = "u" }, `user: a user without password_file`},
		{func(c *Config) { c.PasswordFile = secret }, `password_file: a password without user`},
		{func(c *Config) { c.User, c.PasswordFile = "u", empty }, `password_file: read ` + empty + `: it is empty`},
		{func(c *Config) { c.User, c.PasswordFile = "u", large }, `password_file: read ` + large + `: it is too large`},
		{func(c *Config) { c.SMTP, c.TLS, c.User, c.PasswordFile = "192.0.2.1:25", NoTLS, "u", secret }, `tls: a password is only sent over TLS`},
		{func(c *Config) { c.Helo = "two words" }, `helo: "two words" is no host name`},
		{func(c *Config) { c.Helo = "x\r\nMAIL" }, `helo: "x\r\nMAIL" is no host name`},
		{func(c *Config) { c.Timeout = 0 }, `timeout: 0s is not between`},
		{func(c *Config) { c.Timeout = time.Hour }, `timeout: 1h0m0s is not between`},
		{func(c *Config) { c.SecretFile = dir + "/none" }, `secret_file: read ` + dir + `/none`},
		{func(c *Config) { c.SMTP, c.SecretFile = "", empty }, `secret_file: read`},
		{func(c *Config) { c.SMTP, c.TLS, c.Timeout = "x", "y", 0 }, "smtp: \"x\"\ntls: \"y\"\ntimeout: 0s"},
	}
	for _, tt := range tests {
		c := DefaultConfig()
		tt.set(&c)
		got := c.Check()
		var want []string
		if tt.want != "" {
			want = strings.Split(tt.want, "\n")
		}
		if len(got) != len(want) {
			t.Errorf("%+v: %v; want %q", c, got, tt.want)
			continue
		}
		for i, m := range got {
			if !strings.HasPrefix(m.Key+": "+m.Text, want[i]) {
				t.Errorf("%+v: %s: %s; want %q", c, m.Key, m.Text, want[i])
			}
		}
		s, err := c.Submitter("host.example.org")
		var ms filter.Mistakes
		if (err != nil) != (tt.want != "") || err != nil && !errors.As(err, &ms) || (s == nil) != (err != nil || c.SMTP == "") {
			t.Errorf("%+v: Submitter = %v, %v", c, s, err)
		}
	}
}

func TestConfigDefaults(t *testing.T) {
	for address, want := range map[string]Security{"127.0.0.1:25": NoTLS, "localhost:25": NoTLS, "[::1]:25": NoTLS, "/run/smtp": NoTLS,
		"mail.example.org:25": StartTLS, "192.0.2.1:25": StartTLS} {
		c := DefaultConfig()
		c.SMTP = address
		s, err := c.Submitter("host.example.org")
		if err != nil || s.(*SMTP).security != want || s.(*SMTP).helo != "host.example.org" {
			t.Errorf("%s: %+v, %v; want %s", address, s, err, want)
		}
	}
}

// TestSigner: white space around the secret is no part of it, and a secret that is short is a mistake.
func TestSigner(t *testing.T) {
	dir := t.TempDir()
	signer := func(content string) (*filter.Signer, error) {
		path := filepath.Join(dir, "secret")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return Config{SecretFile: path}.Signer()
	}
	plain, err := signer("0123456789abcdef")
	if err != nil || plain == nil {
		t.Fatal(plain, err)
	}
	if line, err := signer(" 0123456789abcdef\r\n"); err != nil || line.Sign("x") != plain.Sign("x") {
		t.Errorf("a line end makes it another secret, %v", err)
	}
	if s, err := signer("0123456789abcde\n"); err == nil || s != nil {
		t.Errorf("a short secret: %v, %v", s, err)
	}
	if s, err := (Config{}).Signer(); s != nil || err != nil {
		t.Errorf("no secret: %v, %v", s, err)
	}
}
