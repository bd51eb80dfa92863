package resource

import (
	"context"
	"fmt"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
)

// directory is the questions this module asks.
type directory interface {
	Lookup(ctx context.Context, addr address.Address) (*ldapdir.Entry, bool, error)
	Domain(ctx context.Context, domain string) (ldapdir.Domain, bool, error)
	ByDN(ctx context.Context, dn string) (*ldapdir.Entry, bool, error)
	ByDNs(ctx context.Context, dns []string) ([]*ldapdir.Entry, error)
	Expand(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error)
	Members(ctx context.Context, collection *ldapdir.Entry) ([]*ldapdir.Entry, error)
	Collections(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, error)
	SchemaOf(e *ldapdir.Entry) ldapdir.Schema
	RecipientDelimiter() string
}

// mistrust says why the sender of this mail may not speak for the organizer, or "" if he may.
func (m *module) mistrust(ctx context.Context, tx *filter.Tx, organizer itip.User, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.From == "":
		return "the null sender is never answered", nil
	case entry != nil && isResource(entry):
		return fmt.Sprintf("the organizer %s is itself a resource", organizer.Address), nil
	}
	return m.evidence.Organizer(ctx, tx, organizer.Address, entry)
}

// mistrustOwner says why the sender may not speak for an owner, or "" if he may.
func (m *module) mistrustOwner(ctx context.Context, tx *filter.Tx, owner *ldapdir.Entry) (why string, err error) {
	if tx.From == "" {
		return "the null sender decides nothing", nil
	}
	return m.evidence.Owner(ctx, tx, owner)
}

func isResource(e *ldapdir.Entry) bool {
	return e.Kind == ldapdir.Resource || e.Kind == ldapdir.Collection
}
