package imapcal

import (
	"context"
	"time"
)

// Ended implements calendar.Reader.
func (s *Store) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = s.look(ctx, cal, func(x *section) error {
		uids = x.index.overview.Ended(before, limit)
		return nil
	})
	return uids, err
}
