package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/milter/filter"
)

// collect decides an object for a collection: a request is passed on to a member, a cancellation goes to whoever has
// the booking.
func (b *booking) collect(ctx context.Context) (decision, error) {
	family, err := b.members(ctx, b.room.Entry)
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
	if b.hasPassedOn(family) {
		return done("passed on before, its member answers"), nil
	}
	if b.room.rules.Policy.of(b.organizer.Address) == untouchedMail {
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
	if s.cancelled() {
		return done("cancelled before, nothing changed"), nil // S5546-55
	}
	if holder := s.holder(); holder != nil {
		v, d, err := holder.weigh(ctx)
		if err != nil {
			return decision{}, err
		}
		if v == nil {
			return s.given(holder, d, "has it")
		}
		if v.step != stepDecline || holder.oneOfSeries() {
			d, err := holder.carryOut(ctx, *v)
			if err != nil {
				return decision{}, err
			}
			return s.given(holder, d, "keeps it")
		}
		holder.refused(*v)
	}
	chosen, err := s.choose(ctx)
	if err != nil {
		return decision{}, err
	}
	if chosen == nil {
		return s.nobody(ctx)
	}
	d, err := chosen.carryOut(ctx, *chosen.verdict)
	if err != nil {
		return decision{}, err
	}
	return s.given(chosen, d, "chosen: "+s.collection.rules.Strategy)
}

// cancelMembers frees the members that have the booking from this collection.
func (b *booking) cancelMembers(ctx context.Context, family []*facility) (decision, error) {
	all := done("")
	var whys []string
	for _, f := range family {
		if b.touches(f, b.incoming.UID()) {
			continue
		}
		c := *b
		c.room, c.incoming = f, b.namedToo(f)
		if err := c.find(ctx); err != nil {
			return decision{}, err
		}
		if c.stored == nil || !c.sameOrganizer() || cameThrough(c.stored) == "" || !slices.Contains(b.room.Addresses, cameThrough(c.stored)) {
			continue
		}
		d, err := c.cancel()
		if err != nil {
			return decision{}, err
		}
		all.handled = all.handled && d.handled
		all.effects = append(all.effects, d.effects...)
		whys = append(whys, f.Name+": "+d.why)
	}
	if all.why = strings.Join(whys, ", "); all.why == "" {
		all.why = "cancelled, nothing was booked"
	}
	return all, nil
}

// namedToo is a cancellation that names a member wherever it names the collection.
func (b *booking) namedToo(f *facility) *itip.Object {
	o := b.incoming.Clone()
	for _, c := range o.Scheduled() {
		if _, ok := c.Attendee(b.room.Addresses...); ok {
			c.Add(itip.Prop{Name: "ATTENDEE", Value: "mailto:" + f.Mail().String()})
		}
	}
	return o
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

// passed is the answer of who passes the invitation on to a member.
func (b *booking) passed(to *facility, reply *itip.Object) filter.Send {
	w := b.collectionWords()
	text := fmt.Sprintf(w.text, b.room.Name, title(b.incoming), b.span(), to.Name)
	id := b.answerID(b.invited.Address, itip.Delegated) + "/" + to.Mail().String()
	return b.send(id, fmt.Sprintf(w.subject, title(b.incoming)), text, reply)
}

// answers tells whether effects hold an answer to the organizer.
func answers(effects []filter.Effect) bool {
	return slices.ContainsFunc(effects, func(e filter.Effect) bool {
		send, ok := e.(filter.Send)
		return ok && strings.HasPrefix(send.ID, "reply/")
	})
}

// called tells whether it has an address.
func (f *facility) called(a address.Address) bool { return a != "" && slices.Contains(f.Addresses, a) }
