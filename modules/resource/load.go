package resource

import (
	"context"
	"fmt"
	"time"
)

// around is how far before and after the first instance bookings count for the strategies that spread them.
const around = 14 * 24 * time.Hour

// choice is what the strategy has to know of a member that can take the request.
func (s *search) choice(ctx context.Context, m *member) (choice, error) {
	v := m.verdict
	c := choice{name: m.room.DN, step: v.step, left: len(v.out), cut: !v.cut.IsZero(), capacity: m.room.rules.Capacity}
	switch s.collection.rules.Strategy {
	case "least_used", "round_robin":
		at := first(v.instances)
		busy, _, err := m.calendars.Busy(ctx, m.room.Calendar, at.Add(-around), at.Add(around))
		if err != nil {
			return c, fmt.Errorf("read calendar %s: %w", m.room.Calendar, err)
		}
		seen := map[string]bool{}
		for _, p := range m.withPlanned(busy) {
			if from, to := latest(p.From, at.Add(-around)), earliest(p.To, at.Add(around)); from.Before(to) && p.UID != s.incoming.UID() {
				c.hours += to.Sub(from)
				seen[p.UID] = true
			}
		}
		c.bookings = len(seen)
	}
	return c, nil
}
