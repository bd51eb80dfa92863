package itip

import (
	"fmt"

	"usher/address"
)

// Bound tells whether an incoming object may speak for a stored one: a UID belongs to the organizer it was first
// seen with (RFC 6638 11.2, D-02), and a UID stored without one belongs to its owner. ErrTakeover if the incoming
// object names another organizer, or none, in any of its components. Addresses are compared canonically; those
// that the directory knows to be one person are for the caller to rewrite before.
func Bound(stored, incoming *Object) error {
	if stored == nil {
		return nil
	}
	owner := stored.boundTo()
	for _, c := range incoming.Scheduled() {
		if u, _ := c.Organizer(); u.Address != owner {
			return fmt.Errorf("%w: %s", ErrTakeover, c.Name)
		}
	}
	return nil
}

// boundTo is the first organizer that is named.
func (o *Object) boundTo() address.Address {
	for _, c := range o.Scheduled() {
		if u, ok := c.Organizer(); ok && u.Address != "" {
			return u.Address
		}
	}
	return ""
}
