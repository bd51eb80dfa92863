package resource

import (
	"errors"
	"fmt"
	"slices"

	"usher/itip"
	"usher/milter/filter"
)

// givenUp is what a declined request leaves of what was booked before: the organizer's event has moved away from it. As
// after a cancellation it takes no time, and makes an older request that comes later outdated (S5546-55). nil: what is
// booked stays as it is.
func (b *booking) givenUp() (*itip.Object, error) {
	if b.stored == nil || b.stored.Master() == nil && b.incoming.Master() != nil {
		return nil, nil // instances that were booked by themselves were no part of what is declined
	}
	return b.outdone()
}

// outdone is what is left of a booking by a message that the organizer's event has moved away from it with.
func (b *booking) outdone() (*itip.Object, error) {
	_, gone, err := itip.Cancelled(b.stored, b.incoming)
	switch {
	case errors.Is(err, itip.ErrNoInstance): // it was never booked, others of the series are
		return nil, nil
	case errors.Is(err, itip.ErrOutdated): // outdated and here: made anew (D-05), all that was is replaced
		return b.outlived(), nil
	case err != nil:
		return nil, fmt.Errorf("free what is booked: %w", err)
	}
	o, err := itip.Struck(b.stored, b.incoming)
	if err != nil {
		return nil, fmt.Errorf("free what is booked: %w", err)
	}
	if gone {
		b.bury(o)
	}
	b.asFree(o)
	b.void(o)
	return o, nil
}

// trace is what a declined request leaves where nothing was booked, if SEQUENCE says that there are older ones: what they
// ask for, the organizer has moved away from. Others leave nothing, however often a resource is asked in vain.
func (b *booking) trace() *itip.Object {
	if m := b.incoming.Master(); m == nil || m.Sequence() == 0 || !m.Has("DTSTART") {
		return nil
	}
	o := b.incoming.Clone()
	o.SetMethod("")
	o.Root.Parts = keepParts(o, func(c *itip.Component) bool { return !c.Has("RECURRENCE-ID") })
	o.Master().Remove("RRULE", "RDATE", "EXDATE", "EXRULE")
	b.bury(o)
	return o
}

// outlived is a booking that an event made anew has replaced: older than that are all messages about the one before.
func (b *booking) outlived() *itip.Object {
	o := b.stored.Clone()
	for _, c := range o.Scheduled() {
		c.SetStamp(b.incoming.Master().Stamp())
	}
	b.bury(o)
	b.void(o)
	return o
}

// asFree lets what is cancelled take no time.
func (b *booking) asFree(o *itip.Object) {
	for _, c := range o.Scheduled() {
		if c.Cancelled() {
			c.SetText("TRANSP", "TRANSPARENT")
		}
	}
}

// outdated tells whether what is left of an event makes the message one that comes too late. It is not where the organizer
// made the event anew (D-05).
func (b *booking) outdated() bool {
	return b.stored != nil && buried(b.stored) && !itip.Recreated(b.stored, b.incoming) &&
		itip.CompareObjects(b.stored, b.incoming) != itip.Newer && !b.cancelledForOthers()
}

// cancelledForOthers tells whether a collection was taken off the event, and this message is not from it: it may have made
// way for who is invited directly.
func (b *booking) cancelledForOthers() bool {
	return b.via == "" && cameThrough(b.stored) != "" && b.stored.Cause().Decision() == cancelled
}

// comesTooLate is what becomes of a message that tombstones make outdated (S5546-55): nothing, but an owner's decline is said
// again to who asks again.
func (b *booking) comesTooLate() decision {
	if b.refusedBefore() {
		return done("declined before, said again", b.reply(answer{partstat: declined}))
	}
	return done(over(b.stored))
}

// declinedBefore tells whether what is stored was left when this very message was declined.
func (b *booking) declinedBefore() bool {
	return b.repeated() && b.stored.Cause().Decision() == declined
}

// refusedBefore tells whether it was left when an owner declined what this message asks for.
func (b *booking) refusedBefore() bool {
	if itip.CompareObjects(b.stored, b.incoming) != itip.Same || b.stored.Cause().Decision() != declined {
		return false
	}
	was := asAsked(b.stored).Clone()
	for _, c := range was.Scheduled() {
		c.Remove("STATUS")
	}
	id := questionID(b.incoming, b.cause(""))
	return slices.ContainsFunc(questionsOn(was), func(q question) bool {
		return q.state == declined && (q.id == id || !itip.TimeChanged(was, b.incoming, b.zone))
	})
}

// declinedByOwner tells whether an owner's word is why what is stored takes no time.
func (b *booking) declinedByOwner() bool {
	return slices.ContainsFunc(questionsOn(b.stored), func(q question) bool { return q.state == declined })
}

// over says of an older request why it books nothing.
func over(known *itip.Object) string {
	switch known.Cause().Decision() {
	case declined:
		return "a later version was declined, nothing changed"
	case movedOn:
		return "passed on to another member before, nothing changed"
	}
	return "cancelled before, nothing changed"
}

// leaves are the end of a booking that the event has moved away from: it is declined, or movedOn to another resource. An
// earlier attempt may have got so far.
func (b *booking) leaves(mark string) (effects []filter.Effect, err error) {
	left := b.stored
	switch {
	case b.repeated() && left.Cause().Decision() == mark:
	case mark == movedOn:
		left, err = b.outdone()
	default:
		left, err = b.givenUp()
	}
	if left == nil || err != nil {
		return nil, err
	}
	return append([]filter.Effect{b.put(left, mark, nil)}, b.voided(left, ownerWords.ofChange)...), nil
}
