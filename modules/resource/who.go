package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/itip"
	"usher/ldapdir"
)

// who is somebody in a list of people: everybody, nobody, an address of a person or a group, @domain, or the name (DN)
// of a person or a group.
type who string

const (
	everybody who = "everybody"
	nobody    who = "nobody"
)

// UnmarshalText reads one.
func (w *who) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	wrong := fmt.Errorf("want everybody, nobody, an address, @domain or a name (DN), not %q", text)
	domain, isDomain := strings.CutPrefix(s, "@")
	switch {
	case strings.EqualFold(s, string(everybody)), strings.EqualFold(s, string(nobody)):
		s = strings.ToLower(s)
	case isDomain:
		canonical, err := address.CanonicalDomain(domain)
		if err != nil {
			return wrong
		}
		s = "@" + canonical
	case isName(s):
	default:
		a, err := address.Parse(s)
		if err != nil || a == "" {
			return wrong
		}
		s = string(a)
	}
	*w = who(s)
	return nil
}

// isName tells names (DN) from addresses.
func isName(s string) bool {
	_, ok := ldapdir.CanonicalDN(s)
	return ok && s != "" && strings.Contains(s, "=")
}

// MarshalText is the form UnmarshalText reads.
func (w who) MarshalText() ([]byte, error) { return []byte(w), nil }

// among tells whether somebody is in a list; entry is his, or nil. Groups are followed as far as the directory's
// settings allow; a directory that does not answer is an error.
func (m *module) among(ctx context.Context, list []who, u itip.User, entry *ldapdir.Entry) (bool, error) {
	if slices.Contains(list, everybody) {
		return true, nil
	}
	for _, w := range list {
		if w == nobody {
			continue
		}
		yes, err := m.is(ctx, w, u.Address, entry)
		if yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// is tells whether somebody is, or belongs to, who is named.
func (m *module) is(ctx context.Context, w who, a address.Address, entry *ldapdir.Entry) (bool, error) {
	if domain, ok := strings.CutPrefix(string(w), "@"); ok {
		return a.Domain() == domain, nil
	}
	if string(w) == string(a) || entry != nil && slices.Contains(entry.Addresses, address.Address(w)) {
		return true, nil
	}
	named, err := m.named(ctx, string(w))
	if err != nil || named == nil {
		return false, err
	}
	people, outside, err := m.directory.Expand(ctx, named)
	if err != nil {
		return false, fmt.Errorf("who is in %s: %w", named.DN, err)
	}
	return slices.Contains(outside, a) || entry != nil && slices.ContainsFunc(people, func(e *ldapdir.Entry) bool {
		return ldapdir.SameDN(e.DN, entry.DN)
	}), nil
}

// named is the entry with an address or a name; nil: there is none.
func (m *module) named(ctx context.Context, text string) (e *ldapdir.Entry, err error) {
	if isName(text) {
		if e, _, err = m.directory.ByDN(ctx, text); err != nil {
			return nil, fmt.Errorf("who is %s: %w", text, err)
		}
		return e, nil
	}
	if e, _, err = m.directory.Lookup(ctx, address.Address(text)); err != nil {
		return nil, fmt.Errorf("who is %s: %w", text, err)
	}
	return e, nil
}
