package world

import (
	"context"
	"errors"

	"usher/milter/filter"
)

// delete comes last, so that a retry finds whatever it needs to plan the same effects. What is gone is done.
func (j *job) delete(ctx context.Context) error {
	for _, d := range j.deletes {
		err := j.act("delete:"+d.name(), func() error {
			err := j.store.Delete(ctx, d.Calendar, d.UID, d.Base)
			switch {
			case err == nil:
				j.gone = true
			case !errors.Is(err, filter.ErrStale):
				j.unknown = true
			}
			return err
		})
		if err != nil {
			return j.failed(d.index, "delete "+d.name(), err)
		}
	}
	return nil
}
