package ldapdir

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"usher/address"
)

// Domain is one of our domains.
type Domain struct {
	Name    string   // the main one, canonical
	Aliases []string // its other names: mail to john@alias is mail to john@name
	Base    string   // below which its entries are
	Relay   bool     // ours, but delivered elsewhere
	Profile string   // the directory that answers for it
	Entry   *Entry   // as found in the directory; nil for a configured domain
}

// configured gives the domains of a profile that need no question, by every name they have.
func (p Profile) configured() map[string]Domain {
	domains := make(map[string]Domain)
	aliases := make(map[string][]string)
	for alias, main := range p.DomainAliases {
		m := canonicalDomain(main)
		aliases[m] = append(aliases[m], canonicalDomain(alias))
	}
	for i, name := range slices.Concat(p.Domains, p.RelayDomains) {
		d := Domain{Name: canonicalDomain(name), Profile: p.Name, Relay: i >= len(p.Domains)}
		d.Aliases = slices.Sorted(slices.Values(aliases[d.Name]))
		d.Base = p.baseOf(d.Name)
		for _, n := range append([]string{d.Name}, d.Aliases...) {
			domains[n] = d
		}
	}
	return domains
}

// canonicalDomain is for domains that Check has seen, and "" for others.
func canonicalDomain(s string) string {
	d, _ := address.CanonicalDomain(s)
	return d
}

func (p Profile) baseOf(domain string) string {
	for name, base := range p.DomainBases {
		if canonicalDomain(name) == domain {
			return base
		}
	}
	return p.Base
}

// Domain tells whether a domain is ours: configured, or found in the directory.
func (d *Dir) Domain(ctx context.Context, domain string) (Domain, bool, error) {
	dom, p, err := d.placeOf(ctx, domain)
	return dom, p != nil, err
}

// placeOf finds a domain and the profile that answers for it; nil when it is not ours. A profile that cannot
// be asked might have known it, so nothing is concluded unless another one does know it.
func (d *Dir) placeOf(ctx context.Context, domain string) (Domain, *profile, error) {
	name := canonicalDomain(domain)
	if name == "" {
		return Domain{}, nil, nil
	}
	for _, p := range d.profiles {
		if dom, ok := p.domains[name]; ok {
			return dom, p, nil
		}
	}
	var failed error
	for _, p := range d.profiles {
		dom, ok, err := d.searchDomain(ctx, p, p.mainOf(name))
		if ok {
			return dom, p, nil
		}
		failed = cmp.Or(failed, err)
	}
	return Domain{}, nil, failed
}

// mainOf follows a configured alias of a domain that is found by search.
func (p Profile) mainOf(domain string) string {
	for alias, main := range p.DomainAliases {
		if canonicalDomain(alias) == domain {
			return canonicalDomain(main)
		}
	}
	return domain
}

func (d *Dir) searchDomain(ctx context.Context, p *profile, name string) (Domain, bool, error) {
	s := p.DomainSearch
	if s.Base == "" {
		return Domain{}, false, nil
	}
	found, err := d.ask(ctx, p.question(byDomain, name, Query{
		Base: s.Base, Filter: fill(s.Filter, name), Limit: maxOwners,
		Attrs: append([]string{"objectClass", s.NameAttr, s.BaseAttr}, s.Extra...),
	}))
	if err != nil || len(found) == 0 {
		return Domain{}, false, err
	}
	return p.found(found[0], name), true, nil
}

// found reads a domain's entry. Its values have no order; the main name is the one the entry is named after,
// as in Kolab, else the first.
func (p *profile) found(e *Entry, asked string) Domain {
	var names []string
	for _, value := range e.Attrs[strings.ToLower(p.DomainSearch.NameAttr)] {
		if n := canonicalDomain(value); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		names = []string{asked}
	}
	dn, _ := CanonicalDN(e.DN)
	rdn, _, _ := strings.Cut(dn, ",")
	main := max(0, slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(rdn, "="+n) }))
	dom := Domain{Name: names[main], Profile: p.Name, Entry: e}
	dom.Aliases = slices.Sorted(slices.Values(slices.Delete(slices.Clone(names), main, main+1)))
	dom.Base = cmp.Or(e.Attr(p.DomainSearch.BaseAttr), p.baseOf(dom.Name))
	return dom
}
