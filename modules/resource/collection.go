package resource

import (
	"context"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
)

// collect decides an object for a collection: a request is passed on to a member, anything else goes to whoever has the
// booking.
func (b *booking) collect(ctx context.Context) (decision, error) {
	family, err := b.members(ctx, b.room.Entry, b.treatment(b.incoming.Method()))
	if err != nil {
		return decision{}, err
	}
	if b.incoming.Method() == "CANCEL" {
		return b.cancelMembers(ctx, family)
	}
	var ok bool
	if b.invited, ok = invited(b.incoming, b.room.Addresses); !ok {
		return untouched("the collection is not among the attendees"), nil
	}
	switch {
	case b.hasPassedOn():
		return done("passed on before, its member answers"), nil
	case b.incoming.Method() == "ADD":
		return b.addToMember(ctx, family)
	case b.room.rules.Policy.of(b.organizer.Address) == untouchedMail:
		return untouched("its policy is to leave the mail to people"), nil
	}
	return b.distribute(ctx, family)
}

// distribute gives a request to the member that has the booking, or to one that can take it.
func (b *booking) distribute(ctx context.Context, family []*facility) (decision, error) {
	s := search{booking: b, collection: b.room, family: family}
	if err := s.look(ctx); err != nil {
		return decision{}, err
	}
	if holder := s.holder(); holder != nil {
		if d, ok, err := s.keep(ctx, holder); ok || err != nil {
			return d, err
		}
	}
	before, declinedIt := s.before()
	if before != nil && !declinedIt {
		return done(over(before)), nil
	}
	chosen, err := s.choose(ctx)
	switch {
	case err != nil:
		return decision{}, err
	case chosen == nil, declinedIt:
		return s.nobody(ctx)
	}
	d, err := chosen.carryOut(ctx, *chosen.verdict)
	if err != nil {
		return decision{}, err
	}
	return s.given(chosen, d, s.collection.rules.Strategy)
}

// keep leaves the booking with the member that has it, if that can take the new version. An instance does not leave its
// series.
func (s *search) keep(ctx context.Context, holder *member) (d decision, ok bool, err error) {
	v, d, err := holder.weigh(ctx)
	if err == nil && v != nil {
		s.judged(holder, *v)
		if v.step == stepDecline && !holder.oneOfSeries() {
			return decision{}, false, nil
		}
		d, err = holder.carryOut(ctx, *v)
	}
	if err != nil {
		return decision{}, true, err
	}
	d, err = s.given(holder, d, "has the booking")
	return d, true, err
}

// holders are the members that have something from this collection, with the message as if it named them.
func (b *booking) holders(ctx context.Context, family []*facility) (all []*booking, _ error) {
	for _, f := range family {
		c := *b
		c.room, c.incoming = f, b.namedToo(f)
		if b.touches(f, b.incoming.UID()) {
			continue // it was named, too
		}
		if err := c.find(ctx); err != nil {
			return nil, err
		}
		if c.stored != nil && c.sameOrganizer() && b.room.called(cameThrough(c.stored)) {
			c.via = b.room.Mail()
			c.invited, _ = invited(c.incoming, f.Addresses)
			all = append(all, &c)
		}
	}
	return all, nil
}

// namedToo is a message that names a member wherever it names the collection.
func (b *booking) namedToo(f *facility) *itip.Object {
	o := b.incoming.Clone()
	for _, c := range o.Scheduled() {
		if u, ok := c.Attendee(b.room.Addresses...); ok {
			line := itip.Prop{Name: "ATTENDEE", Value: "mailto:" + f.Mail().String()}
			c.Add(line.With("DELEGATED-FROM", "mailto:"+u.Address.String()))
		}
	}
	return o
}

// cancelMembers frees the members that have the booking from this collection.
func (b *booking) cancelMembers(ctx context.Context, family []*facility) (decision, error) {
	holders, err := b.holders(ctx, family)
	switch {
	case err != nil:
		return decision{}, err
	case len(holders) == 0:
		return b.cancelUnheld(ctx, family)
	}
	if b.member && slices.ContainsFunc(holders, func(h *booking) bool { return b.invitedItself(h.stored) }) {
		return untouched("the collection is invited itself, too"), nil
	}
	all := done("")
	var whys []string
	for _, h := range holders {
		d, err := h.cancel()
		if err != nil {
			return decision{}, err
		}
		all.handled = all.handled && d.handled
		all.effects = append(all.effects, d.effects...)
		whys = append(whys, h.room.Name+": "+d.why)
	}
	all.why = strings.Join(whys, ", ")
	return all, nil
}

// cancelUnheld remembers a cancellation of what no member has, in the first calendar that knows nothing of the event: all of
// them are looked at when an older request comes.
func (b *booking) cancelUnheld(ctx context.Context, family []*facility) (decision, error) {
	var first *booking
	for _, f := range family {
		c := *b
		c.room, c.via, c.incoming = f, b.room.Mail(), b.namedToo(f)
		if b.touches(f, b.incoming.UID()) {
			return done("cancelled, and remembered by a member"), nil
		}
		if err := c.find(ctx); err != nil {
			return decision{}, err
		}
		switch {
		case c.stored == nil && first == nil && f.Mail() != "":
			first = &c
		case c.stored != nil && c.sameOrganizer() && c.outdated():
			return done("cancelled before, nothing changed"), nil
		}
	}
	if first == nil {
		return done("cancelled, nothing was booked"), nil
	}
	d, err := first.cancelUnknown()
	if len(d.effects) > 0 {
		d.chosen, d.why = []*facility{first.room}, first.room.Name+": "+d.why
	}
	return d, err
}

// addToMember adds an instance to the series that a member has.
func (b *booking) addToMember(ctx context.Context, family []*facility) (decision, error) {
	holders, err := b.holders(ctx, family)
	if err != nil {
		return decision{}, err
	}
	for _, h := range holders {
		if !tombstone(h.stored) {
			d, err := h.add(ctx)
			d.why = h.room.Name + ": " + d.why
			return d, err
		}
	}
	return b.add(ctx)
}

// touches tells whether the same mail has changed what a facility has under a UID.
func (b *booking) touches(f *facility, uid string) bool {
	return slices.ContainsFunc(b.planned, func(e filter.Effect) bool {
		switch e := e.(type) {
		case filter.PutEvent:
			return e.Calendar == f.Calendar && e.UID == uid
		case filter.DeleteEvent:
			return e.Calendar == f.Calendar && e.UID == uid
		}
		return false
	})
}

// called tells whether an address is one of the facility's.
func (f *facility) called(a address.Address) bool { return a != "" && slices.Contains(f.Addresses, a) }
