package imaptest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

const (
	john = "john.doe@" + Domain
	blue = "shared/Resources/Blue@" + Domain
	red  = "shared/Resources/Red@" + Domain
)

var mail = []byte("Subject: x\r\n\r\nhello\r\n")

// everywhere runs a test with each server, which john uses.
func everywhere(t *testing.T, f func(t *testing.T, s *Server)) {
	for name, start := range map[string]func(testing.TB) *Server{"memory": Memory, "dovecot": Dovecot, "cyrus": Cyrus} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			t.Logf("started in %v", s.Took())
			s.AddUser(john)
			f(t, s)
		})
	}
}

func dial(t *testing.T, addr string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestLogins(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		s.AddUser("jane@" + Domain)
		tests := []struct {
			identity, name, password string
			ok                       bool
		}{
			{"", john, Password, true},
			{"", john, "wrong", false},
			{"", s.Admin, s.AdminPassword, true},
			{john, s.Admin, s.AdminPassword, true},
			{john, s.Admin, "wrong", false},
			{"jane@" + Domain, john, Password, false},
			{"nobody@" + Domain, s.Admin, s.AdminPassword, s.Unknown},
		}
		for _, tt := range tests {
			err := dial(t, s.Addr).Authenticate(sasl.NewPlainClient(tt.identity, tt.name, tt.password))
			if (err == nil) != tt.ok {
				t.Errorf("log in %q for %q with %q: %v", tt.name, tt.identity, tt.password, err)
			}
		}
		if s.Login == Master {
			if err := dial(t, s.Addr).Login(john+"*"+s.Admin, s.AdminPassword).Wait(); err != nil {
				t.Errorf("master login: %v", err)
			}
		}
	})
}

func TestKeywordsStay(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		s.CreateFolder(john, "Calendar", "event.default")
		uid := s.Append(john, "Calendar", []imap.Flag{"$Hold"}, mail)
		s.Stop()
		s.Stop()
		s.Start()
		t.Logf("started again in %v", s.Took())
		all := s.Messages(john, "Calendar")
		if len(all) != 1 || all[0].UID != uid || !bytes.Equal(all[0].Body, mail) {
			t.Fatalf("UID %d became %+v", uid, all)
		}
		if !slices.ContainsFunc(all[0].Flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), "$Hold") }) {
			t.Errorf("flags %v", all[0].Flags)
		}
	})
}

func TestTypes(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		s.CreateFolder(john, "Kalender", "event.default")
		c := s.Client(john)
		if c.Caps().Has(imap.CapMetadata) != s.Metadata {
			t.Fatalf("Metadata is %v, the server says %v", s.Metadata, c.Caps())
		}
		if !s.Metadata {
			return
		}
		got, err := c.GetMetadata("Kalender", []string{"/shared" + typeEntry, "/private" + typeEntry}, nil).Wait()
		if err != nil {
			t.Fatal(err)
		}
		for entry, want := range map[string]string{"/shared": "event", "/private": "event.default"} {
			if v := got.Entries[entry+typeEntry]; v == nil || string(*v) != want {
				t.Errorf("%s: %v, want %s", entry, v, want)
			}
		}
	})
}

func TestSharedFolders(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		s.CreateShared(blue)
		s.CreateShared(red)
		for range 2 {
			s.Append("", blue, nil, mail)
			if n := len(s.Messages("", blue)); n != 1 {
				t.Errorf("%d messages", n)
			}
			s.DeleteShared(blue)
			s.CreateShared(blue)
		}
		if n := len(s.Messages("", red)); n != 0 {
			t.Errorf("Red has %d messages, Blue's?", n)
		}
	})
}

func TestFrozen(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		c := s.Client(john)
		s.Freeze()
		answered := make(chan error, 1)
		go func() { answered <- c.Noop().Wait() }()
		select {
		case err := <-answered:
			t.Fatalf("a frozen server answers: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
		s.Thaw()
		if err := <-answered; err != nil {
			t.Errorf("after the thaw: %v", err)
		}
		s.Freeze() // to be stopped nonetheless
	})
}

func TestKilledSessions(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		c := s.Client(john)
		s.Kill()
		err := c.Noop().Wait()
		if refused := (*imap.Error)(nil); err == nil || errors.As(err, &refused) {
			t.Errorf("a killed session answers: %v", err)
		}
		s.Client(john)
	})
}
