package imaptest

import (
	"bytes"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// The commands about folders go where the folder's name leads.

func (s *session) Namespace() (*imap.NamespaceData, error) {
	data, err := s.own.Namespace()
	if err == nil {
		data.Shared = []imap.NamespaceDescriptor{{Prefix: "shared/", Delim: '/'}}
	}
	return data, err
}

func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	s.at = s.of(name)
	return s.at.Select(name, options)
}

func (s *session) Create(name string, options *imap.CreateOptions) error {
	in, err := s.changes(name)
	if err != nil {
		return err
	}
	return in.Create(name, options)
}

func (s *session) Delete(name string) error {
	in, err := s.changes(name)
	if err != nil {
		return err
	}
	return in.Delete(name)
}

func (s *session) Rename(name, newName string, options *imap.RenameOptions) error {
	in, err := s.changes(name)
	if err != nil {
		return err
	}
	if in != s.of(newName) {
		return errNoPerm
	}
	return in.Rename(name, newName, options)
}

func (s *session) Subscribe(name string) error   { return s.of(name).Subscribe(name) }
func (s *session) Unsubscribe(name string) error { return s.of(name).Unsubscribe(name) }

func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if err := s.own.List(w, ref, patterns, options); err != nil || len(patterns) == 0 {
		return err
	}
	return s.common.List(w, ref, patterns, options)
}

func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	return s.of(name).Status(name, options)
}

func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	in, err := s.changes(name)
	if err != nil {
		return nil, err
	}
	// The server would store what came before a connection was lost, as a message of its own.
	all, err := io.ReadAll(r)
	if err == nil && int64(len(all)) < r.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	return in.Append(name, bytes.NewReader(all), options)
}
