package itip

import (
	"maps"
	"slices"
)

// excludedStarts are the starts of a series that EXDATEs take away, in order; an EXDATE that is no start of it
// takes nothing.
func (r *recurrence) excludedStarts() []occurrence {
	var starts []occurrence
	for _, at := range slices.Sorted(maps.Keys(r.exAt)) {
		id := r.start
		id.at, id.wall = at, r.start.zone.wall(at)
		if o, ok, err := r.find(id); err == nil && ok {
			starts = append(starts, o)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(r.exDay)) {
		id := r.start
		id.wall, id.date = n*day, !r.start.date
		id.at, _ = r.start.zone.instant(id.wall)
		if o, ok, err := r.find(id); err == nil && ok {
			starts = append(starts, o)
		}
	}
	return starts
}
