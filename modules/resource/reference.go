package resource

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
	"usher/milter/filter"
)

// reference is what an owner's answer proves itself with: part of our signature under the question he was asked. It
// stands in the address he answers to and in the UID of the question, so that it comes back whichever of them a mail
// system spoils.
type reference string

const (
	referenceBytes   = 15 // of the signature: 120 bits are not guessed by mail
	referenceLetters = referenceBytes * 8 / 5
)

// letters are safe where mail systems fold case.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// referenceTo signs a question about a booking for one owner. Calendar and name stay when addresses change.
func referenceTo(s *filter.Signer, calendar, uid string, q question, owner *ldapdir.Entry) reference {
	dn, ok := ldapdir.CanonicalDN(owner.DN)
	if !ok {
		dn = owner.DN
	}
	sum := s.Sign("resource owner", calendar, uid, q.id, dn)
	return reference(letters.EncodeToString(sum[:referenceBytes]))
}

// is compares without telling by the time it takes how much is right.
func (r reference) is(other reference) bool {
	return subtle.ConstantTimeCompare([]byte(r), []byte(other)) == 1
}

func isReference(s string) bool {
	raw, err := letters.DecodeString(s)
	return err == nil && len(raw) == referenceBytes
}

// maxLocal is how long a local part may be (RFC 5321 4.5.3.1.1).
const maxLocal = 64

// tagged is the address that an answer with this reference goes to: a tag behind the resource's own address, with the
// first of the directory's delimiters that is not in it already. Where there is none, or no room for a tag, the address
// stays as it is, and the UID has to do.
func (r reference) tagged(a address.Address, delimiters string) address.Address {
	for _, d := range delimiters {
		local := a.Local() + string(d) + string(r)
		if strings.ContainsRune(a.Local(), d) || len(local) > maxLocal {
			continue
		}
		if t, err := address.Parse(local + "@" + a.Domain()); err == nil {
			return t
		}
	}
	return a
}

// referenceIn finds the tag that tagged has put into an address; "" is none.
func referenceIn(a address.Address, delimiters string) reference {
	local := a.Local()
	if at := len(local) - referenceLetters; at > 1 && strings.IndexByte(delimiters, local[at-1]) >= 0 && isReference(local[at:]) {
		return reference(local[at:])
	}
	return ""
}

// questionPrefix begins the UIDs of questions.
const questionPrefix = "usher-"

// questionUID is the UID of the question to one owner: it names the booking and carries the reference. ok is false
// where the UID of the booking leaves no room for that.
func (r reference) questionUID(uid string) (string, bool) {
	q := questionPrefix + string(r) + "-" + uid
	return q, len(q) <= itip.MaxUID
}

// bookingOf takes the UID of a question apart. ok is false if it is none of ours.
func bookingOf(questionUID string) (r reference, uid string, ok bool) {
	rest, ok := strings.CutPrefix(questionUID, questionPrefix)
	if !ok || len(rest) < referenceLetters+2 || rest[referenceLetters] != '-' || !isReference(rest[:referenceLetters]) {
		return "", "", false
	}
	return reference(rest[:referenceLetters]), rest[referenceLetters+1:], true
}
