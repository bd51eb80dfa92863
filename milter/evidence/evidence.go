// Package evidence finds out on whose word a mail comes: whether whoever sent it may speak for the people whose
// calendars it is about.
//
// It knows logins, delegates, trusted machines and what our own mail server found out, and weighs them in this order.
// It does not know what is done on anybody's word, nor what a mail says: whoever asks names who is spoken for.
package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/authres"
	"usher/milter/filter"
)

// Directory is the questions asked here.
type Directory interface {
	Lookup(ctx context.Context, addr address.Address) (*ldapdir.Entry, bool, error)
	Domain(ctx context.Context, domain string) (ldapdir.Domain, bool, error)
}

// Judge weighs evidence as the configuration says.
type Judge struct {
	Directory Directory
	Trust     filter.Trust // whose word counts besides that of people who log in
	Outsiders bool         // whether those whom the directory does not have are believed at all

	unproved *atomic.Uint64 // mails from outside without a field of ours; nil: not counted
}

// New makes a judge of what the host knows.
func New(h filter.Host, outsiders bool) Judge {
	return Judge{Directory: h.Directory, Trust: h.Trust, Outsiders: outsiders, unproved: new(atomic.Uint64)}
}

// Advice is what a postmaster may not have meant; "": nothing.
func (j Judge) Advice() string {
	if !j.Outsiders || j.Trust.Inbound == filter.Anything || j.Trust.AuthservID != "" {
		return ""
	}
	return "who is not in the directory is believed by envelope sender and From alone, which anybody can write: have your mail server check DMARC, and set trust.authserv_id"
}

// Organizer says why the sender of a mail may not speak for the organizer, or "" if he may (S6047-01); entry is the
// organizer's, or nil. It is an error if the directory did not say who is logged in: nobody is not the same as not
// known.
func (j Judge) Organizer(ctx context.Context, tx *filter.Tx, organizer address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case organizer == "":
		return "the organizer has no address", nil
	case tx.Role == filter.Own:
		return own(tx, addressesOf(organizer, entry)...), nil
	case entry == nil:
		return j.outsider(ctx, tx, "the organizer", organizer)
	}
	return j.ours(tx, "the organizer", organizer, entry)
}

// Owner says why the sender may not speak for the owner of a resource, or "" if he may: the same is asked of an owner
// with an address of ours, or his delegate, as of such an organizer, and of one elsewhere as of an organizer from
// outside.
func (j Judge) Owner(ctx context.Context, tx *filter.Tx, owner *ldapdir.Entry) (why string, err error) {
	if owner.Mail() == "" {
		return "the owner has no address", nil
	}
	ours, err := j.isOurs(ctx, owner.Mail())
	switch {
	case err != nil:
		return "", err
	case tx.Role == filter.Own:
		return own(tx, owner.Addresses...), nil
	case ours || tx.User != "":
		return j.ours(tx, "the owner", owner.Mail(), owner)
	}
	return j.elsewhere(tx, owner.Addresses...), nil
}

// ours says why a mail may not speak for somebody of ours, or "". Where somebody is logged in that decides, for him or
// against him; a machine is trusted only where nobody is.
func (j Judge) ours(tx *filter.Tx, as string, a address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.User != "":
		return login(tx, a, entry)
	case j.host(tx, a):
		return "", nil
	case j.Trust.Inbound == filter.Anything:
		return claim(tx, a), nil
	}
	return fmt.Sprintf("nobody logged in, and %s %s is one of ours", as, a), nil
}

// outsider is about somebody the directory does not have, and asks first whether he is one of ours that it has just
// not heard of.
func (j Judge) outsider(ctx context.Context, tx *filter.Tx, as string, a address.Address) (why string, err error) {
	if !j.Outsiders {
		return fmt.Sprintf("%s %s is not one of ours", as, a), nil
	}
	ours, err := j.isOurs(ctx, a)
	switch {
	case err != nil:
		return "", err
	case ours && !j.host(tx, a):
		return fmt.Sprintf("%s %s is nobody in the directory", as, a), nil
	}
	return j.elsewhere(tx, a), nil
}

// isOurs tells whether an address is in a domain of ours.
func (j Judge) isOurs(ctx context.Context, a address.Address) (bool, error) {
	_, ours, err := j.Directory.Domain(ctx, a.Domain())
	if err != nil {
		return false, fmt.Errorf("whose domain is that of %s: %w", a, err)
	}
	return ours, nil
}

// elsewhere says why a mail may not speak for whoever has these addresses elsewhere, or "". What our own mail server
// found out counts before what the mail says; where it wrote nothing, only the latter is there to be asked.
func (j Judge) elsewhere(tx *filter.Tx, addresses ...address.Address) (why string) {
	if j.host(tx, addresses...) {
		return ""
	}
	results, found := j.results(tx)
	from := author(tx.Message.Header)
	switch {
	case !found || j.Trust.Inbound == filter.Anything:
		return claim(tx, addresses...)
	case !slices.Contains(addresses, from):
		return fmt.Sprintf("the mail is not from %s", addresses[0])
	case !results.Vouch(from.Domain()):
		return fmt.Sprintf("Authentication-Results do not prove that the mail is from %s", from.Domain())
	}
	return ""
}

// results are what our own mail server found out. It asks only about mail from outside: in any other, such a field
// is somebody's invention.
func (j Judge) results(tx *filter.Tx) (authres.Results, bool) {
	if tx.Role != filter.Inbound || tx.User != "" {
		return nil, false
	}
	rs, found := authres.Read(tx.Message.Header, j.Trust.AuthservID)
	if !found && j.Trust.AuthservID != "" && j.Trust.Inbound != filter.Anything {
		j.miss(tx)
	}
	return rs, found
}

// miss tells that our own mail server, which is said to check, has not: what is left is easily forged. It is told of the
// first mail, and then ever more rarely.
func (j Judge) miss(tx *filter.Tx) {
	if j.unproved == nil || tx.Log == nil {
		return
	}
	if n := j.unproved.Add(1); isPowerOfTen(n) {
		tx.Log.Warn("no Authentication-Results of trust.authserv_id in mail from outside, envelope sender and From are believed instead",
			"authserv_id", j.Trust.AuthservID, "times", n)
	}
}

func isPowerOfTen(n uint64) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}

// host tells whether the mail comes, without a login, from a machine that may send for one of these addresses.
func (j Judge) host(tx *filter.Tx, addresses ...address.Address) bool {
	return tx.User == "" && slices.ContainsFunc(addresses, func(a address.Address) bool {
		_, ok := j.Trust.Host(tx.Client, a)
		return ok
	})
}

// claim asks for the least: that envelope and header at least say they are from whom they speak for.
func claim(tx *filter.Tx, addresses ...address.Address) (why string) {
	switch {
	case !slices.Contains(addresses, tx.From):
		return fmt.Sprintf("%s may not act for %s", cmp.Or(tx.From, "the null sender"), addresses[0])
	case !slices.Contains(addresses, author(tx.Message.Header)):
		return fmt.Sprintf("the mail is not from %s", addresses[0])
	}
	return ""
}
