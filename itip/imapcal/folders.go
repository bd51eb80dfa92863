package imapcal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"usher/itip/calendar"
)

// folderKind is what a folder is kept for.
type folderKind struct {
	is       bool // for events or tasks at all
	tasks    bool
	standard bool   // the default one
	class    string // "", PRIVATE or CONFIDENTIAL
}

type namedKind struct {
	name string
	kind folderKind
}

// The annotations that say what a folder is kept for, one for all users and one for its own.
const (
	sharedType  = "/shared/vendor/kolab/folder-type"
	privateType = "/private/vendor/kolab/folder-type"
)

// maxFolders bounds how many folders of one user are looked at.
const maxFolders = 5000

// Folders implements calendar.Reader. It logs in for the user, who must be known to exist. Where folders have types
// (RFC 5464, as Kolab sets them) these count, else the configured names. A user without such folders has no calendar.
func (s *Store) Folders(ctx context.Context, user string) ([]calendar.Folder, error) {
	var folders []calendar.Folder
	err := s.asUser(ctx, user, func(c *conn) (err error) {
		folders, err = s.foldersOf(ctx, c, user)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("calendars of %s: %w", user, err)
	}
	return folders, nil
}

// asUser runs f, which only reads, on a connection of a user; once more if the connection turns out to be lost.
func (s *Store) asUser(ctx context.Context, user string, f func(*conn) error) error {
	for again := false; ; again = true {
		c, err := s.connect(ctx, user)
		if err != nil {
			return err
		}
		err = f(c)
		lost := c.dead()
		s.release(c)
		if err == nil || !lost || again || ctx.Err() != nil {
			return err
		}
	}
}

func (s *Store) foldersOf(ctx context.Context, c *conn, user string) ([]calendar.Folder, error) {
	prefix, delim, err := c.personal(ctx, s)
	if err != nil {
		return nil, err
	}
	names, err := c.mailboxes(ctx, s, prefix, delim)
	if err != nil {
		return nil, err
	}
	kinds, err := c.types(ctx, s, names)
	if err != nil {
		return nil, err
	}
	if len(kinds) == 0 {
		kinds = s.config.Folders.among(names, prefix, delim)
	}
	return foldersFrom(user, kinds), nil
}

// personal gives what the user's own folders begin with, "" or INBOX/, and what stands between their parts.
func (c *conn) personal(ctx context.Context, s *Store) (prefix, delim string, err error) {
	if !c.caps.Has(imap.CapNamespace) && !c.caps.Has(imap.CapIMAP4rev2) {
		return "", "/", nil
	}
	err = c.do(ctx, s.config.Timeout, func(client *imapclient.Client) error {
		data, err := client.Namespace().Wait()
		if err != nil || len(data.Personal) == 0 {
			return err
		}
		prefix, delim = data.Personal[0].Prefix, string(data.Personal[0].Delim)
		return nil
	})
	return prefix, cmp.Or(delim, "/"), err
}

// mailboxes lists the user's own folders that can be opened.
func (c *conn) mailboxes(ctx context.Context, s *Store, prefix, delim string) (names []string, err error) {
	var others []string
	err = c.do(ctx, s.config.Timeout, func(client *imapclient.Client) error {
		if c.caps.Has(imap.CapNamespace) {
			data, err := client.Namespace().Wait()
			if err != nil {
				return err
			}
			for _, n := range append(data.Other, data.Shared...) {
				if n.Prefix != "" {
					others = append(others, n.Prefix)
				}
			}
		}
		boxes, err := client.List("", prefix+"*", nil).Collect()
		for _, b := range boxes {
			foreign := slices.ContainsFunc(others, func(p string) bool { return strings.HasPrefix(b.Mailbox+delim, p) })
			if !foreign && !slices.Contains(b.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(b.Attrs, imap.MailboxAttrNonExistent) && len(names) < maxFolders {
				names = append(names, b.Mailbox)
			}
		}
		return err
	})
	return names, err
}

// types asks what folders are kept for, as far as the server knows. Folders for anything else are left out.
func (c *conn) types(ctx context.Context, s *Store, names []string) (kinds []namedKind, err error) {
	if !c.caps.Has(imap.CapMetadata) {
		return nil, nil
	}
	err = c.do(ctx, s.config.Timeout, func(client *imapclient.Client) error {
		for chunk := range slices.Chunk(names, 50) {
			var asked []*imapclient.GetMetadataCommand
			for _, name := range chunk {
				asked = append(asked, client.GetMetadata(name, []string{sharedType, privateType}, nil))
			}
			for i, cmd := range asked {
				data, err := cmd.Wait()
				if err != nil && !isAnswer(err) {
					return err
				}
				if err == nil && data != nil {
					if kind := kindOf(data.Entries); kind.is {
						kinds = append(kinds, namedKind{chunk[i], kind})
					}
				}
			}
		}
		return nil
	})
	return kinds, err
}

// kindOf reads a folder's types: it counts if one of the two begins with the kind, and what comes after the dot of the
// user's own says more.
func kindOf(entries map[string]*[]byte) folderKind {
	var k folderKind
	for _, key := range []string{sharedType, privateType} {
		value := annotation(entries, key)
		kind, more, _ := strings.Cut(strings.ToLower(value), ".")
		if kind != "event" && kind != "task" {
			continue
		}
		k.is, k.tasks = true, kind == "task"
		switch {
		case key == sharedType:
		case more == "default":
			k.standard = true
		case more == "private" || more == "confidential":
			k.class = strings.ToUpper(more)
		}
	}
	return k
}

func annotation(entries map[string]*[]byte, key string) string {
	for name, value := range entries {
		if strings.EqualFold(name, key) && value != nil {
			return string(*value)
		}
	}
	return ""
}

// among gives those of the configured folders that are there.
func (f Folders) among(names []string, prefix, delim string) (kinds []namedKind) {
	for _, k := range f.kinds() {
		name := prefix + strings.ReplaceAll(k.name, "/", delim)
		if k.name != "" && slices.Contains(names, name) {
			kinds = append(kinds, namedKind{name, k.kind})
		}
	}
	return kinds
}

// foldersFrom gives the folders as a Reader does. If none is the default one, the first of its sort is.
func foldersFrom(user string, kinds []namedKind) []calendar.Folder {
	var folders []calendar.Folder
	for _, k := range kinds {
		folders = append(folders, calendar.Folder{Name: personal(user, k.name), Tasks: k.kind.tasks, Default: k.kind.standard, Class: k.kind.class})
	}
	slices.SortFunc(folders, func(a, b calendar.Folder) int { return cmp.Compare(a.Name, b.Name) })
	for _, tasks := range []bool{false, true} {
		sort := func(f calendar.Folder) bool { return f.Tasks == tasks && f.Class == "" }
		if !slices.ContainsFunc(folders, func(f calendar.Folder) bool { return f.Tasks == tasks && f.Default }) {
			if i := slices.IndexFunc(folders, sort); i >= 0 {
				folders[i].Default = true
			}
		}
	}
	return folders
}
