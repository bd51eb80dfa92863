package itip

import (
	"fmt"
	"slices"
	"strings"

	"usher/address"
)

// Revise is a changed object as the agent of its organizer stores it, and what Announce tells of. Of components
// whose times or STATUS changed, or that somebody has been removed from, SEQUENCE is higher than before (S5546-02);
// where they take place at other times, or more often, all but the organizer are asked again (S6638-08); and
// SCHEDULE-FORCE-SEND is gone, as it is not stored (S6638-15). Of an object whose organizer is not one of me it is
// a copy without changes.
//
// before is nil for an object that is created. The errors are those of Announce. Neither argument changes.
func Revise(before, after *Object, me ...address.Address) (*Object, error) {
	x, err := newChange(before, after, me)
	if err != nil {
		return nil, fmt.Errorf("revise an object: %w", err)
	}
	if !slices.Contains(me, x.organizer.Address) {
		return after.Clone(), nil
	}
	if x, err = x.revised(); err != nil {
		return nil, fmt.Errorf("revise an object: %w", err)
	}
	x.after.eachUser(func(p Prop) Prop { return p.Without("SCHEDULE-FORCE-SEND") })
	return x.after.Object, nil
}

// revised is the change with what Revise makes of the new version.
func (x *change) revised() (*change, error) {
	if x.after.empty() {
		return x, nil
	}
	r, err := newChange(x.before.Object, x.after.Clone(), x.me)
	if err != nil {
		return nil, err
	}
	r.at = x.at
	r.revise()
	return r, nil
}

// revise changes the new version itself.
func (x *change) revise() {
	if x.before.empty() {
		return
	}
	if master := x.after.master; master != nil {
		x.raise(master, x.before.master, x.seriesChanged() || x.removed(x.before.master, master))
		if x.seriesMoved() {
			x.askAgain(master)
		}
	}
	for _, v := range inOrder(x.after.overrides) {
		was := x.before.counterpart(v)
		same := was != x.before.master && x.removed(was, v.c)
		x.raise(v.c, was, same || x.instanceChanged(v))
		if x.instanceMoved(v) {
			x.askAgain(v.c)
		}
		if n := x.cancelledSeries(v.c); n >= v.c.Sequence() {
			v.c.SetSequence(n + 1)
		}
	}
	clear(x.after.users) // read before
}

// cancelledSeries is the SEQUENCE of the CANCEL that is sent to who was invited to the series and keeps only an
// instance of it, -1 if there is nobody. What he is told of the instance has to be newer (S5546-55).
func (x *change) cancelledSeries(instance *Component) int {
	was := x.before.master
	if was == nil || !x.removed(was, x.after.master) {
		return -1
	}
	kept := slices.ContainsFunc(was.Attendees(), func(u User) bool {
		return x.before.invites(was, u.Address) && !x.after.invites(x.after.master, u.Address) && x.after.invites(instance, u.Address)
	})
	if !kept {
		return -1
	}
	return x.cancelSequence(was)
}

// raise leaves a higher SEQUENCE as the owner wrote it, and never a lower one than there was.
func (x *change) raise(c, was *Component, changed bool) {
	if was == nil {
		return
	}
	n := was.Sequence()
	if changed {
		n++
	}
	if n > c.Sequence() {
		c.SetSequence(n)
	}
}

// removed tells whether somebody was invited to a component who is not any more.
func (x *change) removed(was, c *Component) bool {
	if was == nil {
		return false
	}
	return slices.ContainsFunc(was.Attendees(), func(u User) bool {
		return u.Address != x.organizer.Address && x.before.invites(was, u.Address) && !x.after.invites(c, u.Address)
	})
}

func (x *change) seriesChanged() bool {
	a, b := x.before.times.series, x.after.times.series
	if a == nil || b == nil {
		return (a == nil) != (b == nil)
	}
	return !a.same(b) || statusOf(x.before.master) != statusOf(x.after.master)
}

func statusOf(c *Component) string {
	if c == nil || !c.Has("STATUS") {
		return ""
	}
	return c.word("STATUS")
}

// seriesMoved tells whether the series has other instances than before, not only fewer.
func (x *change) seriesMoved() bool {
	a, b := x.before.times.series, x.after.times.series
	if a == nil || b == nil {
		return b != nil
	}
	if a.start.at != b.start.at || a.start.date != b.start.date || !a.sameLength(b) {
		return true
	}
	if len(a.rules)+len(b.rules) > 0 && !sameClock(a.start, b.start) {
		return true
	}
	return !a.covers(b)
}

// covers tells whether another series with the same start has no instance that this one has not.
func (r *recurrence) covers(s *recurrence) bool {
	if !slices.Equal(r.ruleTexts(), s.ruleTexts()) && !r.endsLater(s) {
		return false
	}
	for _, d := range s.dateSlots() {
		if !slices.Contains(r.dateSlots(), d) {
			return false
		}
	}
	for at := range r.exAt {
		if !s.exAt[at] {
			return false
		}
	}
	for at := range r.exDay {
		if !s.exDay[at] {
			return false
		}
	}
	return true
}

// endsLater tells whether the series are by one rule and the other one only ends earlier.
func (r *recurrence) endsLater(s *recurrence) bool {
	if len(r.rules) != 1 || len(s.rules) > 1 {
		return false
	}
	if len(s.rules) == 0 {
		return true // what is left is the first instance
	}
	a, b := r.rules[0].rule, s.rules[0].rule
	countA, countB, endA, endB := a.count, b.count, a.until, b.until
	a.count, b.count, a.until, b.until = 0, 0, nil, nil
	switch {
	case a.String() != b.String() || countB == 0 && endB == nil:
		return false
	case countA == 0 && endA == nil:
		return true
	case countA > 0 && countB > 0:
		return countB <= countA
	}
	return endA != nil && endB != nil && s.rules[0].until <= r.rules[0].until
}

// instanceChanged tells whether an instance with a component of its own takes place otherwise than before.
func (x *change) instanceChanged(v *override) bool {
	was := x.before.counterpart(v)
	return x.instanceMoved(v) || was != nil && statusOf(was) != statusOf(v.c)
}

// instanceMoved tells whether an instance takes place at another time than before, or is new.
func (x *change) instanceMoved(v *override) bool {
	if x.before.times.series == nil && x.before.overrides[v.key()] == nil {
		return false
	}
	was, ok := x.before.times.at(v.key())
	is := x.after.times.overrides[v.key()]
	was.cancelled = is.cancelled
	if x.before.overrides[v.key()] == nil {
		was.future = is.future
	}
	return !ok || was != is
}

// askAgain forgets all answers but the organizer's.
func (x *change) askAgain(c *Component) {
	c.eachUser(func(p Prop) Prop {
		if p.Name != "ATTENDEE" || userOf(p).Address == x.organizer.Address || p.Param("PARTSTAT") == "" ||
			strings.EqualFold(p.Param("PARTSTAT"), NeedsAction) {
			return p
		}
		return p.With("PARTSTAT", NeedsAction)
	})
}

// eachUser replaces the ORGANIZER and every ATTENDEE.
func (c *Component) eachUser(change func(Prop) Prop) {
	for i, p := range c.Props {
		if p.Name == "ATTENDEE" || p.Name == "ORGANIZER" {
			c.Props[i] = change(p)
		}
	}
}

func (o *Object) eachUser(change func(Prop) Prop) {
	for _, c := range o.Scheduled() {
		c.eachUser(change)
	}
}
