package resource

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/imip"
)

// booking is one object of a mail and the resource it is about.
type booking struct {
	*module
	tx        *filter.Tx
	room      *facility
	incoming  *itip.Object
	cameAs    *itip.Object // the message, where incoming is what it means; else nil
	organizer itip.User
	entry     *ldapdir.Entry    // the organizer's; nil: not one of ours
	language  string            // the organizer's
	invited   itip.User         // the resource as the object names it
	lists     []address.Address // groups that the mail came through to the resource
	member    bool              // the object names it for a group that it names
	stored    *itip.Object
	version   calendar.Version
	planned   []filter.Effect // what the same mail has led to so far
	aside     bool            // the mail is not the organizer's: what he is sent is no reply to it
	via       address.Address // the collection that passed the invitation on; "": the resource itself is invited
}

// decision is what becomes of a booking. Not handled: the mail stays with the resource's address.
type decision struct {
	handled bool
	effects []filter.Effect
	why     string
	notes   []string    // what it rests on, for explain
	rests   []string    // calendars it chose among
	chosen  []*facility // members of collections that it was passed on to
}

// untouched leaves the mail alone and says why.
func untouched(format string, args ...any) decision {
	return decision{why: "left alone: " + fmt.Sprintf(format, args...)}
}

// done takes the resource off the envelope.
func done(why string, effects ...filter.Effect) decision {
	return decision{handled: true, effects: effects, why: why}
}

// book decides every object of the mail for one resource. The resource leaves the envelope, under each of its
// addresses, when all that the mail says is handled.
func (m *module) book(ctx context.Context, tx *filter.Tx, mail imip.Letter, g guest, plan *filter.Plan) (why string, err error) {
	room, err := m.treatment(onlyMethod(mail))(ctx, g.room)
	if err != nil {
		return "", err
	}
	handled := mail.Whole()
	var whys []string
	written := []*facility{room}
	for _, i := range mail.Items {
		d, err := m.one(ctx, tx, i.Object, room, g, plan.Effects)
		if err != nil {
			return "", err
		}
		handled = handled && d.handled
		plan.Effects = append(plan.Effects, d.effects...)
		plan.Notes = append(plan.Notes, d.notes...)
		plan.Rests = append(plan.Rests, d.rests...)
		whys = append(whys, d.why)
		written = append(written, d.chosen...)
	}
	if err := m.expireIn(ctx, written, tx.Time, plan); err != nil {
		return "", err
	}
	if handled {
		for _, a := range g.addresses {
			plan.Edits = append(plan.Edits, filter.DropRcpt{Addr: a})
		}
	}
	return g.room.Name + ": " + strings.Join(whys, ", "), nil
}

// onlyMethod is the method of all that a mail says, or "" if there are several.
func onlyMethod(mail imip.Letter) (method string) {
	for _, i := range mail.Items {
		if method != "" && i.Object.Method() != method {
			return ""
		}
		method = i.Object.Method()
	}
	return method
}

// one decides one object of the mail.
func (m *module) one(ctx context.Context, tx *filter.Tx, o *itip.Object, room *facility, g guest, planned []filter.Effect) (decision, error) {
	if o.Method() == "REPLY" && room.Kind == ldapdir.Resource {
		return m.hear(ctx, tx, o, room, g.addresses, planned)
	}
	return m.decide(ctx, tx, o, room, g.lists, planned)
}

// decide finds out whether the object is for this resource and from somebody who may say so, then does what
// its method asks for.
func (m *module) decide(ctx context.Context, tx *filter.Tx, o *itip.Object, room *facility, lists []address.Address, planned []filter.Effect) (decision, error) {
	b := booking{module: m, tx: tx, room: room, incoming: o, planned: planned, lists: lists}
	switch o.Method() {
	case "REQUEST", "CANCEL", "ADD":
	case "COUNTER":
		return m.counter(tx, o, room), nil
	default:
		return untouched("method %.20s", o.Method()), nil
	}
	why, err := b.doubt(ctx)
	if err != nil {
		return decision{}, err
	}
	if why != "" {
		return untouched("%s", why), nil
	}
	if room.Kind == ldapdir.Collection {
		b.asMember()
		return b.collect(ctx)
	}
	if err := b.find(ctx); err != nil {
		return decision{}, err
	}
	if b.stored != nil && !b.sameOrganizer() {
		return untouched("this UID is booked by another organizer"), nil
	}
	b.asMember()
	if o.Method() == "CANCEL" {
		return b.cancel()
	}
	var ok bool
	if b.invited, ok = invited(b.incoming, room.Addresses); !ok {
		return untouched("the resource is not among the attendees"), nil
	}
	if o.Method() == "ADD" {
		return b.add(ctx)
	}
	return b.attend(ctx)
}

// find reads what is booked already.
func (b *booking) find(ctx context.Context) (err error) {
	if b.stored, _, b.version, err = b.calendars.Find(ctx, b.room.Calendar, b.incoming.UID()); err != nil {
		return fmt.Errorf("find in calendar %s: %w", b.room.Calendar, err)
	}
	return nil
}

// doubt finds the organizer and says why the sender does not speak for him, or "".
func (b *booking) doubt(ctx context.Context) (why string, err error) {
	if b.organizer, err = b.incoming.Organizer(); err != nil {
		return err.Error(), nil
	}
	entry, _, err := b.directory.Lookup(ctx, b.organizer.Address)
	b.entry = entry
	if err != nil {
		return "", fmt.Errorf("who is the organizer %s: %w", b.organizer.Address, err)
	}
	if entry != nil {
		b.language = entry.Language
	}
	return b.mistrust(ctx, b.tx, b.organizer, entry)
}

// invited is the attendee that stands for the resource, under whichever of its addresses.
func invited(o *itip.Object, addresses []address.Address) (itip.User, bool) {
	for _, c := range o.Scheduled() {
		if u, ok := c.Attendee(addresses...); ok {
			return u, true
		}
	}
	return itip.User{}, false
}

func (b *booking) sameOrganizer() bool {
	u, err := b.stored.Organizer()
	return err == nil && u.Address == b.organizer.Address
}

// cause marks what we write with what made us write it.
func (b *booking) cause(decision string) itip.Cause {
	return itip.CauseOfMessage(cmp.Or(b.cameAs, b.incoming), b.organizer.Address, b.room.Mail(), decision)
}

// repeated tells whether the stored object was written because of this very message: a retry. What was decided
// then is on it.
func (b *booking) repeated() bool {
	return b.stored != nil && b.stored.Cause().Same(b.cause(""))
}
