package imapcal

import (
	"context"
	"time"

	"usher/itip/calendar"
)

// Ended implements calendar.Reader.
func (s *Store) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = s.look(ctx, cal, func(x *section) error {
		o := calendar.OldestBefore(before, limit)
		for _, e := range x.index.overview().counted {
			o.Show(e.object, e.last)
		}
		uids = o.UIDs()
		return nil
	})
	return uids, err
}
