// Package authres reads Authentication-Results (RFC 8601): what our own mail server found out about who sent a mail.
//
// It knows the field and whom to believe: one authserv-id, ours. It does not know where that is configured, verifies
// no signature itself, and has no opinion on what a result is good for but one: whether it vouches for the domain of
// an author.
package authres

import (
	"strings"

	"usher/address"
	"usher/milter/message"
)

// Results are what one field says, in its order.
type Results []Result

// Result is what one method found out.
type Result struct {
	Method, Value string // in lower case: "dmarc", "pass"
	Properties    []Property
}

// Property is something a method looked at: "header.from" and a domain.
type Property struct{ Name, Value string }

// Read gives what the topmost field of this authserv-id says. ok tells whether there is one: what cannot be read says
// nothing, but is there. Fields of other authserv-ids were written by others and never count (RFC 8601 5); one of
// ours below the topmost may have come with the mail.
func Read(h message.Header, authservID string) (rs Results, ok bool) {
	if authservID == "" {
		return nil, false
	}
	for _, value := range h.Values("Authentication-Results") {
		s := scanner{rest: value}
		if id, err := s.id(); err == nil && strings.EqualFold(id, authservID) {
			rs, _ = s.results()
			return rs, true
		}
	}
	return nil, false
}

// Vouch tells whether the author's domain is proved: DMARC passed for it or, where that found no policy, a DKIM
// signature of this very domain did. One DMARC result that is neither outweighs everything.
func (rs Results) Vouch(domain string) bool {
	var dmarc, dkim bool
	for _, r := range rs {
		switch {
		case r.Method == "dmarc" && r.Value != "pass" && r.Value != "none":
			return false
		case r.Method == "dmarc" && r.Value == "pass" && !r.about("header.from", domain):
			return false
		case r.Method == "dmarc" && r.Value == "pass":
			dmarc = true
		case r.Method == "dkim" && r.Value == "pass" && r.about("header.d", domain):
			dkim = true
		}
	}
	return dmarc || dkim
}

// about tells whether a property is there, once, and names this domain.
func (r Result) about(property, domain string) bool {
	named, n := "", 0
	for _, p := range r.Properties {
		if p.Name == property {
			named, n = p.Value[strings.LastIndexByte(p.Value, '@')+1:], n+1
		}
	}
	canonical, err := address.CanonicalDomain(named)
	return n == 1 && err == nil && canonical != "" && canonical == domain
}
