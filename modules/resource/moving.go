package resource

import (
	"context"
	"slices"

	"usher/ldapdir"
)

// attend answers a request to a resource. One that a collection chose passes the invitation on to another member when it
// cannot have it itself.
func (b *booking) attend(ctx context.Context) (decision, error) {
	switch {
	case b.hasPassedOn() && (b.stored == nil || buried(b.stored) || b.repeated()): // repeated: it is back by this very mail
		return done("passed on before, its delegate answers"), nil
	case b.repeated() && b.stored.Cause().Decision() == movedOn:
		return b.moveAgain(ctx)
	}
	if b.via = b.chosenBy(); b.via == "" {
		return b.request(ctx)
	}
	v, d, err := b.weigh(ctx)
	if v == nil || err != nil {
		return d, err
	}
	if b.oneOfSeries() {
		return b.carryOut(ctx, *v)
	}
	return b.moveOr(ctx, *v)
}

// oneOfSeries tells whether the message is about instances of a series that is booked here: they stay where it is.
func (b *booking) oneOfSeries() bool {
	return b.incoming.Master() == nil && b.stored != nil && b.stored.Master() != nil
}

// moveOr passes a request on that this member declines, or else does what its verdict is. Whoever got it from here when
// the same mail came first has it still.
func (b *booking) moveOr(ctx context.Context, v verdict) (decision, error) {
	s, err := b.siblings(ctx)
	if err != nil {
		return decision{}, err
	}
	if to := s.holder(); to != nil && to.repeated() {
		return s.movedBefore(ctx, to)
	}
	if v.step != stepDecline {
		return b.carryOut(ctx, v)
	}
	to, err := s.choose(ctx)
	switch {
	case err != nil:
		return decision{}, err
	case to == nil:
		d, err := b.carryOut(ctx, v)
		d.notes = append(d.notes, s.findings...)
		return d, err
	}
	d, err := to.carryOut(ctx, *to.verdict)
	if err != nil {
		return decision{}, err
	}
	d, err = s.moved(to, d)
	d.why = v.words() + "; " + d.why
	return d, err
}

// moveAgain plans once more what passed the booking on when this message came first.
func (b *booking) moveAgain(ctx context.Context) (decision, error) {
	if b.via = b.collectionOf(cameThrough(b.stored)); b.via != "" {
		s, err := b.siblings(ctx)
		if err != nil {
			return decision{}, err
		}
		if to := s.holder(); to != nil && to.repeated() {
			return s.movedBefore(ctx, to)
		}
	}
	return done(over(b.stored)), nil
}

// movedBefore is that another member got it when this message came first.
func (s *search) movedBefore(ctx context.Context, to *member) (decision, error) {
	_, d, err := to.weigh(ctx)
	if err != nil {
		return decision{}, err
	}
	return s.moved(to, d)
}

// siblings are the other members of the collection that the invitation came through.
func (b *booking) siblings(ctx context.Context) (*search, error) {
	i := slices.IndexFunc(b.room.collections, func(e *ldapdir.Entry) bool { return e.Mail() == b.via })
	collection, err := b.facility(ctx, b.room.collections[i])
	if err != nil {
		return nil, err
	}
	family, err := b.members(ctx, collection.Entry, b.facility)
	if err != nil {
		return nil, err
	}
	s := &search{booking: b, collection: collection, family: family}
	return s, s.look(ctx)
}

// moved is what follows when another member has it now: what is booked here goes.
func (s *search) moved(to *member, d decision) (decision, error) {
	d, err := s.given(to, d, "in its place")
	if err != nil || !d.handled {
		return d, err
	}
	left, err := s.elsewhere()
	return d.with(left...), err
}
