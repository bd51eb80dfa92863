package invitation

import (
	"context"
	"errors"
	"slices"

	"usher/itip"
)

// partstats are the answers that policies give.
var partstats = map[action]string{accept: itip.Accepted, doubtful: itip.Tentative, reject: itip.Declined}

// answerBy answers an invitation for the person, and keeps it in his calendar.
func (v *visit) answerBy(ctx context.Context, p policy) (decision, error) {
	r, d := v.read()
	if r == nil {
		return d, nil
	}
	if !r.asks() {
		if p.does == reject || v.stored != nil && v.later(update) {
			return next("it asks for no answer"), nil
		}
		return v.keep(*r, p), nil
	}
	if d, err := v.stopped(ctx, p, *r); d != nil || err != nil {
		return *d, err
	}
	partstat := partstats[p.does]
	v.answered(*r, partstat)
	return v.carry(outcome{said: partstat, reply: true, object: r.object, forward: p.forward, why: partstat}), nil
}

// stopped says why a policy gives no answer; nil if it does.
func (v *visit) stopped(ctx context.Context, p policy, r request) (*decision, error) {
	ahead, why := v.ahead(r)
	if why != "" {
		d := untouched("%s", why)
		return &d, nil
	}
	why, err := v.unmet(ctx, p, ahead)
	if err != nil || why != "" {
		d := next("%s", why)
		return &d, err
	}
	return nil, nil
}

// follow takes over an update that needs no answer.
func (v *visit) follow(_ context.Context, p policy) (decision, error) {
	if v.stored == nil {
		return next("it is not in the calendar"), nil
	}
	r, d := v.read()
	if r == nil {
		return d, nil
	}
	if r.asks() {
		return next("it asks for a new answer"), nil
	}
	return v.keep(*r, p), nil
}

// saveUnanswered keeps an invitation in the calendar until the person has decided.
func (v *visit) saveUnanswered(_ context.Context, p policy) (decision, error) {
	r, d := v.read()
	if r == nil {
		return d, nil
	}
	if !r.asks() {
		if v.stored != nil && v.later(update) {
			return next("it asks for no answer"), nil
		}
		return v.keep(*r, p), nil
	}
	v.answered(*r, itip.NeedsAction)
	return v.carry(outcome{said: itip.NeedsAction, object: r.object, forward: p.forward, why: "kept until the person decides"}), nil
}

// keep stores what needs no new answer. Who repeats a question is told the answer again (S5546-27).
func (v *visit) keep(r request, p policy) decision {
	o := outcome{said: updated, object: r.object, forward: p.forward, why: "updated"}
	switch {
	case r.repeats != "":
		o.said, o.reply, o.why = r.repeats, true, "asked again, "+r.repeats
	case v.stored == nil:
		o.why = "kept, it asks for no answer"
	case p.notify:
		o.notice = v.ofUpdate(itip.Changed(v.stored, r.object))
		o.notify = o.notice.text != ""
	}
	return v.carry(o)
}

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
	if mine, known := invited(v.copyOrNone(), v.me); known && v.invited.Partstat == itip.NeedsAction && v.invited.RSVP && !r.asks() && mine.Partstat != itip.NeedsAction && len(itip.Changed(v.stored, o)) == 0 {
		r.repeats = mine.Partstat
	}
	return r, decision{}
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
	return open
}

// nonParticipant is the role of who is told and does not take part (RFC 5545 3.2.16).
const nonParticipant = "NON-PARTICIPANT"

// settle lets take time again what was cancelled and takes place after all, and take none what the person has passed on.
func (v *visit) settle(o *itip.Object) {
	was, theirs := v.copyOrNone().Counterparts(o), v.incoming.Counterparts(o)
	for _, c := range o.Scheduled() {
		if before := was(c); before != nil && before.Cancelled() && !c.Cancelled() {
			v.showAs(c, theirs(c))
		}
		if v.partstat(c) == itip.Delegated {
			free(c)
		}
	}
}

// say writes an answer on every line of the person.
func (v *visit) say(c *itip.Component, partstat string) {
	for _, a := range v.me {
		c.SetPartstat(a, partstat)
	}
}

// showAs lets an event take time as the organizer wants it.
func (v *visit) showAs(c, theirs *itip.Component) {
	c.Remove("TRANSP")
	if theirs != nil && theirs.Transparent() {
		free(c)
	}
}

// free lets an event take no time.
func free(c *itip.Component) {
	if c.Name == itip.Event {
		c.SetText("TRANSP", "TRANSPARENT")
	}
}

// answered puts the person's answer into what is open. What he has declined takes no time.
func (v *visit) answered(r request, partstat string) {
	was, theirs := v.copyOrNone().Counterparts(r.object), v.incoming.Counterparts(r.object)
	for _, c := range r.open {
		v.say(c, partstat)
		if partstat == itip.Declined || partstat == itip.Delegated {
			free(c)
		} else if before := was(c); before != nil && v.gaveUp(before) {
			v.showAs(c, theirs(c))
		}
	}
}

// gaveUp tells whether the person is not there, so that we have let the event take no time.
func (v *visit) gaveUp(c *itip.Component) bool {
	partstat := v.partstat(c)
	return partstat == itip.Declined || partstat == itip.Delegated
}
