package imaptest

import (
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// typeEntry is the annotation with a folder's type, below /shared and /private (Kolab XML format 3.0).
const typeEntry = "/vendor/kolab/folder-type"

// recent is the server's to give (RFC 3501 2.3.2).
const recent imap.Flag = `\Recent`

// Message is a message as it lies in a folder.
type Message struct {
	UID      imap.UID
	Flags    []imap.Flag
	Received time.Time
	Body     []byte
}

// Client is a session of the service account for a user, or of the account itself for user "". It ends with the
// test.
func (s *Server) Client(user string) *imapclient.Client {
	s.tb.Helper()
	c, err := imapclient.DialInsecure(s.Addr, nil)
	if err != nil {
		s.tb.Fatalf("%s: connect: %v", s.Kind, err)
	}
	s.tb.Cleanup(func() { c.Close() })
	if err := c.Authenticate(sasl.NewPlainClient(user, s.Admin, s.AdminPassword)); err != nil {
		s.tb.Fatalf("%s: log in for %q: %v", s.Kind, user, err)
	}
	return c
}

// with runs one piece of work in a session of its own.
func (s *Server) with(user, what string, work func(c *imapclient.Client) error) {
	s.tb.Helper()
	c := s.Client(user)
	defer c.Close()
	if err := work(c); err != nil {
		s.tb.Fatalf("%s: %s: %v", s.Kind, what, err)
	}
}

// CreateShared makes a shared folder, named as the service account writes it: shared/Resources/Blue@example.org. The
// account may do everything in it, and others may read.
func (s *Server) CreateShared(folder string) {
	s.tb.Helper()
	s.with("", "create "+folder, func(c *imapclient.Client) error { return c.Create(folder, nil).Wait() })
	switch s.Kind {
	case "cyrus": // there the one who makes a folder may do nothing in it but give rights
		s.SetRights("", folder, s.Admin, "lrswipkxtecda")
	case "dovecot":
		s.SetRights("", folder, "anyone", "lr")
	}
}

// DeleteShared removes a shared folder with all that is in it.
func (s *Server) DeleteShared(folder string) {
	s.tb.Helper()
	s.with("", "delete "+folder, func(c *imapclient.Client) error { return c.Delete(folder).Wait() })
}

// SetRights gives a user, or anyone, rights in a folder (RFC 4314), "" takes all away. There are none to give in
// memory.
func (s *Server) SetRights(user, folder, who, rights string) {
	s.tb.Helper()
	s.with(user, "set rights in "+folder, func(c *imapclient.Client) error {
		if s.Kind == "cyrus" {
			who = strings.TrimSuffix(who, "@"+Domain) // as it strips the domain from names itself
		}
		return c.SetACL(folder, imap.RightsIdentifier(who), imap.RightModificationReplace, imap.RightSet(rights)).Wait()
	})
}

// CreateFolder makes a folder of a user; kind is a type such as event.default, "" is none.
func (s *Server) CreateFolder(user, folder, kind string) {
	s.tb.Helper()
	s.with(user, "create "+folder, func(c *imapclient.Client) error { return c.Create(folder, nil).Wait() })
	if kind != "" && s.Metadata {
		s.SetType(user, folder, kind)
	}
}

// SetType sets a folder's type as Kolab's clients do: what comes before the dot for all, and the whole for the user
// alone if there is more.
func (s *Server) SetType(user, folder, kind string) {
	s.tb.Helper()
	shared, _, more := strings.Cut(kind, ".")
	forAll, own := []byte(shared), []byte(kind)
	entries := map[string]*[]byte{"/shared" + typeEntry: &forAll}
	if more {
		entries["/private"+typeEntry] = &own
	}
	s.SetMetadata(user, folder, entries)
}

// SetMetadata sets annotations of a folder (RFC 5464); nil takes one away. Shared folders on Cyrus cannot have any.
func (s *Server) SetMetadata(user, folder string, entries map[string]*[]byte) {
	s.tb.Helper()
	s.with(user, "annotate "+folder, func(c *imapclient.Client) error { return c.SetMetadata(folder, entries).Wait() })
}

// Append puts a message into a folder of a user, or a shared one for user "".
func (s *Server) Append(user, folder string, flags []imap.Flag, message []byte) (uid imap.UID) {
	s.tb.Helper()
	return s.append(user, folder, imap.AppendOptions{Flags: flags}, message)
}

// Age puts a copy of a message, as if it had lain there for so long, in its place.
func (s *Server) Age(user, folder string, m Message, age time.Duration) {
	s.tb.Helper()
	s.Remove(user, folder, m.UID)
	flags := slices.DeleteFunc(slices.Clone(m.Flags), func(f imap.Flag) bool { return f == recent })
	s.append(user, folder, imap.AppendOptions{Flags: flags, Time: time.Now().Add(-age)}, m.Body)
}

// Remove takes a message out of a folder, if it is still there.
func (s *Server) Remove(user, folder string, uid imap.UID) {
	s.tb.Helper()
	s.with(user, "remove from "+folder, func(c *imapclient.Client) error {
		if _, err := c.Select(folder, nil).Wait(); err != nil {
			return err
		}
		set := imap.UIDSetNum(uid)
		if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
			return err
		}
		return c.UIDExpunge(set).Close()
	})
}

func (s *Server) append(user, folder string, options imap.AppendOptions, message []byte) (uid imap.UID) {
	s.tb.Helper()
	s.with(user, "append to "+folder, func(c *imapclient.Client) error {
		cmd := c.Append(folder, int64(len(message)), &options)
		if _, err := cmd.Write(message); err != nil {
			return err
		}
		if err := cmd.Close(); err != nil {
			return err
		}
		data, err := cmd.Wait()
		if err == nil {
			uid = data.UID
		}
		return err
	})
	return uid
}

// Messages reads all messages of a folder, in the order of their UIDs.
func (s *Server) Messages(user, folder string) (all []Message) {
	s.tb.Helper()
	s.with(user, "read "+folder, func(c *imapclient.Client) error {
		if _, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return err
		}
		body := &imap.FetchItemBodySection{Peek: true}
		found, err := c.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{
			UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{body},
		}).Collect()
		for _, m := range found {
			all = append(all, Message{m.UID, m.Flags, m.InternalDate, m.FindBodySection(body)})
		}
		return err
	})
	return all
}
