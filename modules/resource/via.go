package resource

import (
	"slices"

	"usher/address"
	"usher/itip"
)

// viaProperty is on a booking that a collection passed on: the collection's address. The attendees say it too, but not
// in every client's updates, and not in what is kept of private events.
const viaProperty = "X-USHER-COLLECTION"

// noteVia marks a stored component with the collection it came through.
func (b *booking) noteVia(c *itip.Component) {
	if b.via != "" {
		c.SetText(viaProperty, b.via.String())
	}
}

// forgetVia takes the mark away.
func forgetVia(o *itip.Object) {
	for _, c := range o.Scheduled() {
		c.Remove(viaProperty)
	}
}

// cameThrough is the address of the collection that a stored booking was passed on by, "" if it was by none.
func cameThrough(o *itip.Object) address.Address {
	for _, c := range o.Scheduled() {
		if a, err := address.Parse(c.Text(viaProperty)); err == nil && a != "" {
			return a
		}
	}
	return ""
}

// chosenBy is the collection a resource has an invitation from; nil if it is invited itself. A booking says so; without
// one the attendees do.
func (b *booking) chosenBy() address.Address {
	if b.stored != nil && !buried(b.stored) {
		return b.collectionOf(cameThrough(b.stored))
	}
	for _, c := range b.incoming.Scheduled() {
		if u, ok := c.Attendee(b.room.Addresses...); ok {
			return b.collectionBehind(c, u.Address)
		}
	}
	return ""
}

// collectionOf is the main address of a collection that holds the resource, by any of its addresses.
func (b *booking) collectionOf(a address.Address) address.Address {
	for _, e := range b.room.collections {
		if a != "" && slices.Contains(e.Addresses, a) {
			return e.Mail()
		}
	}
	return ""
}

// collectionBehind goes back through delegations.
func (b *booking) collectionBehind(c *itip.Component, a address.Address) address.Address {
	seen := []address.Address{a}
	for n := 0; n < len(seen) && n < 2*itip.MaxDelegations; n++ {
		if found := b.collectionOf(seen[n]); found != "" {
			return found
		}
		for _, u := range c.Attendees() {
			if slices.Contains(u.DelegatedTo, seen[n]) && !slices.Contains(seen, u.Address) {
				seen = append(seen, u.Address)
			}
			if u.Address == seen[n] {
				for _, from := range u.DelegatedFrom {
					if !slices.Contains(seen, from) {
						seen = append(seen, from)
					}
				}
			}
		}
	}
	return ""
}
