package invitation

import (
	"context"
	"fmt"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// deputyNamed is whom a person's invitations are delegated to, as the directory names him: a DN, a login or an
// address. "" if it names nobody.
func (m *module) deputyNamed(e *ldapdir.Entry) string {
	if m.Deputy != "" {
		return e.Attr(m.Deputy)
	}
	if len(e.Delegates) > 0 {
		return e.Delegates[0]
	}
	return ""
}

// deputy is who takes a person's place.
type deputy struct {
	address  address.Address
	name     string
	language string
}

func deputyOf(e *ldapdir.Entry) deputy {
	return deputy{address: e.Mail(), name: e.Name, language: e.Language}
}

// findDeputy gives the person's deputy, or why there is none who could take this invitation.
func (v *visit) findDeputy(ctx context.Context) (d deputy, why string, err error) {
	named := v.deputyNamed(v.person)
	if named == "" {
		return d, "there is no deputy", nil
	}
	e, ok, err := ldapdir.ByName(ctx, v.directory, named)
	switch {
	case err != nil:
		return d, "", fmt.Errorf("who is the deputy: %w", err)
	case !ok || e.Kind != ldapdir.Person || e.Mail() == "":
		return d, "the deputy is none of our people", nil
	}
	for _, a := range e.Addresses {
		if a == v.sender.Address {
			return d, "the deputy is the organizer", nil
		}
		if _, listed := invited(v.came, []address.Address{a}); listed { // the person himself, for one
			return d, "the deputy is invited already", nil
		}
	}
	return deputyOf(e), "", nil
}

// deputyBefore is whom the copy says that the invitation was passed on to.
func (v *visit) deputyBefore(ctx context.Context) (d deputy, err error) {
	for _, c := range v.stored.Scheduled() {
		u, _ := c.Attendee(v.me...)
		if u.Partstat != itip.Delegated || len(u.DelegatedTo) == 0 {
			continue
		}
		to, _ := c.Attendee(u.DelegatedTo[0])
		e, ok, err := v.directory.Lookup(ctx, u.DelegatedTo[0])
		switch {
		case err != nil:
			return d, fmt.Errorf("who is %s: %w", u.DelegatedTo[0], err)
		case ok:
			return deputyOf(e), nil
		}
		return deputy{address: u.DelegatedTo[0], name: to.Name}, nil
	}
	return d, nil
}
