package ldapdir

import (
	"fmt"
	"net/url"
	"strings"
)

// parseURL reads the search behind a dynamic member, ldap:///base?attributes?scope?filter (RFC 4516).
// go-ldap has no reader for these. A URL that names a host is not followed: nobody configured it.
func parseURL(s string) (Query, error) {
	malformed := func(why string) (Query, error) {
		return Query{}, fmt.Errorf("%w: LDAP URL %q: %s", ErrMalformed, s, why)
	}
	const scheme = "ldap://"
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return malformed("it does not begin with ldap:///")
	}
	host, rest, _ := strings.Cut(s[len(scheme):], "/")
	if host != "" {
		return malformed("it names a server of its own")
	}
	parts := strings.SplitN(rest, "?", 5) // base, attributes, scope, filter, extensions
	for len(parts) < 5 {
		parts = append(parts, "")
	}
	for i, part := range parts {
		var err error
		if parts[i], err = url.PathUnescape(part); err != nil {
			return malformed("bad % escape")
		}
	}
	if strings.HasPrefix(parts[4], "!") || strings.Contains(parts[4], ",!") {
		return malformed("it has a critical extension")
	}
	scopes := map[string]Scope{"": Base, "base": Base, "one": One, "sub": Sub}
	scope, ok := scopes[strings.ToLower(parts[2])]
	if !ok {
		return malformed("unknown scope")
	}
	if parts[3] == "" {
		parts[3] = everything
	}
	if _, err := FilterAttrs(parts[3]); err != nil {
		return malformed(err.Error())
	}
	if _, ok := CanonicalDN(parts[0]); !ok {
		return malformed("its base is not a name")
	}
	return Query{Base: parts[0], Scope: scope, Filter: parts[3]}, nil
}

// CheckURL tells what is wrong with an LDAP URL that Search would be given; nil when nothing is.
func CheckURL(s string) error {
	_, err := parseURL(s)
	return err
}

// everything is the filter that every entry meets.
const everything = "(objectClass=*)"
