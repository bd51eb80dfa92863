package evidence

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// login says why whoever is logged in may not speak for somebody of ours, or "". SENT-BY is not asked: it is what the
// mail says, and the directory says who is a delegate.
func login(tx *filter.Tx, a address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case tx.Principal == nil && tx.Err != nil && !errors.Is(tx.Err, ldapdir.ErrAmbiguous):
		return "", fmt.Errorf("who is the login %s: %w", tx.User, tx.Err)
	case tx.Principal == nil:
		return fmt.Sprintf("the login %s is nobody in the directory", tx.User), nil
	case ldapdir.SameDN(tx.Principal.DN, entry.DN), slices.Contains(tx.Principal.Addresses, a), delegate(entry, tx.Principal):
		return "", nil
	}
	return fmt.Sprintf("%s may not act for %s", tx.User, a), nil
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

// delegate tells whether the directory names somebody as delegate of an owner, by DN, login or address.
func delegate(owner, who *ldapdir.Entry) bool {
	for _, d := range owner.Delegates {
		if ldapdir.SameDN(d, who.DN) || slices.ContainsFunc(who.Logins, func(l string) bool { return strings.EqualFold(l, d) }) {
			return true
		}
		if a, err := address.Parse(d); err == nil && a != "" && slices.Contains(who.Addresses, a) {
			return true
		}
	}
	return false
}
