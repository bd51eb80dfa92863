package ldapdir

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxNames bounds by how many names somebody is asked for as a delegate: who has more is not found by the others.
const maxNames = 50

// Delegators gives the entries that name another one as their delegate, by its name, a login or an address, ordered by
// their names. Each server is asked one question, and only where the entry is kept; more than the configured number of
// members is ErrTooMany. A directory that does not answer is an error, never "none".
func (d *Dir) Delegators(ctx context.Context, e *Entry) ([]*Entry, error) {
	found, err := d.delegators(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("who names %s as delegate: %w", e.DN, err)
	}
	slices.SortFunc(found, func(a, b *Entry) int { return cmp.Compare(Fold(a.DN), Fold(b.DN)) })
	return slices.CompactFunc(found, func(a, b *Entry) bool { return SameDN(a.DN, b.DN) }), nil
}

func (d *Dir) delegators(ctx context.Context, e *Entry) (all []*Entry, _ error) {
	dn, ok := CanonicalDN(e.DN)
	p := d.holding(dn)
	if !ok || dn == "" || len(p.mapping.Delegates) == 0 {
		return nil, nil
	}
	bases, err := d.basesFor(ctx, p, e)
	if err != nil {
		return nil, err
	}
	for _, base := range bases {
		found, err := d.ask(ctx, p.question(byDelegate, dn+" "+base, Query{
			Base: base, Filter: p.mapping.delegateFilter(e), Attrs: p.mapping.attrs, Limit: d.cfg.MaxMembers,
		}))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return slices.DeleteFunc(all, func(o *Entry) bool { return SameDN(o.DN, e.DN) }), nil
}

// delegateFilter is for entries that name somebody under any of his names.
func (m *mapping) delegateFilter(e *Entry) string {
	names := append([]string{e.DN}, e.Logins...)
	for _, a := range e.Addresses {
		names = append(names, a.String())
	}
	var b strings.Builder
	for _, name := range names[:min(len(names), maxNames)] {
		b.WriteString(fill(anyOf(m.Delegates, nil), name))
	}
	return "(|" + b.String() + ")"
}
