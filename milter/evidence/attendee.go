package evidence

import (
	"context"
	"fmt"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// maxDelegates bounds how many are asked about who may reply for one attendee.
const maxDelegates = 10

// Attendee says why the sender of a mail may not reply for an attendee, or "" if he may; entry is the attendee's, or
// nil. Besides himself and his delegates in the directory these are those whom he passed the invitation on to, as far
// as the organizer has heard of it (RFC 5545 3.2.5), each with the evidence that he is it. Errors are as for Organizer.
func (j Judge) Attendee(ctx context.Context, tx *filter.Tx, attendee address.Address, entry *ldapdir.Entry, delegates ...address.Address) (why string, err error) {
	why, err = j.attendee(ctx, tx, attendee, entry)
	for _, d := range delegates[:min(len(delegates), maxDelegates)] {
		if why == "" || err != nil {
			break
		}
		e, _, err := j.Directory.Lookup(ctx, d)
		if err != nil {
			return "", fmt.Errorf("who is the delegate %s: %w", d, err)
		}
		if other, err := j.attendee(ctx, tx, d, e); other == "" || err != nil {
			return "", err
		}
	}
	return why, err
}

// attendee is about one who may reply. One of ours whose address is elsewhere replies from there without a login, and
// is believed as anybody from there.
func (j Judge) attendee(ctx context.Context, tx *filter.Tx, a address.Address, entry *ldapdir.Entry) (why string, err error) {
	switch {
	case a == "":
		return "the attendee has no address", nil
	case tx.Role == filter.Own:
		return own(tx, addressesOf(a, entry)...), nil
	case entry == nil:
		return j.outsider(ctx, tx, "the attendee", a)
	case tx.User != "" || !j.Outsiders:
		return j.ours(tx, "the attendee", a, entry)
	}
	ours, err := j.isOurs(ctx, a)
	switch {
	case err != nil:
		return "", err
	case ours:
		return j.ours(tx, "the attendee", a, entry)
	}
	return j.elsewhere(tx, a), nil
}
