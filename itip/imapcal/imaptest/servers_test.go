package imaptest

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func TestTLS(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		options := &imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots}}
		dials := map[string]func() (*imapclient.Client, error){
			"tls":      func() (*imapclient.Client, error) { return imapclient.DialTLS(s.TLSAddr, options) },
			"starttls": func() (*imapclient.Client, error) { return imapclient.DialStartTLS(s.Addr, options) },
		}
		for name, dial := range dials {
			c, err := dial()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if err := c.Login(john, Password).Wait(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			c.Close()
		}
	})
}

// A user sees shared folders where the server shows them, reads them, and may not write there.
func TestUsersReadSharedFolders(t *testing.T) {
	everywhere(t, func(t *testing.T, s *Server) {
		s.CreateShared(blue)
		s.Append("", blue, nil, mail)
		name := blue
		if s.Kind == "cyrus" {
			name = "Shared Folders/shared/Resources/Blue"
		}
		if all := s.Messages(john, name); len(all) != 1 {
			t.Errorf("john sees %d messages", len(all))
		}
		c := s.Client(john)
		cmd := c.Append(name, int64(len(mail)), nil)
		cmd.Write(mail)
		cmd.Close()
		if _, err := cmd.Wait(); !refused(err) {
			t.Errorf("john appends: %v", err)
		}
		if s.Kind == "memory" {
			return
		}
		s.SetRights("", blue, john, "lrswi")
		if s.Append(john, name, nil, mail); len(s.Messages("", blue)) != 2 {
			t.Error("john's message is not there, though he may append now")
		}
	})
}

func TestDovecotAnnotatesSharedFolders(t *testing.T) {
	s := Dovecot(t)
	s.CreateShared(blue)
	s.SetType("", blue, "event")
	got, err := s.Client("").GetMetadata(blue, []string{"/shared" + typeEntry}, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Entries["/shared"+typeEntry]; v == nil || string(*v) != "event" {
		t.Errorf("the type is %v", v)
	}
}

// Debian's Cyrus 3.6.1 ends the session, by an assertion, of who annotates a folder that is nobody's; by the name with
// the domain it does not find it. Where this fails, Cyrus can do more than SetMetadata says.
func TestCyrusAnnotatesNoSharedFolders(t *testing.T) {
	s := Cyrus(t)
	s.CreateShared(blue)
	kind := []byte("event")
	entries := map[string]*[]byte{"/shared" + typeEntry: &kind}
	if err := s.Client("").SetMetadata(blue, entries).Wait(); !refused(err) {
		t.Errorf("with the domain: %v", err)
	}
	if err := s.Client("").SetMetadata("shared/Resources/Blue", entries).Wait(); err == nil || refused(err) {
		t.Errorf("without: %v", err)
	}
	s.Append("", blue, nil, mail) // the server goes on
}

func TestAnotherDomain(t *testing.T) {
	const user = "john.doe@example.com"
	everywhere(t, func(t *testing.T, s *Server) {
		s.AddUser(user)
		s.CreateFolder(user, "Calendar", "")
		s.Append(user, "Calendar", []imap.Flag{imap.FlagSeen}, mail)
		if n := len(s.Messages(user, "Calendar")); n != 1 {
			t.Errorf("%d messages", n)
		}
		if err := dial(t, s.Addr).Login(user, Password).Wait(); err != nil {
			t.Error(err)
		}
		if data, err := s.Client(john).List("", "Calendar", nil).Collect(); err != nil || len(data) != 0 {
			t.Errorf("the namesake of the first domain has the folder: %v, %v", data, err)
		}
	})
}

func TestNothingStays(t *testing.T) {
	var dirs []string
	t.Run("run", func(t *testing.T) {
		for _, start := range []func(testing.TB) *Server{Dovecot, Cyrus} {
			s := start(t)
			s.AddUser(john)
			s.Client(john)
			switch k := s.kind.(type) {
			case *dovecot:
				dirs = append(dirs, k.dir)
				t.Cleanup(func() { none(t, k.ps) })
			case *cyrus:
				dirs = append(dirs, k.dir)
				t.Cleanup(func() { none(t, k.ps) })
			}
			s.Stop()
		}
	})
	for _, dir := range dirs {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s stays: %v", dir, err)
		}
	}
}

func none(t *testing.T, ps *processes) {
	t.Helper()
	if left := ps.find(""); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}
