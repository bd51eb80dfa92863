package invitation

import (
	"errors"
	"slices"

	"usher/itip"
)

// request is a REQUEST as the person's calendar would hold it.
type request struct {
	object  *itip.Object
	open    []*itip.Component // of object: what wants an answer that the person has not given
	repeats string            // the answer he has given already to the very same question, "" if it is another one
}

func (r request) asks() bool { return len(r.open) > 0 }

// read merges the request with the copy at hand. r is nil if there is nothing to act on; d says why.
func (v *visit) read() (r *request, d decision) {
	message := v.incoming
	if v.came.Method() == "ADD" {
		message = v.came
	}
	o, err := itip.Merge(v.stored, message, v.me...)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		return nil, untouched("outdated, nothing changed")
	case err != nil:
		return nil, untouched("%v", err)
	}
	r = &request{object: o}
	v.settle(o)
	if itip.Asks(v.stored, message, v.me...) {
		r.open = v.open(o)
	}
	if !r.asks() && len(itip.Changed(v.copyOrNone(), o)) == 0 {
		r.repeats = v.answerBefore()
	}
	return r, decision{}
}

// answerBefore is what the person has answered already, if the organizer asks as if he had not; else "".
func (v *visit) answerBefore() string {
	mine, known := invited(v.copyOrNone(), v.me)
	if !known || v.invited.Partstat != itip.NeedsAction || !v.invited.RSVP {
		return ""
	}
	if mine.Partstat == itip.NeedsAction || mine.Partstat == itip.Delegated { // his deputy is the one to be asked
		return ""
	}
	return mine.Partstat
}

// copyOrNone is the copy at hand, an empty object if there is none.
func (v *visit) copyOrNone() *itip.Object {
	if v.stored == nil {
		return itip.New("")
	}
	return v.stored
}

// open are the components of the message, as they are in the copy, that the person has to answer.
func (v *visit) open(o *itip.Object) (open []*itip.Component) {
	of := o.Counterparts(v.incoming)
	for _, c := range v.incoming.Scheduled() {
		mine := of(c)
		if mine == nil || slices.Contains(open, mine) {
			continue
		}
		u, listed := mine.Attendee(v.me...)
		if listed && (v.stored == nil && u.RSVP || u.Partstat == itip.NeedsAction && (u.RSVP || u.Role != nonParticipant)) {
			open = append(open, mine)
		}
	}
	return append(open, v.openAgain(o, open)...)
}

// openAgain are instances of a series that is sent anew, of which the copy still says something of its own: what the
// person answers to the series now he answers to them. Where the series is not open, they are if they have been moved
// back to where it has them.
func (v *visit) openAgain(o *itip.Object, open []*itip.Component) (again []*itip.Component) {
	series := v.incoming.Master()
	if series == nil {
		return nil
	}
	whole := slices.Contains(open, o.Master())
	sent := v.incoming.Counterparts(o)
	for _, c := range o.Overrides() {
		if sent(c) == series && c.Sequence() <= series.Sequence() && !c.Cancelled() && (whole || v.partstat(c) == itip.NeedsAction) {
			again = append(again, c)
		}
	}
	return again
}

// nonParticipant is the role of who is told and does not take part (RFC 5545 3.2.16).
const nonParticipant = "NON-PARTICIPANT"
