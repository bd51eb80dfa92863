package ldapdir

import (
	"context"
	"fmt"
	"slices"
)

// Walk visits every entry below the bases of all profiles, past the cache: each once, the deleted left out. Backends
// fetch page by page; more than limit entries below one base are ErrTooMany. The error of a visit ends the walk.
func (d *Dir) Walk(ctx context.Context, limit int, visit func(*Entry) error) error {
	for _, p := range d.profiles {
		bases, err := p.bases(ctx, limit)
		if err != nil {
			return err
		}
		for _, base := range bases {
			if err := p.walk(ctx, base, limit, d, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *profile) walk(ctx context.Context, base string, limit int, d *Dir, visit func(*Entry) error) error {
	raws, err := p.ask(ctx, Query{Base: base, Filter: everything, Attrs: p.mapping.attrs, Limit: limit})
	if err != nil {
		return fmt.Errorf("directory %s: %w", p.Name, err)
	}
	now := d.clock()
	for i, raw := range raws {
		raws[i] = Raw{} // mapped ones are copies, and there may be many
		if e := p.mapping.entry(raw, now); e != nil {
			if err := visit(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// bases are where the entries of a profile are: its own and those of its domains, none below another.
func (p *profile) bases(ctx context.Context, limit int) ([]string, error) {
	all := []string{p.Base}
	for _, base := range p.DomainBases {
		all = append(all, base)
	}
	if s := p.DomainSearch; s.Base != "" {
		found, err := p.ask(ctx, Query{Base: s.Base, Filter: "(" + s.BaseAttr + "=*)", Attrs: []string{s.BaseAttr}, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("directory %s: its domains: %w", p.Name, err)
		}
		for _, raw := range found {
			for _, values := range raw.Attrs {
				all = append(all, values...)
			}
		}
	}
	return topmost(all), nil
}

// topmost are the names that lie below no other one, in order.
func topmost(names []string) []string {
	var canonical []string
	for _, n := range names {
		if dn, ok := CanonicalDN(n); ok {
			canonical = append(canonical, dn)
		}
	}
	slices.Sort(canonical)
	canonical = slices.Compact(canonical)
	return slices.DeleteFunc(slices.Clone(canonical), func(dn string) bool {
		return slices.ContainsFunc(canonical, func(other string) bool { return other != dn && Under(dn, other) })
	})
}
