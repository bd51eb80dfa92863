package invitation

import (
	"context"

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
		return v.unasked(*r, p), nil
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
		return v.unasked(*r, p), nil
	}
	v.answered(*r, itip.NeedsAction)
	return v.carry(outcome{said: itip.NeedsAction, object: r.object, forward: p.forward, why: "kept until the person decides"}), nil
}

// unasked is what becomes of a message that asks nothing at a policy for those that do: it is kept, unless that is said
// to be another policy's.
func (v *visit) unasked(r request, p policy) decision {
	if p.does == reject || v.stored != nil && v.later(update) {
		return next("it asks for no answer")
	}
	return v.keep(r, p)
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
