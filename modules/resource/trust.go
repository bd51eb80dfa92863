package resource

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
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

// mistrust says why the sender of this mail may not speak for the organizer, or "" if he may (S6047-01).
// It is an error if the directory did not say who is logged in: nobody is not the same as not known.
func (m *module) mistrust(ctx context.Context, tx *filter.Tx, organizer itip.User, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.From == "":
		return "the null sender is never answered", nil
	case entry == nil:
		return m.mistrustOutsider(ctx, tx, organizer)
	case isResource(entry):
		return fmt.Sprintf("the organizer %s is itself a resource", organizer.Address), nil
	}
	return m.mistrustOurs(tx, "the organizer", organizer.Address, entry)
}

// mistrustLogin says why whoever is logged in may not speak for somebody of ours, or "". SENT-BY is not asked: it is
// what the mail says, and the directory says who is a delegate.
func mistrustLogin(tx *filter.Tx, a address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.Principal == nil && tx.Err != nil && !errors.Is(tx.Err, ldapdir.ErrAmbiguous):
		return "", fmt.Errorf("who is the login %s: %w", tx.User, tx.Err)
	case tx.Principal == nil:
		return fmt.Sprintf("the login %s is nobody in the directory", tx.User), nil
	case tx.Principal.DN == entry.DN, slices.Contains(tx.Principal.Addresses, a), delegate(entry, tx.Principal):
		return "", nil
	}
	return fmt.Sprintf("%s may not act for %s", tx.User, a), nil
}

func isResource(e *ldapdir.Entry) bool {
	return e.Kind == ldapdir.Resource || e.Kind == ldapdir.Collection
}

// author is the one address in From, or "".
func author(h message.Header) address.Address {
	if h.Count("From") != 1 {
		return ""
	}
	list, err := mail.ParseAddressList(h.Get("From"))
	if err != nil || len(list) != 1 {
		return ""
	}
	a, err := address.Parse(list[0].Address)
	if err != nil {
		return ""
	}
	return a
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
