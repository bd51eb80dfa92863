package world

import (
	"context"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// look compares what is planned with what is there: what an earlier attempt has done is done, and what moved
// since it was read is stale before anything is written.
func (j *job) look(ctx context.Context) error {
	for _, p := range j.writes() {
		stored, ok, version, err := j.store.Find(ctx, p.Calendar, p.UID)
		if err != nil && p.isSpared(ctx, err) {
			j.spare(p, err)
			continue
		}
		if err != nil {
			return j.failed(p.index, "look for "+p.name(), err)
		}
		p.done = ok && p.isDone(stored, version)
		if !p.done && version != p.Base {
			return j.failed(p.index, "look for "+p.name(), filter.ErrStale)
		}
		p.old = nil
		if ok {
			p.old = stored
		}
		j.found = j.found || p.done
	}
	return j.lookDeleted(ctx)
}

func (j *job) lookDeleted(ctx context.Context) error {
	for _, d := range j.deletes {
		_, ok, version, err := j.store.Find(ctx, d.Calendar, d.UID)
		if err == nil && ok && version != d.Base {
			err = filter.ErrStale
		}
		if err != nil {
			return j.failed(d.index, "look for "+d.name(), err)
		}
	}
	return nil
}

// isDone tells whether an object that is there is what this write would make. Who planned on an older version
// and finds the mark of the same cause has been here before, and what somebody changed since is theirs; who
// planned on this very version and wants something else means it.
func (p *write) isDone(stored *itip.Object, version calendar.Version) bool {
	if stored.Cause() != p.Cause {
		return false
	}
	return itip.SameContent(stored, p.marked) || p.Cause != "" && version != p.Base
}

func (p *write) name() string   { return p.Calendar + "/" + p.UID }
func (d *removal) name() string { return d.Calendar + "/" + d.UID }
