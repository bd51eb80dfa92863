package invitation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/itip"
)

// recorded is the word of cause marks for an answer that was written down.
const recorded = "RECORDED"

// unwanted says why a REPLY does not belong to the copy at hand, or "". The ORGANIZER may be missing (D-01): that the
// UID is one of the person's own, and that the attendee is proven, is what counts.
func (v *visit) unwanted() string {
	if v.stored == nil {
		return "it answers nothing that is in the calendar"
	}
	owned := false
	for _, c := range v.stored.Scheduled() {
		u, named := c.Organizer()
		if named && !v.isMe(u.Address) {
			return "the person is not the organizer"
		}
		owned = owned || named
	}
	if !owned {
		return "what it answers has no organizer"
	}
	for _, c := range v.incoming.Scheduled() {
		if u, named := c.Organizer(); named && !v.isMe(u.Address) {
			return "it answers another organizer" // D-02
		}
	}
	return ""
}

// record writes an answer into the organizer's copy, and into those of the other attendees.
func (v *visit) record(ctx context.Context, p policy) (decision, error) {
	reply, admit, err := v.asListed(ctx)
	switch {
	case err != nil:
		return decision{}, err
	case reply == v.incoming && v.intruding():
		return untouched("nobody who is among the attendees has passed the invitation on to %s", v.sender.Address), nil
	}
	now, answers, err := itip.Answered(v.stored, reply, admit)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		return untouched("outdated, nothing changed"), nil
	case errors.Is(err, itip.ErrNotListed):
		return untouched("%s is not among the attendees", v.sender.Address), nil // D-03
	case err != nil:
		return untouched("%v", err), nil
	}
	known := itip.SameContent(v.stored, now)
	o := outcome{said: recorded, object: now, forward: slices.ContainsFunc(answers, pending), why: inWords(answers)}
	if o.notify, err = v.notifies(ctx, p, o, known); err != nil {
		return decision{}, err
	}
	return v.spread(ctx, o, known)
}

// spread makes the effects. An answer that is known already, by a retry or a second copy of the mail, has them all
// again, whatever has been written since: any of them may have been lost. Then what is stored is planned as it is, so
// that the host knows that this mail has begun its work.
func (v *visit) spread(ctx context.Context, o outcome, known bool) (decision, error) {
	d := decision{handled: !o.forward, why: o.why}
	put := v.put(o)
	if known {
		put.Object, put.Cause = v.stored, v.stored.Cause()
	}
	d.effects = append(d.effects, put)
	copies, missed, err := v.propagateNow(ctx, o.object)
	if err != nil {
		return decision{}, err
	}
	for _, c := range copies {
		d.effects = append(d.effects, c)
	}
	if len(missed) > 0 {
		d.why += ", not passed on to " + strings.Join(missed, ", ")
	}
	if o.notify {
		d.effects = append(d.effects, v.summary(o.object))
	}
	return d, nil
}

// pending tells whether an answer leaves something to the organizer: it was not taken, or says that his request could not
// be dealt with (S5546-33).
func pending(a itip.Answer) bool {
	return a.Err != nil || slices.ContainsFunc(a.Status, func(code string) bool { return code[0] == '3' || code[0] == '5' })
}

// inWords says in a few words what was answered.
func inWords(answers []itip.Answer) string {
	var said []string
	for _, a := range answers {
		switch {
		case a.Err != nil:
			said = append(said, a.Err.Error())
		case pending(a):
			said = append(said, fmt.Sprintf("%s could not be reached (%s)", a.Attendee, strings.Join(a.Status, ", ")))
		default:
			said = append(said, fmt.Sprintf("%s %s", a.Attendee, a.Is))
		}
	}
	if len(said) > maxAnswers {
		said = append(said[:maxAnswers], fmt.Sprintf("%d more", len(said)-maxAnswers))
	}
	return strings.Join(said, ", ")
}

// maxAnswers bounds how many answers of one mail are named in the log.
const maxAnswers = 5

// notifies tells whether the organizer is told now. A retry of what is the last thing that was written goes by what was
// decided then, not by the time that has passed since.
func (v *visit) notifies(ctx context.Context, p policy, o outcome, known bool) (bool, error) {
	switch {
	case !p.notify || o.forward:
		return false, nil
	case known && v.repeated():
		return outcomeOf(v.stored.Cause().Decision()).notify, nil
	}
	waits, err := v.waits(ctx, o.object)
	return !waits, err
}
