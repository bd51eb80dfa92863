package evidence

import (
	"fmt"
	"slices"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// IsOwn tells whether a mail is an automatic one of ours that comes back in. Mails of other people come in there, too,
// as branches; those lack the mark.
func IsOwn(tx *filter.Tx) bool {
	return tx.Role == filter.Own && tx.Message.Header.Has(message.OwnField)
}

// own says why a mail that comes back in does not speak for whoever has these addresses, or "". We wrote its From.
func own(tx *filter.Tx, addresses ...address.Address) (why string) {
	switch {
	case !IsOwn(tx):
		return "the mail is none that we made"
	case !slices.Contains(addresses, author(tx.Message.Header)):
		return fmt.Sprintf("the mail is not from %s", addresses[0])
	}
	return ""
}

// addressesOf are an address and all others of the same entry.
func addressesOf(a address.Address, entry *ldapdir.Entry) []address.Address {
	if entry == nil {
		return []address.Address{a}
	}
	return append([]address.Address{a}, entry.Addresses...)
}
