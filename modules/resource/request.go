package resource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// The answers of a resource (RFC 5545 3.2.12).
const (
	accepted = itip.Accepted
	declined = itip.Declined
)

// Decisions in cause marks that are no answer.
const (
	cancelled = "CANCELLED" // a CANCEL left something of the booking
	kept      = "KEPT"      // an update that changed nothing and that nobody waits for an answer to
	movedOn   = "MOVED"     // another member of the collection has it now
	minority  = "MINORITY"  // accepted but for more than half of the instances
	told      = "TOLD "     // before an answer: to an update of details, which owners do not hear of
)

// request books, moves or confirms (RFC 5546 3.2.2).
func (b *booking) request(ctx context.Context) (decision, error) {
	v, d, err := b.weigh(ctx)
	if v == nil || err != nil {
		return d, err
	}
	return b.carryOut(ctx, *v)
}

// weigh judges what a request asks for. Where there is nothing to judge, v is nil and d is what becomes of it.
func (b *booking) weigh(ctx context.Context) (v *verdict, d decision, err error) {
	if b.repeated() && decidedBefore(b.stored) && !b.movedUnderItsStamp() {
		d, err = b.again(ctx)
		return nil, d, err
	}
	known := b.stored
	if known != nil && itip.Recreated(known, b.incoming) {
		known = nil // D-05: the organizer made the event anew; the booking is replaced as a whole
	}
	if b.outdated() {
		return nil, b.comesTooLate(), nil
	}
	if known != nil && tombstone(known) {
		known = nil
	}
	o, err := itip.Update(known, b.incoming)
	switch {
	case errors.Is(err, itip.ErrOutdated), known != nil && itip.CompareObjects(known, b.incoming) == itip.Older:
		return nil, done("outdated, nothing changed"), nil
	case err != nil:
		return nil, untouched("%v", err), nil
	case known != nil && !itip.TimeChanged(asAsked(known), o, b.zone):
		d, err = b.keep(known, o)
		return nil, d, err
	}
	if b.room.rules.Policy.of(b.organizer.Address) == untouchedMail {
		return nil, untouched("its policy is to leave the mail to people"), nil
	}
	judged, err := b.judge(ctx, o)
	return &judged, decision{}, err
}

// movedUnderItsStamp tells whether a message that looks like the one before is about other times than were booked: some
// programs send every change with the same SEQUENCE and DTSTAMP (S5546-08). Nothing is booked of what was declined.
func (b *booking) movedUnderItsStamp() bool {
	if strings.TrimPrefix(b.stored.Cause().Decision(), told) == declined {
		return false
	}
	now, err := itip.Update(b.stored, b.incoming)
	return err == nil && itip.TimeChanged(asAsked(b.stored), now, b.zone)
}

// carryOut makes a verdict come true.
func (b *booking) carryOut(ctx context.Context, v verdict) (decision, error) {
	d, err := b.follow(ctx, v)
	d.notes = b.notes(v)
	return d, err
}

func (b *booking) follow(ctx context.Context, v verdict) (decision, error) {
	if v.step == stepDecline {
		return b.decline(ctx, v)
	}
	return b.grant(v), nil
}

// decidedBefore tells whether the message that led to a stored object was answered, or needed no answer.
func decidedBefore(stored *itip.Object) bool {
	mark := strings.TrimPrefix(stored.Cause().Decision(), told)
	return slices.Contains([]string{accepted, declined, tentative, needsAction, kept, minority}, mark)
}

// again plans what was decided when this message came first: the answer may have been lost since.
func (b *booking) again(ctx context.Context) (decision, error) {
	mark := b.stored.Cause().Decision()
	put := b.put(b.stored, mark, nil)
	if mark == kept {
		return done("decided before: nothing changed", put), nil
	}
	mark, details := strings.CutPrefix(mark, told)
	a := b.answered(mark, b.stored)
	switch mark {
	case minority:
		a.partstat, a.minority = accepted, true
	case declined:
		a.parts = nil
	}
	var v verdict
	if mark != accepted || len(a.parts) > 0 || b.notifies() {
		var err error
		if v, err = b.recall(ctx, &a); err != nil {
			return decision{}, err
		}
	}
	d := done("decided before: "+mark, put)
	if mark != needsAction {
		d = d.with(b.reply(a))
	}
	if details {
		return d, nil
	}
	if mark == declined {
		d = d.with(b.voided(b.stored, ownerWords.ofChange)...)
	}
	return d.with(b.askedAgain(v)...).with(b.notices(a.partstat, v)...), nil
}

// recall looks once more at what was in the way, so that a repeated answer says what the first one did.
func (b *booking) recall(ctx context.Context, a *answer) (v verdict, err error) {
	o, err := itip.Update(nil, b.incoming)
	if err != nil {
		return verdict{}, nil
	}
	if v, err = b.judge(ctx, o); err != nil || (v.step == stepDecline) != (a.partstat == declined) {
		return verdict{}, err
	}
	b.explain(a, v)
	return v, b.offer(ctx, a, v)
}

// keep stores details that touch no time; the answer stands (S5546-20). D-07: nobody waits for an answer who did not
// ask for one and changed nothing.
func (b *booking) keep(known, o *itip.Object) (decision, error) {
	a := b.answered(b.saidOf(known), known)
	o, err := b.asBooked(o, a)
	if err != nil {
		return untouched("%v", err), nil
	}
	b.settled(known, o)
	recut(known, o)
	if !b.invited.RSVP && len(itip.Changed(known, o)) == 0 {
		return done("nothing changed", b.put(o, kept, nil)), nil
	}
	mark := a.partstat
	if b.notifies() {
		mark = told + mark
	}
	d := done("details updated", b.put(o, mark, nil))
	if a.partstat == needsAction {
		return d, nil
	}
	return d.with(b.reply(a)), nil
}

func (b *booking) accept(v verdict) decision {
	a := answer{partstat: accepted, parts: v.out}
	o, err := b.toStore(v, a)
	if err != nil {
		return untouched("%v", err)
	}
	mark, claim := accepted, b.room.rules.claim(v.booked())
	if a.minority = v.mostlyOut(); a.minority {
		mark = minority
	}
	if b.room.rules.AllowConflicts {
		claim = nil
	}
	b.explain(&a, v)
	return done(v.words()+", "+accepted, b.put(o, mark, claim), b.reply(a))
}

// decline answers, and frees what was booked before: the organizer's event has moved away from it.
func (b *booking) decline(ctx context.Context, v verdict) (decision, error) {
	a := answer{partstat: declined}
	b.explain(&a, v)
	if err := b.offer(ctx, &a, v); err != nil {
		return decision{}, err
	}
	left, err := b.givenUp()
	if err != nil {
		return untouched("%s: %v", v.words(), err), nil
	}
	if b.stored == nil && v.rule != ruleTimes {
		left = b.trace()
	}
	d := done(v.words()+", "+declined, b.reply(a))
	if left != nil {
		d = d.with(b.put(left, declined, nil)).with(b.voided(left, ownerWords.ofChange)...)
	}
	return d.with(b.notices(declined, v)...), nil
}

// withPlanned adds the time that other events of the same mail are about to take here: two of them that overlap
// would wait for each other.
func (b *booking) withPlanned(busy []calendar.Period) []calendar.Period {
	gap := b.room.rules.gap()
	for _, e := range b.planned {
		put, ok := e.(filter.PutEvent)
		if !ok || put.Claim == nil || put.Calendar != b.room.Calendar {
			continue
		}
		for _, s := range put.Claim.Periods {
			busy = append(busy, planned(put, s.From.Add(gap), s.To.Add(-gap)))
		}
	}
	slices.SortStableFunc(busy, func(a, b calendar.Period) int { return a.From.Compare(b.From) })
	return busy
}

// planned is time that an event of the same mail is about to take. One mail may bring events of several organizers.
func planned(put filter.PutEvent, from, to time.Time) calendar.Period {
	p := calendar.Period{From: from, To: to, UID: put.UID, Class: "PUBLIC", Summary: title(put.Object)}
	if u, err := put.Object.Organizer(); err == nil {
		p.Organizer = u.Address
	}
	for _, c := range put.Object.Scheduled() {
		if class := calendar.ClassOf(put.Object, c); class != "PUBLIC" {
			p.Class = class
		}
	}
	return p
}

func (b *booking) put(o *itip.Object, decision string, claim *calendar.Claim) filter.PutEvent {
	return filter.PutEvent{Calendar: b.room.Calendar, UID: o.UID(), Object: o, Base: b.version, Claim: claim, Cause: b.cause(decision)}
}

// words are a verdict for the log.
func (v verdict) words() string {
	switch way := v.inTheWay(); {
	case v.step != stepDecline && len(v.out) > 0:
		return fmt.Sprintf("free but for %d of %d", len(v.out), len(perInstance(v.instances)))
	case v.step != stepDecline && !v.cut.IsZero():
		return "free up to the end of the booking window"
	case v.step != stepDecline && len(v.refused) == 0:
		return "free"
	case v.rule == ruleTimes:
		return fmt.Sprintf("times that cannot be followed: %v", v.trouble)
	case v.rule == ruleAhead:
		return "nothing ahead within the horizon"
	case v.rule == ruleBusy:
		return fmt.Sprintf("in the way: %d, first at %s", len(way), way[0].From.UTC().Format(time.RFC3339))
	case len(way) > 0:
		return fmt.Sprintf("against %s, in the way: %d", v.rule, len(way))
	}
	return "against " + cmp.Or(v.rule, "nothing")
}
