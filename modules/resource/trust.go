package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
)

// directory is the one question this module asks.
type directory interface {
	Lookup(ctx context.Context, addr address.Address) (*ldapdir.Entry, bool, error)
}

// mistrust says why the sender of this mail may not speak for the organizer, or "" if he may (S6047-01).
// People of ours have to be logged in; others are believed only where the configuration says so.
func (m *module) mistrust(tx *filter.Tx, organizer itip.User, entry *ldapdir.Entry) string {
	switch {
	case tx.From == "":
		return "the null sender is never answered"
	case entry == nil:
		return m.mistrustOutsider(tx, organizer)
	case tx.User == "":
		return fmt.Sprintf("nobody logged in, and the organizer %s is one of ours", organizer.Address)
	case tx.Principal == nil:
		return fmt.Sprintf("the login %s is nobody in the directory", tx.User)
	case tx.Principal.DN == entry.DN, slices.Contains(tx.Principal.Addresses, organizer.Address), delegate(entry, tx.Principal):
		return ""
	}
	return fmt.Sprintf("%s may not act for %s", tx.User, organizer.Address)
}

func (m *module) mistrustOutsider(tx *filter.Tx, organizer itip.User) string {
	if m.Organizers != "any" {
		return fmt.Sprintf("the organizer %s is not one of ours", organizer.Address)
	}
	if tx.From != organizer.Address {
		return fmt.Sprintf("%s may not act for %s", tx.From, organizer.Address)
	}
	return ""
}

// delegate tells whether an owner names somebody as delegate, by DN, login or address.
func delegate(owner, who *ldapdir.Entry) bool {
	for _, d := range owner.Delegates {
		if strings.EqualFold(d, who.DN) || slices.ContainsFunc(who.Logins, func(l string) bool { return strings.EqualFold(l, d) }) {
			return true
		}
		if a, err := address.Parse(d); err == nil && a != "" && slices.Contains(who.Addresses, a) {
			return true
		}
	}
	return false
}
