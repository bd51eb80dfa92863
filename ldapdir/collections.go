package ldapdir

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Collections gives the collections an entry belongs to, nearest first: those that name it, those whose search finds
// it, those that hold one of these, and so on; collections as near as each other in the order of their names. Groups
// on the way are followed and not given. Each is there once, whatever circles they form; more than the configured
// number or depth is ErrTooMany. A directory that does not answer is an error, never "none".
func (d *Dir) Collections(ctx context.Context, e *Entry) ([]*Entry, error) {
	c := climb{d: d, seen: map[string]bool{}}
	found, err := c.all(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("collections of %s: %w", e.DN, err)
	}
	return found, nil
}

// climb goes from an entry to what holds it.
type climb struct {
	d     *Dir
	seen  map[string]bool // by canonical name
	count int             // groups come by, again and again included: the work done
}

func (c *climb) all(ctx context.Context, e *Entry) (found []*Entry, _ error) {
	level := []*Entry{e}
	c.new(level)
	for depth := 0; len(level) > 0; depth++ {
		above, err := c.above(ctx, level)
		if err != nil {
			return nil, err
		}
		if level = c.new(above); len(level) > 0 && depth >= c.d.cfg.MaxDepth {
			return nil, fmt.Errorf("%w: nested deeper than %d", ErrTooMany, c.d.cfg.MaxDepth)
		}
		for _, g := range level {
			if g.Kind == Collection {
				found = append(found, g)
			}
		}
	}
	return found, nil
}

// new are the entries not met before, in the order of their names.
func (c *climb) new(entries []*Entry) (fresh []*Entry) {
	for _, e := range entries {
		dn, ok := CanonicalDN(e.DN)
		if ok && !c.seen[dn] {
			c.seen[dn] = true
			fresh = append(fresh, e)
		}
	}
	slices.SortFunc(fresh, func(a, b *Entry) int { return cmp.Compare(Fold(a.DN), Fold(b.DN)) })
	return fresh
}

// above are the groups that hold any of these entries.
func (c *climb) above(ctx context.Context, level []*Entry) (all []*Entry, _ error) {
	for _, e := range level {
		holders, err := c.d.holders(ctx, e)
		if err != nil {
			return nil, err
		}
		if c.count += len(holders); c.count > c.d.cfg.MaxMembers {
			return nil, fmt.Errorf("%w: more than %d groups", ErrTooMany, c.d.cfg.MaxMembers)
		}
		all = append(all, holders...)
	}
	return all, nil
}

// holders are the groups and collections that an entry is a direct member of.
func (d *Dir) holders(ctx context.Context, e *Entry) ([]*Entry, error) {
	dn, ok := CanonicalDN(e.DN)
	if !ok || dn == "" {
		return nil, nil
	}
	p := d.holding(dn)
	bases, err := d.basesFor(ctx, p, e)
	if err != nil {
		return nil, err
	}
	var all []*Entry
	for _, base := range bases {
		found, err := d.namedBy(ctx, p, base, e.DN)
		if err != nil {
			return nil, err
		}
		more, err := d.foundBy(ctx, p, base, e.DN)
		if err != nil {
			return nil, err
		}
		all = append(append(all, found...), more...)
	}
	return slices.DeleteFunc(all, func(g *Entry) bool { return g.Kind != Group && g.Kind != Collection }), nil
}

// basesFor are where groups that may hold an entry are: the bases of its profile, and that of its domain.
func (d *Dir) basesFor(ctx context.Context, p *profile, e *Entry) ([]string, error) {
	all := []string{p.Base}
	for _, base := range p.DomainBases {
		all = append(all, base)
	}
	if p.DomainSearch.Base != "" && e.Mail() != "" {
		dom, at, err := d.placeOf(ctx, e.Mail().Domain())
		if err != nil {
			return nil, err
		}
		if at == p {
			all = append(all, dom.Base)
		}
	}
	return topmost(all), nil
}

// namedBy are the entries that name a member.
func (d *Dir) namedBy(ctx context.Context, p *profile, base, dn string) ([]*Entry, error) {
	if len(p.mapping.Members) == 0 {
		return nil, nil
	}
	canonical, _ := CanonicalDN(dn)
	return d.ask(ctx, p.question(byMember, canonical+" "+base, Query{
		Base: base, Filter: fill(anyOf(p.mapping.Members, nil), dn), Attrs: p.mapping.attrs, Limit: d.cfg.MaxMembers,
	}))
}

// foundBy are the collections below a base whose search finds a member. The directory is asked about each whose search
// reaches as far as the member; a search that cannot be read finds nobody.
func (d *Dir) foundBy(ctx context.Context, p *profile, base, dn string) (all []*Entry, _ error) {
	if len(p.mapping.MemberURLs) == 0 {
		return nil, nil
	}
	dynamic, err := d.ask(ctx, p.question(bySearch, "dynamic "+base, Query{
		Base: base, Filter: present(p.mapping.MemberURLs), Attrs: p.mapping.attrs, Limit: d.cfg.MaxMembers,
	}))
	if err != nil {
		return nil, err
	}
	for _, g := range dynamic {
		if g.Kind != Collection {
			continue
		}
		for _, u := range g.Queries {
			finds, err := d.finds(ctx, p, u, dn)
			if err != nil {
				return nil, err
			}
			if finds {
				all = append(all, g)
				break
			}
		}
	}
	return all, nil
}

// present is the filter for entries that have one of the attributes.
func present(attrs []string) string {
	filter := "(|"
	for _, a := range attrs {
		filter += "(" + a + "=*)"
	}
	return filter + ")"
}

// finds asks whether an LDAP URL finds an entry, by putting its filter to that entry alone.
func (d *Dir) finds(ctx context.Context, p *profile, u, dn string) (bool, error) {
	q, err := parseURL(u)
	if err != nil {
		return false, nil
	}
	canonical, _ := CanonicalDN(dn)
	base, _ := CanonicalDN(q.Base)
	if !reaches(q.Scope, base, canonical) {
		return false, nil
	}
	found, err := d.ask(ctx, p.question(bySearch, "finds "+canonical+" "+q.Filter, Query{
		Base: dn, Scope: Base, Filter: q.Filter, Attrs: p.mapping.attrs, Limit: 1,
	}))
	return len(found) > 0, err
}

// reaches tells whether a search looks at an entry; both names are canonical.
func reaches(s Scope, base, dn string) bool {
	switch s {
	case Base:
		return dn == base
	case One:
		return dn != base && ParentDN(dn) == base
	}
	return Under(dn, strings.TrimSpace(base))
}
