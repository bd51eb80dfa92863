package resource

import (
	"context"
	"fmt"
	"slices"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/authres"
	"usher/milter/filter"
)

// mistrustOurs says why a mail may not speak for somebody of ours, or "". Where somebody is logged in that decides,
// for him or against him; a machine is trusted only where nobody is.
func (m *module) mistrustOurs(tx *filter.Tx, as string, a address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.User != "":
		return mistrustLogin(tx, a, entry)
	case m.trustedHost(tx, a):
		return "", nil
	case m.trust.Inbound == filter.Anything:
		return mistrustClaim(tx, a), nil
	}
	return fmt.Sprintf("nobody logged in, and %s %s is one of ours", as, a), nil
}

// mistrustOutsider is about an organizer the directory does not have, and asks first whether he is one of ours that
// it has just not heard of.
func (m *module) mistrustOutsider(ctx context.Context, tx *filter.Tx, organizer itip.User) (why string, err error) {
	if m.Organizers != "any" {
		return fmt.Sprintf("the organizer %s is not one of ours", organizer.Address), nil
	}
	_, ours, err := m.directory.Domain(ctx, organizer.Address.Domain())
	switch {
	case err != nil:
		return "", fmt.Errorf("whose domain is that of %s: %w", organizer.Address, err)
	case ours && !m.trustedHost(tx, organizer.Address):
		return fmt.Sprintf("the organizer %s is nobody in the directory", organizer.Address), nil
	}
	return m.mistrustElsewhere(tx, organizer.Address), nil
}

// mistrustElsewhere says why a mail may not speak for whoever has these addresses elsewhere, or "". What our own mail
// server found out counts before what the mail says; where it wrote nothing, only the latter is there to be asked.
func (m *module) mistrustElsewhere(tx *filter.Tx, addresses ...address.Address) (why string) {
	if m.trustedHost(tx, addresses...) {
		return ""
	}
	results, found := m.results(tx)
	from := author(tx.Message.Header)
	switch {
	case !found || m.trust.Inbound == filter.Anything:
		return mistrustClaim(tx, addresses...)
	case !slices.Contains(addresses, from):
		return fmt.Sprintf("the mail is not from %s", addresses[0])
	case !results.Vouch(from.Domain()):
		return fmt.Sprintf("Authentication-Results do not prove that the mail is from %s", from.Domain())
	}
	return ""
}

// results are what our own mail server found out. It asks only about mail from outside: in any other, such a field
// is somebody's invention.
func (m *module) results(tx *filter.Tx) (authres.Results, bool) {
	if tx.Role != filter.Inbound || tx.User != "" {
		return nil, false
	}
	return authres.Read(tx.Message.Header, m.trust.AuthservID)
}

// trustedHost tells whether the mail comes, without a login, from a machine that may send for one of these addresses.
func (m *module) trustedHost(tx *filter.Tx, addresses ...address.Address) bool {
	return tx.User == "" && slices.ContainsFunc(addresses, func(a address.Address) bool {
		_, ok := m.trust.Host(tx.Client, a)
		return ok
	})
}

// mistrustClaim asks for the least: that envelope and header at least say they are from whom they speak for.
func mistrustClaim(tx *filter.Tx, addresses ...address.Address) (why string) {
	switch {
	case !slices.Contains(addresses, tx.From):
		return fmt.Sprintf("%s may not act for %s", tx.From, addresses[0])
	case !slices.Contains(addresses, author(tx.Message.Header)):
		return fmt.Sprintf("the mail is not from %s", addresses[0])
	}
	return ""
}
