package imapcal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/itip/calendar"
)

// good is a configuration without mistakes.
func good(t *testing.T) Config {
	t.Helper()
	c := Defaults()
	c.URL, c.User, c.PasswordFile = []string{"imaps://imap.example.org"}, "usher", filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(c.PasswordFile, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheck(t *testing.T) {
	tests := []struct {
		change func(*Config)
		want   string
	}{
		{func(*Config) {}, ""},
		{func(c *Config) { c.URL = []string{"imap://127.0.0.1:1143"} }, ""},
		{func(c *Config) { c.URL, c.StartTLS = []string{"imap://imap.example.org"}, true }, ""},
		{func(c *Config) { c.URL = nil }, "imap: is missing"},
		{func(c *Config) { c.URL = []string{"imap://imap.example.org"} }, "imap[0]: the password would be sent in the clear"},
		{func(c *Config) { c.URL = append(c.URL, "http://x") }, "imap[1]: want imaps://host"},
		{func(c *Config) { c.URL = []string{"imaps://u:p@imap.example.org"} }, "imap[0]: only host and port"},
		{func(c *Config) { c.StartTLS = true }, "starttls: is for imap://"},
		{func(c *Config) { c.User = "" }, "user: is missing"},
		{func(c *Config) { c.PasswordFile = "/nonexistent" }, "password_file:"},
		{func(c *Config) { c.CAFile = c.PasswordFile }, "ca_file:"},
		{func(c *Config) { c.Login = "magic" }, `login: "magic" is not one of`},
		{func(c *Config) { c.Login, c.Separator = Master, "" }, "separator: is missing"},
		{func(c *Config) { c.Format = "xml" }, `format: "xml" is not one of`},
		{func(c *Config) { c.Pool = 0 }, "pool: 0 is not between"},
		{func(c *Config) { c.Connections = 1 }, "connections: 1 is not between"},
		{func(c *Config) { c.Timeout = 0 }, "timeout: 0s is not between"},
		{func(c *Config) { c.Folders.Calendar = "" }, "folders.calendar: is missing"},
	}
	for _, tt := range tests {
		c := good(t)
		tt.change(&c)
		err := c.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("mistakes %v; want %q", err, tt.want)
		}
	}
}

func TestOpenBoundsHolds(t *testing.T) {
	o := Options{Options: calendar.Options{HoldLife: time.Minute, ConfirmWithin: time.Minute}}
	if _, err := Open(good(t), o); err == nil {
		t.Error("holds that expire while they may be confirmed were taken")
	}
}

func TestNames(t *testing.T) {
	tests := []struct{ cal, login, mailbox string }{
		{"shared/Resources/Blue@example.org", "", "shared/Resources/Blue@example.org"},
		{personal("jane@example.org", "INBOX/Calendar"), "jane@example.org", "INBOX/Calendar"},
		{personal("a/b%~", "Ü"), "a/b%~", "Ü"},
	}
	for _, tt := range tests {
		if login, mailbox, err := split(tt.cal); err != nil || login != tt.login || mailbox != tt.mailbox {
			t.Errorf("%q is %q of %q, %v", tt.cal, mailbox, login, err)
		}
	}
	for _, bad := range []string{"", "~", "~jane", "~/x", "~jane/", "a*", "a\r\nb", "~%zz/x", strings.Repeat("x", 2000)} {
		if _, _, err := split(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
