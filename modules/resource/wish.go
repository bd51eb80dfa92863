package resource

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usher/itip"
)

// wish gathers what an object asks of the facility. Only what the message speaks of has to be free: other instances
// of a series are booked already. why says that its times cannot be followed.
func (b *booking) wish(ctx context.Context, o *itip.Object) (w wish, why error, err error) {
	w = wish{object: o, at: b.tx.Time, zone: b.zone}
	until := w.at.Add(max(b.Horizon, b.room.rules.BookingWindow))
	if w.instances, why = o.Readings(w.at, until, w.zone); why != nil {
		return w, why, nil
	}
	said := b.says(o)
	w.instances = slices.DeleteFunc(w.instances, func(i itip.Instance) bool { return i.Cancelled || !said(i.Component) })
	master := o.Master()
	w.series = b.incoming.Master() != nil && master != nil && repeats(master) || len(perInstance(w.instances)) > 1
	if w.series && b.incoming.Master() != nil {
		if _, w.endless, why = o.Next(until, w.zone); why != nil {
			return w, why, nil
		}
	}
	if w.people, err = b.headcount(ctx, o); err != nil {
		return w, nil, err
	}
	w.organizer, err = b.standing(ctx)
	return w, nil, err
}

// says tells which components of an object are as the message wants them.
func (b *booking) says(o *itip.Object) func(c *itip.Component) bool {
	of := b.incoming.Counterparts(o)
	return func(c *itip.Component) bool { return of(c) != nil }
}

// judge reads the calendar and judges the object an incoming one leads to. A collection asks it of each member.
func (b *booking) judge(ctx context.Context, o *itip.Object) (verdict, error) {
	w, why, err := b.wish(ctx, o)
	if err != nil {
		return verdict{}, err
	}
	if why != nil {
		return verdict{wish: w, trouble: why}.decline(ruleTimes), nil
	}
	if len(w.instances) == 0 {
		return judge(w, b.room.rules, nil), nil
	}
	busy, _, err := b.calendars.Busy(ctx, b.room.Calendar, b.room.rules.claim(w.instances).Periods...)
	if err != nil {
		return verdict{}, fmt.Errorf("read calendar %s: %w", b.room.Calendar, err)
	}
	return judge(w, b.room.rules, b.withPlanned(busy)), nil
}

func first(is []itip.Instance) time.Time {
	return slices.MinFunc(is, func(a, b itip.Instance) int { return a.Start.Compare(b.Start) }).Start
}

func last(is []itip.Instance) time.Time {
	return slices.MaxFunc(is, func(a, b itip.Instance) int { return a.End.Compare(b.End) }).End
}
