package imaptest

import (
	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// The commands about messages go to the folder that is selected.

func (s *session) Unselect() error { return s.at.Unselect() }

func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	return s.at.Poll(w, allowExpunge)
}

func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	return s.at.Idle(w, stop)
}

func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	return s.at.Search(kind, criteria, options)
}

func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	return s.at.Fetch(w, set, options)
}

func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, options *imap.StoreOptions) error {
	if err := s.mayChange(); err != nil {
		return err
	}
	return s.at.Store(w, set, flags, options)
}

// Expunge has no UIDs also when a folder is closed, which somebody who may only read it can do.
func (s *session) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if err := s.mayChange(); err != nil {
		if uids == nil {
			return nil
		}
		return err
	}
	return s.at.Expunge(w, uids)
}

// Copy and Move stay among one user's folders, or among the shared ones.
func (s *session) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	if in, err := s.changes(dest); err != nil || in != s.at {
		return nil, errNoPerm
	}
	return s.at.Copy(set, dest)
}

func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if in, err := s.changes(dest); err != nil || in != s.at {
		return errNoPerm
	}
	return s.at.Move(w, set, dest)
}
