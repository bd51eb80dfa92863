package invitation

import (
	"context"
	"errors"

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
	if !r.asks {
		if p.does == reject {
			return next("it asks for no answer"), nil
		}
		return v.keep(*r, p), nil
	}
	if why, err := v.unmet(ctx, p, *r); err != nil || why != "" {
		return next("%s", why), err
	}
	partstat := partstats[p.does]
	v.answered(r.object, partstat)
	return v.carry(outcome{said: partstat, reply: true, object: r.object, forward: p.forward, why: partstat}), nil
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
	if r.asks {
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
	if !r.asks {
		return v.keep(*r, p), nil
	}
	v.answered(r.object, itip.NeedsAction)
	return v.carry(outcome{said: itip.NeedsAction, object: r.object, forward: p.forward, why: "kept until the person decides"}), nil
}

// keep stores what needs no new answer. Who repeats a question is told the answer again (S5546-27).
func (v *visit) keep(r request, p policy) decision {
	o := outcome{said: updated, object: r.object, notify: p.notify && v.stored != nil, forward: p.forward, why: "updated"}
	if v.stored == nil {
		o.why = "kept, it asks for no answer"
	}
	if said := r.repeats; said != "" {
		o.said, o.reply, o.notify, o.why = said, true, false, "asked again, "+said
	}
	return v.carry(o)
}

// request is a REQUEST as the person's calendar would hold it.
type request struct {
	object  *itip.Object
	asks    bool   // it wants an answer that the person has not given
	repeats string // the answer he has given already to the very same question, "" if it is another one
}

// read merges the request with the copy at hand. r is nil if there is nothing to act on; d says why.
func (v *visit) read() (r *request, d decision) {
	o, err := itip.Merge(v.stored, v.incoming, v.me...)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		return nil, untouched("outdated, nothing changed")
	case err != nil:
		return nil, untouched("%v", err)
	}
	r = &request{object: o}
	open := v.invited.Partstat == itip.NeedsAction
	if v.stored == nil {
		r.asks = v.invited.RSVP || open && v.invited.Role != "NON-PARTICIPANT"
		return r, decision{}
	}
	mine, known := invited(v.stored, v.me)
	// A copy that does not name him holds no answer of his that another time could take back.
	r.asks = itip.TimeChanged(v.stored, o, v.zone) && (known || open || v.invited.RSVP)
	if known && open && v.invited.RSVP && !r.asks && mine.Partstat != itip.NeedsAction && len(itip.Changed(v.stored, o)) == 0 {
		r.repeats = mine.Partstat
	}
	return r, decision{}
}

// answered puts the person's answer into what the message is about. What he has declined takes no time.
func (v *visit) answered(o *itip.Object, partstat string) {
	for _, c := range v.incoming.Scheduled() {
		mine := o.Counterpart(v.incoming, c)
		if mine == nil || !mine.SetPartstat(v.invited.Address, partstat) {
			continue
		}
		if partstat == itip.Declined && o.Kind() == itip.Event {
			mine.SetText("TRANSP", "TRANSPARENT")
		}
	}
}
