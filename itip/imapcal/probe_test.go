package imapcal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/itip/calendar"
	"usher/itip/imapcal/imaptest"
)

// TestProbe: a server and folders that will do, a folder that is not there, one where rights are missing, and a
// password that is not the account's.
func TestProbe(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			server.AddUser(jane) // Dovecot reads its users once a second
			c := configOf(t, server)
			s := open(t, c, Options{})
			if err := s.Probe(t.Context()); err != nil {
				t.Error(err)
			}
			good := room(server)
			if err := s.ProbeCalendar(t.Context(), good); err != nil {
				t.Error(err)
			}
			if n := len(server.Messages("", good)); n != 0 {
				t.Errorf("asking left %d messages", n)
			}
			for _, cal := range []string{"shared/Resources/Nowhere@" + imaptest.Domain, "~jane", ""} {
				if err := s.ProbeCalendar(t.Context(), cal); err == nil || !strings.Contains(err.Error(), "calendar "+cal+": ") {
					t.Errorf("ProbeCalendar(%q) = %v", cal, err)
				}
			}
			probeRights(t, server, c)
			c.User = "somebody@" + imaptest.Domain
			if err := open(t, c, Options{}).Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "log in to "+server.Addr) {
				t.Errorf("with a wrong login: %v", err)
			}
		})
	}
}

// probeRights asks with few rights. In memory there are none; on Dovecot what the service account may do stands in a
// file, so somebody asks who may read and nothing else.
func probeRights(t *testing.T, server *imaptest.Server, c Config) {
	t.Helper()
	cal, lacking := room(server), "wte"
	switch server.Kind {
	case "memory":
		return
	case "cyrus":
		probeAlone(t, server, c)
		server.SetRights("", cal, server.Admin, "lrsi")
	case "dovecot":
		lacking, c.User, c.PasswordFile = "wite", jane, filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(c.PasswordFile, []byte(imaptest.Password), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := open(t, c, Options{}).ProbeCalendar(t.Context(), cal)
	if err == nil || !strings.Contains(err.Error(), "lacks the rights "+lacking+" of lrwite") {
		t.Errorf("without rights: %v", err)
	}
}

// probeAlone asks without the right to keywords: who books alone writes no holds, and so needs none.
func probeAlone(t *testing.T, server *imaptest.Server, c Config) {
	t.Helper()
	cal := room(server)
	server.SetRights("", cal, server.Admin, "lrite")
	if err := open(t, c, Options{}).ProbeCalendar(t.Context(), cal); err == nil || !strings.Contains(err.Error(), "lacks the rights w of lrwite") {
		t.Errorf("without keywords: %v", err)
	}
	c.Writers = OneWriter
	s := open(t, c, Options{})
	if err := s.ProbeCalendar(t.Context(), cal); err != nil {
		t.Errorf("without keywords, alone: %v", err)
	}
	if err := book(t.Context(), s, claim(cal, "a", "09:00", "10:00")); err != nil {
		t.Errorf("booked without keywords: %v", err)
	}
	if err := book(t.Context(), s, claim(cal, "b", "09:00", "10:00")); !errors.Is(err, calendar.ErrStale) {
		t.Errorf("booked twice: %v", err)
	}
	_, _, v, _ := s.Find(t.Context(), cal, "a")
	if err := s.Delete(t.Context(), cal, "a", v); err != nil || len(server.Messages("", cal)) != 0 {
		t.Errorf("removed without keywords: %v, %d messages", err, len(server.Messages("", cal)))
	}
}
