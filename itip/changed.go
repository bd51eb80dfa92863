package itip

import (
	"maps"
	"slices"
	"time"
)

// TimeChanged tells whether b takes place at other times than a: DTSTART, DTEND or DURATION, RRULE, RDATE and
// EXDATE of the series, and the times of each override, compared as what they mean and not as they are written.
// A b without master speaks for its instances only. What cannot be read or followed counts as changed.
func TimeChanged(a, b *Object, local *time.Location) bool {
	ta, errA := a.times(local)
	tb, errB := b.times(local)
	if errA != nil || errB != nil {
		return true
	}
	if tb.series != nil && (ta.series == nil || !ta.series.same(tb.series)) {
		return true
	}
	for k, v := range tb.overrides {
		if was, ok := ta.at(k); !ok || was != v {
			return true
		}
	}
	if tb.series == nil {
		return false
	}
	for k, v := range ta.overrides {
		if is, ok := tb.at(k); !ok || is != v {
			return true
		}
	}
	return false
}

// times is all that TimeChanged compares.
type times struct {
	series    *recurrence // nil without master or start
	cancelled bool
	overrides map[instanceKey]slot
}

// slot is when one instance takes place.
type slot struct {
	at, end   int64
	date      bool
	future    bool
	cancelled bool
}

func (o *Object) times(local *time.Location) (*times, error) {
	z, steps := o.Zones(local), maxSteps
	t := &times{overrides: map[instanceKey]slot{}}
	if master := o.Master(); master != nil {
		r, ok, err := z.recurrenceOf(master, &steps)
		if err != nil {
			return nil, err
		}
		if ok {
			t.series, t.cancelled = r, master.Cancelled()
		}
	}
	vs, err := o.overrides(z)
	for _, v := range vs {
		r := recurrence{start: v.start}
		end := r.end(occurrence{v.start.wall, v.start.at}, v.length)
		t.overrides[v.key()] = slot{v.start.at, end, v.start.date, v.future, v.c.Cancelled()}
	}
	return t, err
}

// at is the slot of an instance: its override's, or the one it has by the series.
func (t *times) at(k instanceKey) (slot, bool) {
	if s, ok := t.overrides[k]; ok || t.series == nil {
		return s, ok
	}
	id := t.series.start
	id.at, id.wall = k.at, t.series.start.zone.wall(k.at)
	o, ok, err := t.series.find(id)
	if err != nil || !ok {
		return slot{}, false
	}
	if t.series.excluded(o) {
		return slot{}, false
	}
	return slot{o.at, t.series.end(o, t.series.length), t.series.start.date, false, t.cancelled}, true
}

// same compares two series: their first instance, what repeats it, and, where it is repeated, whether their
// zones go the same way.
func (r *recurrence) same(s *recurrence) bool {
	if r.start.at != s.start.at || r.start.date != s.start.date || !r.sameLength(s) {
		return false
	}
	if !slices.Equal(r.ruleTexts(), s.ruleTexts()) || !slices.Equal(r.dateSlots(), s.dateSlots()) {
		return false
	}
	if !maps.Equal(r.exAt, s.exAt) || !maps.Equal(r.exDay, s.exDay) {
		return false
	}
	return len(r.rules) == 0 || sameClock(r.start, s.start)
}

// sameLength compares the first instances; nominal and exact lengths part only where the clocks change.
func (r *recurrence) sameLength(s *recurrence) bool {
	return r.end(occurrence{r.start.wall, r.start.at}, r.length) == s.end(occurrence{s.start.wall, s.start.at}, s.length)
}

// ruleTexts are the rules in one form, UNTIL as the instant it is.
func (r *recurrence) ruleTexts() []string {
	var texts []string
	for _, s := range r.rules {
		rule := s.rule
		if rule.until != nil {
			until := s.until
			if s.untilWall {
				until, _ = s.zone.instant(s.until)
			}
			rule.until = &when{wall: until, utc: true}
		}
		texts = append(texts, rule.String())
	}
	slices.Sort(texts)
	return texts
}

func (r *recurrence) dateSlots() []slot {
	var slots []slot
	take := func(o occurrence, l length) bool {
		slots = append(slots, slot{at: o.at, end: r.end(o, l)})
		return true
	}
	r.eachDate(true, take)
	r.eachDate(false, take)
	slices.SortFunc(slots, func(a, b slot) int { return compare(a.at, b.at) })
	return slices.Compact(slots)
}

// sameClock looks at the clocks of both zones for two years from the start, every ten days.
func sameClock(a, b moment) bool {
	for at := a.at; at < a.at+2*366*day; at += 10 * day {
		if a.zone.offset(at) != b.zone.offset(at) {
			return false
		}
	}
	return true
}
