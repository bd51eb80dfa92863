package resource

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"usher/ldapdir"
)

// facility is a resource or a collection as it is to be treated.
type facility struct {
	*ldapdir.Entry
	rules       Rules
	origins     map[string]string // key of a rule: where its value comes from, in words
	owners      []*ldapdir.Entry  // who is asked and told, each once; groups as their members
	collections []*ldapdir.Entry  // that hold it, nearest first
	wrong       []string          // values that cannot be read, each with its place; nothing is accepted without an owner then
	unknown     error             // why only the entry itself is known of it
}

// facility finds out how an entry is to be treated: of each rule the value that stands nearest to it counts.
func (m *module) facility(ctx context.Context, e *ldapdir.Entry) (*facility, error) {
	f := &facility{Entry: e, rules: m.Rules, origins: map[string]string{}}
	var err error
	if f.collections, err = m.directory.Collections(ctx, e); err != nil {
		return nil, fmt.Errorf("which collections hold %s: %w", e.Name, err)
	}
	for _, holder := range append([]*ldapdir.Entry{e}, f.collections...) {
		said, err := m.said(ctx, holder)
		if err != nil {
			return nil, err
		}
		for _, l := range said {
			f.take(l)
		}
	}
	f.rest(m)
	if f.owners, err = m.people(ctx, f.rules.Owner); err != nil {
		return nil, fmt.Errorf("owners of %s: %w", e.Name, err)
	}
	return f, nil
}

// toFree finds out how an entry is to be treated by a cancellation. That frees its calendar whatever its collections say:
// where the directory does not tell, what is cancelled stays there as with keep_cancelled, which no other rule undoes, and
// nothing expires.
func (m *module) toFree(ctx context.Context, e *ldapdir.Entry) (*facility, error) {
	f, err := m.facility(ctx, e)
	if err == nil {
		return f, nil
	}
	f = &facility{Entry: e, rules: m.Rules, unknown: err}
	f.rules.KeepCancelled, f.rules.ExpireDays = true, 0
	return f, nil
}

// treatment is the question that finds out how an entry is to be treated by messages of a method.
func (m *module) treatment(method string) func(context.Context, *ldapdir.Entry) (*facility, error) {
	if method == "CANCEL" {
		return m.toFree
	}
	return m.facility
}

// take adds what a place says about rules that no nearer one speaks of.
func (f *facility) take(l layer) {
	for _, field := range ruleFields {
		values, given := l.values[field.key]
		if !given || f.origins[field.key] != "" {
			continue
		}
		origin := l.origin(field.key)
		if err := field.set(&f.rules, values); err != nil {
			f.wrong = append(f.wrong, fmt.Sprintf("%s: %s: %v", origin, field.key, err))
			continue
		}
		f.origins[field.key] = origin
	}
}

// rest tells where the other rules come from, and hands what cannot be read over to an owner: nobody knows whom it
// was meant to keep out.
func (f *facility) rest(m *module) {
	for _, field := range ruleFields {
		if f.origins[field.key] == "" {
			f.origins[field.key] = m.usual(field)
		}
	}
	if careful := f.rules.Policy.careful(); len(f.wrong) > 0 && !slices.Equal(careful, f.rules.Policy) {
		f.rules.Policy, f.origins["policy"] = careful, "a value cannot be read (else "+f.origins["policy"]+")"
	}
}

// people are the entries behind addresses and names, each once; groups are their members.
func (m *module) people(ctx context.Context, names []string) (all []*ldapdir.Entry, _ error) {
	for _, name := range names {
		e, err := m.named(ctx, name)
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		behind, _, err := m.directory.Expand(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, one := range behind {
			if !slices.ContainsFunc(all, func(have *ldapdir.Entry) bool { return ldapdir.SameDN(have.DN, one.DN) }) {
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// members are the resources of a collection that can be booked, ordered by name: the directory keeps no order.
func (m *module) members(ctx context.Context, collection *ldapdir.Entry, treat func(context.Context, *ldapdir.Entry) (*facility, error)) ([]*facility, error) {
	entries, err := m.directory.Members(ctx, collection)
	if err != nil {
		return nil, fmt.Errorf("members of %s: %w", collection.Name, err)
	}
	slices.SortStableFunc(entries, func(a, b *ldapdir.Entry) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.DN, b.DN)) })
	var all []*facility
	for _, e := range entries {
		if e.Calendar == "" {
			continue
		}
		f, err := treat(ctx, e)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}
