package resource

import (
	"context"
	"errors"
	"slices"
	"time"

	"usher/itip"
)

// add books one more instance of a series (RFC 5546 3.2.4, S5546-34). Only that has to be free.
func (b *booking) add(ctx context.Context) (decision, error) {
	if b.stored == nil {
		return b.askForAll(), nil
	}
	o, err := itip.Add(b.stored, b.incoming, b.room.Addresses...)
	switch {
	case b.repeated() && err == nil: // what was decided is on it
	case errors.Is(err, itip.ErrOutdated):
		return done("outdated, nothing changed"), nil
	case errors.Is(err, itip.ErrNoInstance):
		return b.askForAll(), nil
	case err != nil:
		return untouched("%v", err), nil
	}
	added, ok := b.added(o)
	if !ok {
		return untouched("the instance that is added cannot be found"), nil
	}
	b.cameAs, b.incoming = b.incoming, added
	if b.repeated() && decidedBefore(b.stored) {
		return b.again(ctx)
	}
	v, err := b.judge(ctx, o)
	if err != nil {
		return decision{}, err
	}
	return b.carryOut(ctx, v)
}

// added is the new instance alone, as a request for it would be.
func (b *booking) added(o *itip.Object) (*itip.Object, bool) {
	first, ok, err := b.incoming.Next(time.Unix(0, 0), b.zone)
	if err != nil || !ok {
		return nil, false
	}
	is, err := o.Instances(first.Start, first.End.Add(time.Second), b.zone)
	if err != nil {
		return nil, false
	}
	i := slices.IndexFunc(is, func(i itip.Instance) bool {
		return i.RecurrenceID.Equal(first.Start) && i.Component.Has("RECURRENCE-ID")
	})
	if i < 0 {
		return nil, false
	}
	o = o.Clone()
	id, _ := is[i].Component.Prop("RECURRENCE-ID")
	o.Root.Parts = keepParts(o, func(c *itip.Component) bool {
		p, ok := c.Prop("RECURRENCE-ID")
		return ok && p.String() == id.String()
	})
	o.SetMethod("REQUEST")
	return o, true
}

// askForAll asks the organizer for a series that an instance was added to and that is not known here (S5546-35).
func (b *booking) askForAll() decision {
	me := b.invited.Address
	refresh := itip.Refresh(b.incoming, me, b.tx.Time)
	w := b.words()
	send := b.send("refresh/"+b.answerID(me, "REFRESH"), w.refreshSubject, w.refresh, refresh)
	return done("added to a series that is not known here, asked for all of it", send)
}
