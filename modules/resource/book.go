package resource

import (
	"context"
	"fmt"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
)

// booking is one object of a mail and the resource it is about.
type booking struct {
	*module
	tx        *filter.Tx
	room      *ldapdir.Entry
	incoming  *itip.Object
	organizer itip.User
	language  string    // the organizer's
	invited   itip.User // the resource as the object names it
	stored    *itip.Object
	version   calendar.Version
}

// decision is what becomes of a booking. Not handled: the mail stays with the resource's address.
type decision struct {
	handled bool
	effects []filter.Effect
	why     string
}

// untouched leaves the mail alone and says why.
func untouched(format string, args ...any) decision {
	return decision{why: "left alone: " + fmt.Sprintf(format, args...)}
}

// done takes the resource off the envelope.
func done(why string, effects ...filter.Effect) decision {
	return decision{handled: true, effects: effects, why: why}
}

// book decides every object of the mail for one resource. The resource leaves the envelope when all are handled.
func (m *module) book(ctx context.Context, tx *filter.Tx, mail letter, rcpt filter.Recipient, plan *filter.Plan) (why string, err error) {
	handled := true
	var whys []string
	for _, o := range mail.objects {
		d, err := m.decide(ctx, tx, o, rcpt.Entry)
		if err != nil {
			return "", err
		}
		handled = handled && d.handled
		plan.Effects = append(plan.Effects, d.effects...)
		whys = append(whys, d.why)
	}
	if handled {
		plan.Edits = append(plan.Edits, filter.DropRcpt{Addr: rcpt.Address})
	}
	return rcpt.Entry.Name + ": " + strings.Join(whys, ", "), nil
}

// decide finds out whether the object is for this resource and from somebody who may say so, then does what
// its method asks for.
func (m *module) decide(ctx context.Context, tx *filter.Tx, o *itip.Object, room *ldapdir.Entry) (decision, error) {
	b := booking{module: m, tx: tx, room: room, incoming: o}
	if o.Method() != "REQUEST" && o.Method() != "CANCEL" {
		return untouched("method %s", o.Method()), nil
	}
	var err error
	if b.organizer, err = o.Organizer(); err != nil {
		return untouched("%v", err), nil
	}
	entry, _, err := m.directory.Lookup(ctx, b.organizer.Address)
	if err != nil {
		return decision{}, fmt.Errorf("who is the organizer %s: %w", b.organizer.Address, err)
	}
	if entry != nil {
		b.language = entry.Language
	}
	if why := m.mistrust(tx, b.organizer, entry); why != "" {
		return untouched("%s", why), nil
	}
	if b.stored, _, b.version, err = m.calendars.Find(ctx, room.Calendar, o.UID()); err != nil {
		return decision{}, fmt.Errorf("find in calendar %s: %w", room.Calendar, err)
	}
	if b.stored != nil && !b.sameOrganizer() {
		return untouched("this UID is booked by another organizer"), nil
	}
	if o.Method() == "CANCEL" {
		return b.cancel()
	}
	var ok bool
	if b.invited, ok = invited(o, room.Addresses); !ok {
		return untouched("the resource is not among the attendees"), nil
	}
	return b.request(ctx)
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
	return itip.CauseOfMessage(b.incoming, b.organizer.Address, b.room.Mail(), decision)
}

// repeated tells whether the stored object was written because of this very message: a retry.
func (b *booking) repeated() bool {
	return b.stored != nil && b.stored.Cause().Same(b.cause(""))
}
