package resource

import (
	"errors"

	"usher/itip"
	"usher/milter/filter"
)

// cancel frees the resource at once, whole or instance (S5546-36, S5546-39). Nobody waits for an answer.
func (b *booking) cancel() (decision, error) {
	switch {
	case b.stored == nil:
		return done("cancelled, nothing was booked"), nil
	case b.repeated():
		return done("cancelled before", b.put(b.stored, cancelled, nil)), nil
	}
	rest, gone, err := itip.Cancelled(b.stored, b.incoming, b.room.Addresses...)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		return done("outdated cancellation, nothing changed"), nil
	case err != nil:
		return untouched("%v", err), nil
	case gone:
		return done("cancelled", filter.DeleteEvent{Calendar: b.room.Calendar, UID: b.stored.UID(), Base: b.version}), nil
	}
	return done("instance cancelled", b.put(rest, cancelled, nil)), nil
}
