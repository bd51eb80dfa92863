package invitation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// maxLists bounds how many attendees are looked at for a list that somebody who is not invited himself may be in.
const maxLists = 100

// asListed is the answer under the address by which the copy knows the attendee. admit lets in somebody it does not
// list who is a member of a list that it does (D-03); whoever else is not invited stays outside.
func (v *visit) asListed(ctx context.Context) (reply *itip.Object, admit func(itip.User) bool, err error) {
	reply = v.incoming
	if v.named(v.sender.Address) {
		return reply, nil, nil
	}
	if v.entry != nil {
		if i := slices.IndexFunc(v.entry.Addresses, v.named); i >= 0 {
			return v.answeredAs(func(p itip.Prop) itip.Prop {
				p.Value = "mailto:" + v.entry.Addresses[i].String()
				return p.Without("EMAIL")
			}), nil, nil
		}
	}
	list, err := v.listWith(ctx)
	if err != nil || list == "" {
		return reply, nil, err
	}
	v.note("%s is a member of %s", v.sender.Address, list)
	return v.answeredAs(func(p itip.Prop) itip.Prop { return p.With("MEMBER", "mailto:"+list.String()) }),
		func(u itip.User) bool { return u.Address == v.sender.Address }, nil
}

// intruding tells whether somebody who is not listed says that he stands in for an attendee who says otherwise. Where
// that one has said nothing yet his own message may still be on its way (S5546-50).
func (v *visit) intruding() bool {
	if v.named(v.sender.Address) || len(v.sender.DelegatedFrom) == 0 {
		return false
	}
	return !slices.ContainsFunc(v.sender.DelegatedFrom, func(a address.Address) bool {
		u, ok := invited(v.stored, []address.Address{a})
		return ok && (u.Partstat == itip.NeedsAction || slices.Contains(u.DelegatedTo, v.sender.Address))
	})
}

// named tells whether the copy has an attendee of this address.
func (v *visit) named(a address.Address) bool {
	_, ok := invited(v.stored, []address.Address{a})
	return ok
}

// answeredAs is the answer with another line for who answers.
func (v *visit) answeredAs(change func(itip.Prop) itip.Prop) *itip.Object {
	o := v.incoming.Clone()
	for _, c := range o.Scheduled() {
		if u, ok := c.Attendee(v.sender.Address); ok {
			i := slices.IndexFunc(c.Props, func(p itip.Prop) bool { return p.Name == "ATTENDEE" && p.String() == u.Prop.String() })
			c.Props[i] = change(u.Prop.Clone())
		}
	}
	return o
}

// listWith is the first attendee that is a group of ours with the sender in it, "" if there is none. A group too large
// to be read has nobody in it: the mail then goes to the organizer.
func (v *visit) listWith(ctx context.Context) (address.Address, error) {
	for _, a := range everybody(v.stored, maxLists) {
		e, ok, err := v.directory.Lookup(ctx, a)
		if err != nil {
			return "", fmt.Errorf("who is %s: %w", a, err)
		}
		if !ok || e.Kind != ldapdir.Group {
			continue
		}
		people, outside, err := v.directory.Expand(ctx, e)
		switch {
		case errors.Is(err, ldapdir.ErrTooMany):
			v.note("who is in %s cannot be told: %v", a, err)
		case err != nil:
			return "", fmt.Errorf("who is in %s: %w", a, err)
		case slices.Contains(outside, v.sender.Address), v.entry != nil && holds(people, v.entry):
			return a, nil
		}
	}
	return "", nil
}

// everybody is the attendees of an object, each once, at most so many.
func everybody(o *itip.Object, most int) (all []address.Address) {
	seen := map[address.Address]bool{"": true}
	for _, c := range o.Scheduled() {
		for _, u := range c.Attendees() {
			if !seen[u.Address] && len(all) < most {
				seen[u.Address] = true
				all = append(all, u.Address)
			}
		}
	}
	return all
}

func holds(people []*ldapdir.Entry, e *ldapdir.Entry) bool {
	return slices.ContainsFunc(people, func(p *ldapdir.Entry) bool { return ldapdir.SameDN(p.DN, e.DN) })
}

// organizerOf is the first organizer that an object names, "" if it names none.
func organizerOf(o *itip.Object) address.Address {
	for _, c := range o.Scheduled() {
		if u, ok := c.Organizer(); ok {
			return u.Address
		}
	}
	return ""
}
