package itip

import (
	"math"
	"slices"

	"usher/address"
)

// Merge is what a person's own copy becomes by a REQUEST, ADD or PUBLISH of its organizer. Of the message's
// components it takes what Update would take, and keeps what is the person's (me are his addresses): his answer,
// unless that component takes place at another time now, TRANSP, alarms, categories, colour, the progress of a task,
// extensions of his own, instances he has taken out, and overrides that have such things (S6638-03). An override
// that comes new has the personal data of the series. Answers of others that are later than the message stay, too
// (Informed).
//
// What the organizer took out, by EXDATE or CANCEL, comes back with a newer message of the series that has it again; the
// copy notes whose doing it was.
//
// stored may be nil. Besides the errors of Update and Add there is ErrTakeover if the UID belongs to another
// organizer. What was cancelled comes back only by a message that is newer than the cancellation. Neither argument
// changes.
func Merge(stored, request *Object, me ...address.Address) (*Object, error) {
	out, _, err := merged(stored, request, me)
	return out, err
}

// merged is Merge; asks tells whether an answer is wanted that the person has not given.
func merged(stored, request *Object, me []address.Address) (out *Object, asks bool, err error) {
	if stored == nil {
		if out, err = Update(nil, request); err == nil {
			out.organizersExclusions()
		}
		return out, err == nil && slices.ContainsFunc(request.Scheduled(), func(c *Component) bool { return c.invites(me) }), err
	}
	if err := sameKey(stored, request); err != nil {
		return nil, false, err
	}
	if err := Bound(stored, request); err != nil {
		return nil, false, err
	}
	if request.Method() == "ADD" {
		return added(stored, request, me)
	}
	in := request.Clone()
	in.forStore()
	u, err := newUpdate(stored, in)
	if err != nil {
		return nil, false, err
	}
	if err := u.apply(); err != nil {
		return nil, false, err
	}
	m := &merge{update: u, me: me}
	if err := m.personal(); err != nil {
		return nil, false, err
	}
	out, err = u.out.fitting()
	return out, m.asks, err
}

// merge gives the result of an update back what was the person's.
type merge struct {
	*update
	me          []address.Address
	before, now *timeline
	asks        bool // something of the message is to be answered
}

func (m *merge) personal() (err error) {
	if m.before, err = m.stored.timeline(); err != nil {
		return err
	}
	for c := range m.fresh {
		c.oneLine(m.me)
	}
	if err = m.master(); err != nil {
		return err
	}
	if m.now, err = m.out.timeline(); err != nil {
		return err
	}
	for _, v := range m.now.overrides {
		if m.fresh[v.c] {
			if err := m.override(v); err != nil {
				return err
			}
		}
	}
	return m.ownOverrides()
}

// master merges the series, or the single event.
func (m *merge) master() error {
	master := m.out.Master()
	if master == nil || !m.fresh[master] {
		return nil
	}
	if m.was == nil {
		m.asks = m.asks || master.invites(m.me)
		m.out.organizersExclusions()
		return nil
	}
	series, err := m.out.series()
	if err != nil {
		return err
	}
	moved := m.before.series.moved(series)
	noted := m.was.exclusions()
	if !moved.any {
		if moved.any, err = m.ownExclusions(master, series, noted); err != nil {
			return err
		}
	}
	if !moved.any {
		if moved.any, err = m.struckBack(series); err != nil {
			return err
		}
	}
	m.keep(master, m.was, moved)
	master.organizersExclusions(series, m.before.series, noted)
	return nil
}

// moved compares two series. Instances that are no longer there move nothing (S6638-08).
func (r *recurrence) moved(s *recurrence) moved {
	if r == nil || s == nil {
		return moved{r != s, r != s}
	}
	start := r.start.at != s.start.at || r.start.date != s.start.date
	return moved{start, start || !r.sameLength(s) || !r.hasAll(s)}
}

// maxCompared is how many instances of two series are compared.
const maxCompared = 2000

// hasAll tells whether every instance of the other series was one of this. What EXDATE takes away here counts: it
// may have been the person, and he is not asked again about what he has taken out.
func (r *recurrence) hasAll(s *recurrence) bool {
	if len(r.rules)+len(s.rules) > 0 && !sameClock(r.start, s.start) {
		return false
	}
	mine, last := map[int64]length{}, int64(math.MinInt64)
	all := *r
	all.exAt, all.exDay = nil, nil
	err := all.each(math.MinInt64, math.MaxInt64, func(o occurrence, l length) bool {
		mine[o.at], last = l, max(last, o.at)
		return len(mine) < maxCompared
	})
	has, n := true, 0
	err2 := s.each(math.MinInt64, math.MaxInt64, func(o occurrence, l length) bool {
		was, ok := mine[o.at]
		if n++; !ok && len(mine) >= maxCompared && o.at > last {
			return n < maxCompared // beyond what was looked at
		}
		has = ok && r.end(o, was) == s.end(o, l)
		return has && n < maxCompared
	})
	return has && err == nil && err2 == nil
}

// ownExclusions keeps the EXDATEs of instances that the series still has, unless they are the organizer's (noted): the
// person has taken them out. One that the message has an override for stays out if that says nothing new about its
// time. back tells whether the organizer brings one back.
func (m *merge) ownExclusions(master *Component, series *recurrence, noted exclusions) (back bool, err error) {
	if m.before.series == nil || series == nil {
		return false, nil
	}
	all := *series
	all.exAt, all.exDay = nil, nil
	err = all.each(math.MinInt64, m.lastExcluded(), func(o occurrence, _ length) bool {
		if m.before.series.excluded(o) && !series.excluded(o) && !m.invitedAgain(o) {
			if _, is := noted[excluded{series.key(o), false}]; is {
				back = true
			} else {
				series.exclude(master, o)
			}
		}
		return o.at <= m.lastExcluded()
	})
	return back, err
}

func (m *merge) lastExcluded() int64 {
	last := int64(math.MinInt64)
	for at := range m.before.series.exAt {
		last = max(last, at)
	}
	for days := range m.before.series.exDay {
		last = max(last, (days+2)*day)
	}
	return last
}

// invitedAgain tells whether the message moves an instance.
func (m *merge) invitedAgain(o occurrence) bool {
	for _, v := range m.new {
		if v.id.at == o.at && v.id.date == m.before.series.start.date {
			return v.start.at != o.at
		}
	}
	return false
}

// override merges an override that the message brought with the person's own for that instance, else with
// the series.
func (m *merge) override(v *override) error {
	mine, slot, err := m.before.slotOf(v)
	if err != nil {
		return err
	}
	if mine == nil {
		m.asks = m.asks || v.c.invites(m.me)
		return nil
	}
	is := m.now.slot(v.start, v.length)
	m.keep(v.c, mine, moved{slot.at != is.at || slot.date != is.date, slot != is})
	return nil
}

// slotOf is when the instance of an override took place in this object, and by which component; nil if it did not.
func (t *timeline) slotOf(v *override) (*Component, slot, error) {
	if own := t.override(v.id); own != nil {
		return own.c, t.slot(own.start, own.length), nil
	}
	p, ok, err := t.place(v.id)
	if err != nil {
		return nil, slot{}, err
	}
	if !ok {
		return t.master, slot{}, nil
	}
	if f := t.later(p.occurrence); f != nil {
		at := f.shift(t.series, p.occurrence)
		return f.c, slot{at: at.at, end: (&recurrence{start: f.start}).end(at, f.length), date: f.start.date}, nil
	}
	return t.master, slot{at: p.at, end: t.series.end(p.occurrence, p.length), date: t.series.start.date}, nil
}

func (t *timeline) slot(start moment, l length) slot {
	return slot{at: start.at, end: (&recurrence{start: start}).end(occurrence{start.wall, start.at}, l), date: start.date}
}
