package itip

import (
	"errors"
	"slices"

	"usher/address"
)

// Propagate is what another attendee's copy becomes when answers have come to the organizer (RFC 6638 4.2): organizer is
// the organizer's object after Answered, and answers is what that told. The attendee's PARTSTAT and delegation are taken
// over, with the lines of those he delegated to and of those who delegated to him. Whom the copy does not list is added
// if he came with the answer. An instance that has no override yet gets one if the copy has that instance at all.
//
// All else stays, above all the lines of the copy's owner (me) and a component that is of a newer version than what was
// answered, or knows a later answer of the same attendee. Comments are for the organizer. changed is false if there is
// nothing to store, as it is the second time. ErrTakeover, if the copy is of another organizer's event. Neither object
// changes.
func Propagate(stored, organizer *Object, answers []Answer, me ...address.Address) (out *Object, changed bool, err error) {
	if err := sameKey(stored, organizer); err != nil {
		return nil, false, err
	}
	if err := Bound(stored, organizer); err != nil {
		return nil, false, err
	}
	x := &propagation{me: me, organizer: organizer, out: stored.Clone()}
	if x.from, err = organizer.timeline(); err != nil {
		return nil, false, err
	}
	if x.to, err = x.out.timeline(); err != nil {
		return nil, false, err
	}
	for _, a := range answers {
		if a.Err != nil || failed(a.Status) || slices.Contains(me, a.Attendee) {
			continue
		}
		if err := x.answer(a); err != nil {
			return nil, false, err
		}
	}
	out, err = x.out.fitting()
	return out, x.changed, err
}

// propagation is answers being carried from the organizer's object into a copy.
type propagation struct {
	me        []address.Address
	organizer *Object
	out       *Object
	from, to  *timeline
	changed   bool
}

func (x *propagation) answer(a Answer) error {
	if !a.Instance.IsZero() {
		return x.instance(a)
	}
	of := x.organizer.Counterparts(x.out)
	for _, c := range x.out.Scheduled() {
		if by := of(c); by != nil {
			x.changed = x.carry(c, by, a) || x.changed
		}
	}
	return nil
}

// instance carries the answer to one instance.
func (x *propagation) instance(a Answer) error {
	by, err := x.from.component(a.Instance)
	if err != nil {
		return ignore(err, ErrNoInstance) // nobody has it any more
	}
	c, err := x.to.component(a.Instance)
	if err != nil {
		return ignore(err, ErrNoInstance)
	}
	if !c.stands(x.to) && c.Has("RECURRENCE-ID") && !x.to.series.repeats() && len(x.to.overrides) == 0 {
		c = x.to.master
	}
	fresh := c != x.to.master && !c.stands(x.to)
	if !x.carry(c, by, a) {
		return nil
	}
	x.changed = true
	if !fresh {
		return nil
	}
	if id, _ := by.Prop("RECURRENCE-ID"); id.Param("RANGE") != "" {
		own, _ := c.Prop("RECURRENCE-ID")
		c.Set(own.With("RANGE", "THISANDFUTURE"))
	}
	return x.to.add(c)
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// carry takes an attendee's answer from a component of the organizer over, and of others what he changed by delegation.
func (x *propagation) carry(c, by *Component, a Answer) (changed bool) {
	u, ok := by.Attendee(a.Attendee)
	record := x.record(by, a.Attendee)
	if !ok || record.sequence < c.Sequence() || c.answerRecord(a.Attendee).later(record) {
		return false
	}
	before := canonical(c)
	if _, listed := c.Attendee(a.Attendee); !listed && !a.Added && len(u.DelegatedFrom) == 0 {
		return false // invited by a version that the copy does not have
	}
	x.line(c, by, a.Attendee)
	c.withoutDelegates([]address.Address{a.Attendee}, append(by.addresses(), x.me...)...)
	for _, other := range by.delegationsOf(u) {
		x.line(c, by, other)
	}
	return canonical(c) != before
}

// record is that of an attendee's last answer about a component; where it is lost, the answer is as old as that.
func (x *propagation) record(by *Component, a address.Address) answerRecord {
	r := by.answerRecord(a)
	if !r.known && x.from.master != nil {
		r = x.from.master.answerRecord(a)
	}
	if !r.known {
		r.sequence = by.Sequence()
	}
	return r
}

// delegationsOf are the attendees that somebody is tied to by delegation, on either line.
func (c *Component) delegationsOf(u User) (as []address.Address) {
	for _, v := range c.Attendees() {
		if delegates(u, v) || delegates(v, u) {
			as = append(as, v.Address)
		}
	}
	return as
}

// line takes over what the organizer knows of one attendee's answer.
func (x *propagation) line(c, by *Component, a address.Address) {
	u, ok := by.Attendee(a)
	record := x.record(by, a)
	if !ok || slices.Contains(x.me, a) || c.answerRecord(a).later(record) {
		return
	}
	line := mailto(u.Prop, a).Without(commentParam)
	if mine, listed := c.Attendee(a); listed {
		line = mine.Prop.Without("DELEGATED-TO", "DELEGATED-FROM").With("PARTSTAT", u.Partstat)
		line = line.withAddresses("DELEGATED-TO", u.DelegatedTo...).withAddresses("DELEGATED-FROM", u.DelegatedFrom...)
	}
	c.setAttendee(line)
	if record.known {
		c.setAnswerRecord(a, record)
	}
}

// later tells whether a record is of a later answer than another.
func (r answerRecord) later(s answerRecord) bool {
	if !r.known || !s.known || r.sequence != s.sequence {
		return r.known && (!s.known || r.sequence > s.sequence)
	}
	return r.stamp.After(s.stamp)
}
