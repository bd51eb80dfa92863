package ldapdir

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"usher/address"
)

// parallel is how many members are asked for at once.
const parallel = 4

// Expand gives the people, resources, collections and folders behind a group or a forward, each once and in the
// order they are written, and the addresses nobody of ours owns. Groups in groups are followed and cycles cut;
// more than the configured number or depth is ErrTooMany. Members that do not exist or have no address are left
// out. Anything but a group or a forward is behind itself.
func (d *Dir) Expand(ctx context.Context, e *Entry) ([]*Entry, []address.Address, error) {
	w := d.walker(func(k Kind) bool { return k == Group || k == Forward })
	if err := w.visit(ctx, e, 0); err != nil {
		return nil, nil, err
	}
	return w.found, w.outside, nil
}

// Behind is Expand for an address: it gives who is behind any of its owners. Where it has none, it is an address nobody
// of ours owns.
func (d *Dir) Behind(ctx context.Context, addr address.Address) ([]*Entry, []address.Address, error) {
	w := d.walker(func(k Kind) bool { return k == Group || k == Forward })
	if err := w.forward(ctx, addr, 0); err != nil {
		return nil, nil, err
	}
	return w.found, w.outside, nil
}

// Members gives the resources of a collection, nested and dynamic ones included, bounded as Expand.
func (d *Dir) Members(ctx context.Context, collection *Entry) ([]*Entry, error) {
	w := d.walker(func(k Kind) bool { return k == Group || k == Collection })
	if err := w.visit(ctx, collection, 0); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(w.found, func(e *Entry) bool { return e.Kind != Resource }), nil
}

// walker walks from groups to what is behind them.
type walker struct {
	d       *Dir
	opens   func(Kind) bool
	seen    map[string]bool // by canonical name
	count   int             // members come by, again and again included: the work done
	found   []*Entry
	outside []address.Address
}

func (d *Dir) walker(opens func(Kind) bool) *walker {
	return &walker{d: d, opens: opens, seen: make(map[string]bool)}
}

func (w *walker) visit(ctx context.Context, e *Entry, depth int) error {
	dn, ok := CanonicalDN(e.DN)
	if !ok {
		dn = e.DN
	}
	if w.seen[dn] {
		return nil
	}
	w.seen[dn] = true
	if !w.opens(e.Kind) {
		if e.Mail() != "" {
			w.found = append(w.found, e)
		}
		return nil
	}
	if depth >= w.d.cfg.MaxDepth {
		return fmt.Errorf("expand %s: %w: nested deeper than %d", e.DN, ErrTooMany, w.d.cfg.MaxDepth)
	}
	return w.open(ctx, e, depth)
}

// open visits the members of a group: those written, those searched for, those that are only addresses.
func (w *walker) open(ctx context.Context, e *Entry, depth int) error {
	members, err := w.members(ctx, e)
	if err != nil {
		return fmt.Errorf("expand %s: %w", e.DN, err)
	}
	for _, m := range members {
		if err := w.visit(ctx, m, depth+1); err != nil {
			return err
		}
	}
	for _, a := range e.Forwards {
		if err := w.forward(ctx, a, depth+1); err != nil {
			return fmt.Errorf("expand %s: %w", e.DN, err)
		}
	}
	return nil
}

func (w *walker) members(ctx context.Context, e *Entry) ([]*Entry, error) {
	if err := w.add(len(e.Members) + len(e.Forwards)); err != nil {
		return nil, err
	}
	members, err := w.d.ByDNs(ctx, e.Members)
	if err != nil {
		return nil, err
	}
	for _, u := range e.Queries {
		more, err := w.d.Search(ctx, u)
		if err != nil {
			return nil, err
		}
		if err := w.add(len(more)); err != nil {
			return nil, err
		}
		members = append(members, more...)
	}
	return members, nil
}

// add counts members before they are asked for.
func (w *walker) add(n int) error {
	if w.count += n; w.count > w.d.cfg.MaxMembers {
		return fmt.Errorf("%w: more than %d members", ErrTooMany, w.d.cfg.MaxMembers)
	}
	return nil
}

func (w *walker) forward(ctx context.Context, a address.Address, depth int) error {
	m, ok, err := w.d.Resolve(ctx, a)
	if err != nil {
		return err
	}
	if !ok {
		if !slices.Contains(w.outside, a) {
			w.outside = append(w.outside, a)
		}
		return nil
	}
	for _, owner := range m.Owners {
		if err := w.visit(ctx, owner, depth); err != nil {
			return err
		}
	}
	return nil
}

// ByDNs asks for several entries at once and keeps their order; names without an entry are left out.
func (d *Dir) ByDNs(ctx context.Context, dns []string) ([]*Entry, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	entries := make([]*Entry, len(dns))
	var wg sync.WaitGroup
	turns := make(chan struct{}, parallel)
	for i, dn := range dns {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-turns }()
			e, _, err := d.ByDN(ctx, dn)
			if err != nil {
				cancel(err)
			}
			entries[i] = e
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e *Entry) bool { return e == nil }), nil
}

// Search gives the entries that an LDAP URL finds (ldap:///base?attributes?scope?filter), such as the dynamic
// members of a group. More than the configured number of members is ErrTooMany.
func (d *Dir) Search(ctx context.Context, u string) ([]*Entry, error) {
	q, err := parseURL(u)
	if err != nil {
		return nil, err
	}
	base, _ := CanonicalDN(q.Base)
	p := d.holding(base)
	q.Attrs, q.Limit = p.mapping.attrs, d.cfg.MaxMembers
	found, err := d.ask(ctx, p.question(bySearch, u, q))
	return slices.Clone(found), err
}
