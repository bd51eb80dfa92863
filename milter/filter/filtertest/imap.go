package filtertest

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"usher/itip/calendar"
	"usher/itip/imapcal"
	"usher/itip/imapcal/imaptest"
	"usher/milter/message"
)

// imapCalendars are the calendars of a case on an IMAP server. What looks at them takes a way of its own.
type imapCalendars struct {
	calendar.Store
	t      testing.TB
	server *imaptest.Server
	client *imapclient.Client
	names  []string
}

// openIMAP opens the calendars at an address as a process that has just begun.
func openIMAP(t testing.TB, server *imaptest.Server, addr, writers string) *imapcal.Store {
	t.Helper()
	c := imapcal.Defaults()
	c.PasswordFile = filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(c.PasswordFile, []byte(server.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.URL, c.User, c.Login, c.Format, c.Writers = []string{"imap://" + addr}, server.Admin, imapcal.Login(server.Login), imapcal.ICal, writers
	s, err := imapcal.Open(c, imapcal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var folders = regexp.MustCompile(`(?m)^kolabTargetFolder: (.*)$`)

// folders are the calendars that the directory of the case names.
func (r *runner) folders(t testing.TB) (names []string) {
	t.Helper()
	text, ok := r.c.section("directory.ldif")
	if !ok {
		data, err := os.ReadFile(r.directory)
		if err != nil {
			t.Fatal(err)
		}
		text = string(data)
	}
	for _, m := range folders.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.TrimSpace(m[1]))
	}
	return names
}

// Snapshot gives every object as it lies there, as Memory does.
func (c *imapCalendars) Snapshot() map[string]map[string]string {
	direct := openIMAP(c.t, c.server, c.server.Addr, imapcal.ManyWriters)
	defer direct.Close()
	all := map[string]map[string]string{}
	for name, messages := range c.messages() {
		for _, m := range messages {
			o, ok, _, err := direct.Find(c.t.Context(), name, subject(c.t, m))
			if err != nil {
				c.t.Fatal(err)
			}
			if all[name] == nil {
				all[name] = map[string]string{}
			}
			if ok {
				all[name][o.UID()] = string(o.Encode())
			}
		}
	}
	return all
}

// Holds gives the UIDs of all holds.
func (c *imapCalendars) Holds() map[string][]string {
	all := map[string][]string{}
	for name, messages := range c.messages() {
		for _, m := range messages {
			if held(m) {
				all[name] = append(all[name], subject(c.t, m))
			}
		}
	}
	return all
}

// messages are those of all calendars that are not empty.
func (c *imapCalendars) messages() map[string][]imaptest.Message {
	all := map[string][]imaptest.Message{}
	for _, name := range c.names {
		data, err := c.client.Status(name, &imap.StatusOptions{NumMessages: true}).Wait()
		if err != nil {
			c.t.Fatal(err)
		}
		if *data.NumMessages > 0 {
			all[name] = c.server.Messages("", name)
		}
	}
	return all
}

// empty removes whatever lies there.
func (c *imapCalendars) empty() {
	for name, messages := range c.messages() {
		for _, m := range messages {
			c.server.Remove("", name, m.UID)
		}
	}
}

// age makes all holds older, as a queue does that brings a mail again later.
func (c *imapCalendars) age(by time.Duration) {
	for name, messages := range c.messages() {
		for _, m := range messages {
			if held(m) {
				c.server.Age("", name, m, by)
			}
		}
	}
}

// subject is the UID of the object in a message.
func subject(t testing.TB, m imaptest.Message) string {
	t.Helper()
	mail, err := message.Read(bytes.NewReader(m.Body), maxMail)
	if err != nil {
		t.Fatal(err)
	}
	return mail.Header.Get("Subject")
}

func held(m imaptest.Message) bool {
	return slices.ContainsFunc(m.Flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), "$UsherHold") })
}
