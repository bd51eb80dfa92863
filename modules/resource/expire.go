package resource

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"usher/itip"
	"usher/milter/filter"
)

const (
	// remembered is how long what was cancelled makes older messages outdated (S5546-55).
	remembered = 400 * 24 * time.Hour
	// maxEnded and maxExpired bound, for each mail, how many objects that are over are listed and looked at.
	maxEnded   = 200
	maxExpired = 8
)

// expireIn expires the calendars of facilities that the mail writes to, each once.
func (m *module) expireIn(ctx context.Context, all []*facility, now time.Time, plan *filter.Plan) error {
	seen := map[string]bool{}
	for _, f := range all {
		if !slices.ContainsFunc(plan.Effects, func(e filter.Effect) bool { return isPutIn(e, f.Calendar) }) || seen[f.Calendar] {
			continue
		}
		seen[f.Calendar] = true
		if err := m.expire(ctx, f, now, plan); err != nil {
			return err
		}
	}
	return nil
}

func isPutIn(e filter.Effect, cal string) bool {
	put, ok := e.(filter.PutEvent)
	return ok && put.Calendar == cal
}

// expire removes what ended long ago, as there are no timers: some of it whenever a calendar is written to.
func (m *module) expire(ctx context.Context, f *facility, now time.Time, plan *filter.Plan) error {
	if f.rules.ExpireDays == 0 {
		return nil
	}
	uids, err := m.calendars.Ended(ctx, f.Calendar, now.AddDate(0, 0, -f.rules.ExpireDays), maxEnded)
	if err != nil {
		return fmt.Errorf("what is over in calendar %s: %w", f.Calendar, err)
	}
	for _, uid := range some(uids, plan) {
		if written(plan, f.Calendar, uid) {
			continue
		}
		o, ok, base, err := m.calendars.Find(ctx, f.Calendar, uid)
		if err != nil {
			return fmt.Errorf("find in calendar %s: %w", f.Calendar, err)
		}
		if ok && !stillRemembered(o, now) {
			plan.Effects = append(plan.Effects, filter.DeleteEvent{Calendar: f.Calendar, UID: uid, Base: base})
		}
	}
	return nil
}

// some are as many as one mail looks at: others for each mail, as some may have to stay, and the same for a retry.
func some(uids []string, plan *filter.Plan) []string {
	if len(uids) <= maxExpired {
		return uids
	}
	h := fnv.New32a()
	for _, e := range plan.Effects {
		if put, ok := e.(filter.PutEvent); ok {
			h.Write([]byte(put.UID))
		}
	}
	from := int(h.Sum32() % uint32(len(uids)))
	return slices.Concat(uids[from:], uids[:from])[:maxExpired]
}

// written tells whether the mail changes an object anyway.
func written(plan *filter.Plan, cal, uid string) bool {
	return slices.ContainsFunc(plan.Effects, func(e filter.Effect) bool {
		switch e := e.(type) {
		case filter.PutEvent:
			return e.Calendar == cal && e.UID == uid
		case filter.DeleteEvent:
			return e.Calendar == cal && e.UID == uid
		}
		return false
	})
}

// stillRemembered tells whether an object is there to make older messages outdated.
func stillRemembered(o *itip.Object, now time.Time) bool {
	var since time.Time
	for _, c := range o.Scheduled() {
		if !c.Cancelled() {
			return false
		}
		since = latest(since, c.Stamp())
	}
	return now.Sub(since) < remembered
}
