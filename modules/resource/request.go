package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/itip"
	"usher/itip/calendar"
	"usher/milter/filter"
)

// The answers of a resource (RFC 5545 3.2.12).
const (
	accepted = "ACCEPTED"
	declined = "DECLINED"
)

// cancelled is the decision on a CANCEL that leaves something of the booking.
const cancelled = "CANCELLED"

// request books, moves or confirms (RFC 5546 3.2.2).
func (b *booking) request(ctx context.Context) (decision, error) {
	if b.repeated() && slices.Contains([]string{accepted, declined}, b.stored.Cause().Decision()) {
		return b.again(), nil
	}
	known := b.stored
	if known != nil && itip.Recreated(known, b.incoming) {
		known = nil // D-05: the organizer made the event anew; the booking is replaced as a whole
	}
	o, err := itip.Update(known, b.incoming)
	switch {
	case errors.Is(err, itip.ErrOutdated), known != nil && itip.CompareObjects(known, b.incoming) == itip.Older:
		return done("outdated, nothing changed"), nil
	case err != nil:
		return untouched("%v", err), nil
	case known != nil && !itip.TimeChanged(known, o, b.zone):
		return b.keep(o), nil
	}
	return b.check(ctx, o)
}

// again plans what was decided when this message came first: the answer may have been lost since.
func (b *booking) again() decision {
	partstat := b.stored.Cause().Decision()
	return done("decided before: "+partstat, b.put(b.stored, partstat, nil), b.answer(partstat, ""))
}

// keep stores details that touch no time; the answer stands (S5546-20).
func (b *booking) keep(o *itip.Object) decision {
	return done("details updated", b.put(b.answered(o, accepted), accepted, nil), b.answer(accepted, ""))
}

// check looks whether the resource is free whenever the object needs it.
func (b *booking) check(ctx context.Context, o *itip.Object) (decision, error) {
	from := b.tx.Time
	wanted, err := o.Instances(from, from.Add(b.Horizon), b.zone)
	if err != nil {
		return b.decline("times that cannot be followed: "+err.Error(), b.words().unbookable), nil
	}
	wanted = slices.DeleteFunc(wanted, func(i itip.Instance) bool { return i.Cancelled })
	if len(wanted) == 0 {
		return b.decline("nothing ahead within the horizon", b.words().nothingAhead), nil
	}
	busy, _, err := b.calendars.Busy(ctx, b.room.Calendar, first(wanted), last(wanted))
	if err != nil {
		return decision{}, fmt.Errorf("read calendar %s: %w", b.room.Calendar, err)
	}
	if clashes := b.clashes(wanted, b.withPlanned(busy)); len(clashes) > 0 {
		why := fmt.Sprintf("in the way: %d, first at %s", len(clashes), clashes[0].From.UTC().Format(time.RFC3339))
		return b.decline(why, b.explain(clashes)), nil
	}
	return b.accept(o, wanted), nil
}

// withPlanned adds the time that other events of the same mail are about to take here: two of them that overlap
// would wait for each other.
func (b *booking) withPlanned(busy []calendar.Period) []calendar.Period {
	for _, e := range b.planned {
		put, ok := e.(filter.PutEvent)
		if !ok || put.Claim == nil || put.Calendar != b.room.Calendar {
			continue
		}
		for _, s := range put.Claim.Periods {
			busy = append(busy, calendar.Period{From: s.From, To: s.To, UID: put.UID, Organizer: b.organizer.Address, Summary: title(put.Object)})
		}
	}
	slices.SortStableFunc(busy, func(a, b calendar.Period) int { return a.From.Compare(b.From) })
	return busy
}

func first(is []itip.Instance) time.Time {
	return slices.MinFunc(is, func(a, b itip.Instance) int { return a.Start.Compare(b.Start) }).Start
}

func last(is []itip.Instance) time.Time {
	return slices.MaxFunc(is, func(a, b itip.Instance) int { return a.End.Compare(b.End) }).End
}

// clashes are the periods of other bookings that share time with an instance. Both lists are ordered by start, so
// that of the instances that begin before a period ends only the latest end has to be known.
func (b *booking) clashes(wanted []itip.Instance, busy []calendar.Period) []calendar.Period {
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(i itip.Instance) bool { return !i.Start.Before(i.End) })
	ends := make([]time.Time, len(wanted)) // the latest end up to each
	for n, i := range wanted {
		if ends[n] = i.End; n > 0 && ends[n-1].After(i.End) {
			ends[n] = ends[n-1]
		}
	}
	var found []calendar.Period
	for _, p := range busy {
		before, _ := slices.BinarySearchFunc(wanted, p.To, func(i itip.Instance, to time.Time) int { return i.Start.Compare(to) })
		if p.UID != b.incoming.UID() && p.From.Before(p.To) && before > 0 && ends[before-1].After(p.From) {
			found = append(found, p)
		}
	}
	return found
}

func (b *booking) accept(o *itip.Object, wanted []itip.Instance) decision {
	claim := &calendar.Claim{Parallel: 1}
	for _, i := range wanted {
		claim.Periods = append(claim.Periods, calendar.Span{From: i.Start, To: i.End})
	}
	return done("free, "+accepted, b.put(b.answered(o, accepted), accepted, claim), b.answer(accepted, ""))
}

// decline answers, and frees what was booked before: the organizer's event has moved away from it.
func (b *booking) decline(why, comment string) decision {
	freed, err := b.free()
	if err != nil {
		return untouched("%s, and what is booked cannot be freed: %v", why, err)
	}
	return done(why+", "+declined, append([]filter.Effect{b.answer(declined, comment)}, freed...)...)
}

// free gives up the instances the message is about, or the whole booking.
func (b *booking) free() ([]filter.Effect, error) {
	if b.stored == nil {
		return nil, nil
	}
	rest, gone, err := itip.Cancelled(b.stored, b.incoming)
	switch {
	case gone, errors.Is(err, itip.ErrOutdated): // outdated and here: made anew (D-05), all that was is replaced
		return []filter.Effect{filter.DeleteEvent{Calendar: b.room.Calendar, UID: b.stored.UID(), Base: b.version}}, nil
	case errors.Is(err, itip.ErrNoInstance): // it was never booked, others of the series are
		return nil, nil
	case err != nil:
		return nil, err
	}
	return []filter.Effect{b.put(rest, declined, nil)}, nil
}

// cancel frees the resource at once, whole or instance (S5546-36, S5546-39). Nobody waits for an answer.
func (b *booking) cancel() (decision, error) {
	switch {
	case b.stored == nil:
		return done("cancelled, nothing was booked"), nil
	case b.repeated():
		return done("cancelled before", b.put(b.stored, cancelled, nil)), nil
	}
	rest, gone, err := itip.Cancelled(b.stored, b.incoming, b.room.Addresses...)
	switch {
	case errors.Is(err, itip.ErrOutdated):
		return done("outdated cancellation, nothing changed"), nil
	case err != nil:
		return untouched("%v", err), nil
	case gone:
		return done("cancelled", filter.DeleteEvent{Calendar: b.room.Calendar, UID: b.stored.UID(), Base: b.version}), nil
	}
	return done("instance cancelled", b.put(rest, cancelled, nil)), nil
}

// answered is the resource's own copy of an object, with its answer in it, blocking time.
func (b *booking) answered(o *itip.Object, partstat string) *itip.Object {
	o = o.Clone()
	o.SetMethod("")
	for _, c := range o.Scheduled() {
		for _, a := range b.room.Addresses {
			c.SetPartstat(a, partstat)
		}
		if c.Text("STATUS") != "CANCELLED" {
			c.SetText("STATUS", "CONFIRMED")
			c.SetText("TRANSP", "OPAQUE")
		}
	}
	o.AddZones()
	return o
}

func (b *booking) put(o *itip.Object, decision string, claim *calendar.Claim) filter.PutEvent {
	return filter.PutEvent{Calendar: b.room.Calendar, UID: o.UID(), Object: o, Base: b.version, Claim: claim, Cause: b.cause(decision)}
}
