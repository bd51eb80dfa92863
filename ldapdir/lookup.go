package ldapdir

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
)

// maxOwners bounds the entries that may share one address or login.
const maxOwners = 50

// Match is who owns an address, and how that was found.
type Match struct {
	Owners  []*Entry        // all entries that carry the address, those whose primary one it is first; one at least
	Address address.Address // the address they carry: without tag, in the main domain
	Tagged  bool            // a tag was cut off
}

// Entry is the owner who counts when one is asked for.
func (m Match) Entry() *Entry {
	if len(m.Owners) == 0 {
		return nil
	}
	return m.Owners[0]
}

// Lookup gives the entry that owns an address. Addresses in domains that are not ours have none, and nobody
// is asked.
func (d *Dir) Lookup(ctx context.Context, addr address.Address) (*Entry, bool, error) {
	m, ok, err := d.Resolve(ctx, addr)
	return m.Entry(), ok, err
}

// Resolve is Lookup with everything that was found on the way. The address as it is comes first, then the same
// local part in the main domain of an alias, then both without a tag.
func (d *Dir) Resolve(ctx context.Context, addr address.Address) (Match, bool, error) {
	dom, p, err := d.placeOf(ctx, addr.Domain())
	if p == nil || err != nil {
		return Match{}, false, err
	}
	exact := inDomains(addr, dom)
	untagged, tagged := addr.Untagged(d.cfg.RecipientDelimiter)
	if tagged {
		exact = append(exact, inDomains(untagged, dom)...)
	}
	for i, a := range exact {
		owners, err := d.owners(ctx, p, dom, a)
		if err != nil {
			return Match{}, false, fmt.Errorf("look up %s: %w", a, err)
		}
		if len(owners) > 0 {
			return Match{Owners: owners, Address: a, Tagged: tagged && i >= len(exact)/2}, true, nil
		}
	}
	return Match{}, false, nil
}

// inDomains is an address as it is and in the main domain.
func inDomains(a address.Address, dom Domain) []address.Address {
	if a.Domain() == dom.Name {
		return []address.Address{a}
	}
	return []address.Address{a, address.Address(a.Local() + "@" + dom.Name)}
}

func (d *Dir) owners(ctx context.Context, p *profile, dom Domain, a address.Address) ([]*Entry, error) {
	// The base belongs to the key: a domain may move.
	owners, err := d.ask(ctx, p.question(byAddress, string(a)+" "+dom.Base, Query{
		Base: dom.Base, Filter: fill(p.mapping.AddressFilter, string(a)), Attrs: p.mapping.attrs, Limit: maxOwners,
	}))
	if len(owners) < 2 {
		return owners, err
	}
	return slices.SortedFunc(slices.Values(owners), func(x, y *Entry) int {
		if (x.Mail() == a) != (y.Mail() == a) {
			return map[bool]int{true: -1, false: 1}[x.Mail() == a]
		}
		return cmp.Compare(x.DN, y.DN)
	}), err
}

// Login gives the entry of somebody who logged in as user: the full login first, then without a realm of
// strip_realms. Letter case does not matter. A login that several entries claim is ErrAmbiguous.
func (d *Dir) Login(ctx context.Context, user string) (*Entry, bool, error) {
	if e, ok, err := d.loginAs(ctx, user); ok || err != nil {
		return e, ok, err
	}
	at := strings.LastIndexByte(user, '@')
	if at < 1 || !slices.ContainsFunc(d.cfg.StripRealms, func(r string) bool {
		return strings.EqualFold(strings.TrimPrefix(r, "@"), user[at+1:])
	}) {
		return nil, false, nil
	}
	return d.loginAs(ctx, user[:at])
}

func (d *Dir) loginAs(ctx context.Context, user string) (*Entry, bool, error) {
	user = Fold(user)
	if user == "" || len(user) > address.MaxLength {
		return nil, false, nil
	}
	for _, p := range d.byRealm(user) {
		if len(p.mapping.Logins) == 0 {
			continue
		}
		found, err := d.ask(ctx, p.question(byLogin, user, Query{
			Base: p.Base, Filter: fill(p.mapping.LoginFilter, user), Attrs: p.mapping.attrs, Limit: maxOwners,
		}))
		if err != nil {
			return nil, false, fmt.Errorf("look up login: %w", err)
		}
		if len(found) > 0 {
			return p.mapping.loggedIn(found, user)
		}
	}
	return nil, false, nil
}

// byRealm gives the profiles, the one whose domain is the login's realm first.
func (d *Dir) byRealm(user string) []*profile {
	realm := canonicalDomain(user[strings.LastIndexByte(user, '@')+1:])
	first := slices.IndexFunc(d.profiles, func(p *profile) bool { _, ok := p.domains[realm]; return ok })
	if first < 1 {
		return d.profiles
	}
	return slices.Concat(d.profiles[first:first+1], d.profiles[:first], d.profiles[first+1:])
}

// loggedIn chooses among entries by the order of the login attributes.
func (m *mapping) loggedIn(found []*Entry, user string) (*Entry, bool, error) {
	for _, attr := range m.Logins {
		var have []*Entry
		for _, e := range found {
			if slices.ContainsFunc(e.Attrs[strings.ToLower(attr)], func(v string) bool { return Fold(v) == user }) {
				have = append(have, e)
			}
		}
		if len(have) == 1 {
			return have[0], true, nil
		}
		if len(have) > 1 {
			return nil, false, fmt.Errorf("%w: %s and %s by %s", ErrAmbiguous, have[0].DN, have[1].DN, attr)
		}
	}
	if len(found) > 1 {
		return nil, false, fmt.Errorf("%w: %s and %s", ErrAmbiguous, found[0].DN, found[1].DN)
	}
	return found[0], true, nil // found by a filter that asks for something else
}

// ByDN gives the entry of a name. What is not a name has none.
func (d *Dir) ByDN(ctx context.Context, dn string) (*Entry, bool, error) {
	canonical, ok := CanonicalDN(dn)
	if !ok || canonical == "" {
		return nil, false, nil
	}
	p := d.holding(canonical)
	found, err := d.ask(ctx, p.question(byDN, canonical, Query{
		Base: dn, Scope: Base, Filter: everything, Attrs: p.mapping.attrs, Limit: 1,
	}))
	if err != nil {
		return nil, false, fmt.Errorf("look up %s: %w", dn, err)
	}
	if len(found) == 0 {
		return nil, false, nil
	}
	return found[0], true, nil
}

// SchemaOf tells how attributes are called where an entry is kept.
func (d *Dir) SchemaOf(e *Entry) Schema {
	canonical, _ := CanonicalDN(e.DN)
	return d.holding(canonical).mapping.Schema
}

// holding is the profile below whose base a canonical name lies, the deepest such base; else the first.
func (d *Dir) holding(dn string) *profile {
	best, depth := d.profiles[0], -1
	for _, p := range d.profiles {
		bases := []string{p.base}
		for _, base := range p.DomainBases {
			canonical, _ := CanonicalDN(base)
			bases = append(bases, canonical)
		}
		for _, base := range bases {
			if Under(dn, base) && len(base) > depth {
				best, depth = p, len(base)
			}
		}
	}
	return best
}
