package imapcal

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

const jane = "jane@" + imaptest.Domain

// shortLife lets holds age while a test waits.
var shortLife = Options{Options: calendar.Options{HoldLife: 8 * time.Second, ConfirmWithin: 3 * time.Second}}

// configOf says how a server of the tests is reached.
func configOf(t testing.TB, s *imaptest.Server) Config {
	t.Helper()
	c := Defaults()
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(s.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.URL, c.User, c.PasswordFile, c.Login, c.Format = []string{"imap://" + s.Addr}, s.Admin, secret, Login(s.Login), ICal
	return c
}

// open opens a store as one more process would.
func open(t testing.TB, c Config, o Options) *Store {
	t.Helper()
	s, err := Open(c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var folderNumber atomic.Int64

// room makes a fresh shared folder.
func room(s *imaptest.Server) string {
	name := fmt.Sprintf("shared/Resources/Room%d@%s", folderNumber.Add(1), imaptest.Domain)
	s.CreateShared(name)
	return name
}

var servers = map[string]func(testing.TB) *imaptest.Server{
	"memory": imaptest.Memory, "dovecot": imaptest.Dovecot, "cyrus": imaptest.Cyrus,
}

// TestConformance gives the store to the suite: with each server, in each format, every host a store of its own.
func TestConformance(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "memory" {
				t.Skip("SKIPPED: -short asks the server in memory only")
			}
			t.Parallel() // they mostly wait for holds to age
			server := start(t)
			server.AddUser(jane)
			if name != "memory" {
				server.CreateFolder(jane, "Termine", "event.default")
			} else {
				server.CreateFolder(jane, "Calendar", "")
			}
			for _, format := range []Format{ICal, Kolab} {
				t.Run(string(format), func(t *testing.T) {
					t.Parallel()
					conform(t, server, format)
				})
			}
		})
	}
}

// TestConformanceAlone gives it a store that books alone, for which all hosts are one process.
func TestConformanceAlone(t *testing.T) {
	t.Parallel()
	server := imaptest.Memory(t)
	server.AddUser(jane)
	server.CreateFolder(jane, "Calendar", "")
	c := configOf(t, server)
	c.Writers = OneWriter
	calendartest.Run(t, func(t *testing.T) calendartest.Site {
		s := open(t, c, shortLife)
		return calendartest.Site{
			Host:      func() calendar.Store { return s },
			Advance:   time.Sleep,
			Calendars: []string{room(server), room(server)},
			HoldLife:  shortLife.HoldLife, ConfirmWithin: shortLife.ConfirmWithin,
		}
	})
}

func conform(t *testing.T, server *imaptest.Server, format Format) {
	c := configOf(t, server)
	c.Format = format
	calendartest.Run(t, func(t *testing.T) calendartest.Site {
		return calendartest.Site{
			Host:      func() calendar.Store { return open(t, c, shortLife) },
			Advance:   time.Sleep,
			Calendars: []string{room(server), room(server)},
			HoldLife:  shortLife.HoldLife, ConfirmWithin: shortLife.ConfirmWithin,
		}
	})
}
