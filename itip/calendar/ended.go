package calendar

import (
	"context"
	"time"
)

// Ended implements Reader.
func (m *Memory) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = m.read(ctx, cal, func(c *memoryCalendar) error {
		uids = c.overview.Ended(before, limit)
		return nil
	})
	return uids, err
}

// Ended implements Reader.
func (d *Dir) Ended(ctx context.Context, cal string, before time.Time, limit int) (uids []string, err error) {
	err = d.read(ctx, cal, func(s *section) error {
		uids = s.index.overview.Ended(before, limit)
		return nil
	})
	return uids, err
}
