package itip

import (
	"slices"

	"usher/address"
)

// ForMember is a message as it is meant for a member of a list that it invites (RFC 5546 3.7.2, S5546-53): a component
// that names one of the lists and the member under none of his addresses names him as well, as MEMBER of the list. Of
// the member Address, Name and CUType count; the list's line gives the rest. ok tells whether there was such a
// component; the message itself does not change.
func ForMember(o *Object, member User, addresses, lists []address.Address) (meant *Object, ok bool) {
	meant = o.Clone()
	for _, c := range meant.Scheduled() {
		_, named := c.Attendee(addresses...)
		if list, invited := c.Attendee(lists...); invited && !named {
			c.Add(newMember(list, member))
			ok = true
		}
	}
	if !ok {
		return o, false
	}
	return meant, true
}

func newMember(list, member User) Prop {
	p := mailto(Prop{Name: "ATTENDEE"}, member.Address).withAddresses("MEMBER", list.Address)
	if member.Name != "" {
		p = p.With("CN", member.Name)
	}
	if member.CUType != "" && member.CUType != "INDIVIDUAL" {
		p = p.With("CUTYPE", member.CUType)
	}
	if list.Role != roles[0] {
		p = p.With("ROLE", list.Role)
	}
	p = p.With("PARTSTAT", NeedsAction)
	if list.RSVP {
		p = p.With("RSVP", "TRUE")
	}
	return p
}

// OnlyMember tells whether an object names somebody as a member of lists alone, and nowhere himself.
func OnlyMember(o *Object, addresses ...address.Address) bool {
	return !slices.ContainsFunc(o.Scheduled(), func(c *Component) bool {
		u, named := c.Attendee(addresses...)
		return named && u.Prop.Param("MEMBER") == ""
	})
}
