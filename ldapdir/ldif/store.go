package ldif

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/ldapdir"
)

// hints are what a profile says about the questions to come.
type hints struct {
	indexed []string // attributes to index
	known   []string // attributes that exist even if no entry has one
}

func hintsOf(p ldapdir.Profile) hints {
	h := hints{
		indexed: slices.Concat(p.Schema.Addresses, p.Schema.Logins, p.Schema.Members, []string{p.DomainSearch.NameAttr}),
		known:   slices.Concat(p.Schema.Attrs(), []string{p.DomainSearch.NameAttr, p.DomainSearch.BaseAttr}, p.DomainSearch.Extra),
	}
	for _, filter := range []string{p.Schema.AddressFilter, p.Schema.LoginFilter, p.DomainSearch.Filter} {
		attrs, _ := ldapdir.FilterAttrs(filter)
		h.known = append(h.known, attrs...)
	}
	return h
}

// store is the content of a file, never changed after it was made.
type store struct {
	records []*record // in the order of the file
	byName  map[string]int32
	indexes map[string]map[string][]int32 // attribute, form of the value
	known   map[string]bool               // attributes; filters about others are Undefined, as without a schema
	classes map[string]bool
}

func newStore(records []*record, h hints) *store {
	s := &store{
		records: records, byName: make(map[string]int32, len(records)),
		indexes: make(map[string]map[string][]int32), known: make(map[string]bool), classes: make(map[string]bool),
	}
	for attr := range syntaxes {
		s.known[attr] = true
	}
	for c := range superclasses {
		s.classes[c] = true
	}
	for _, attr := range h.known {
		s.known[ldapdir.CanonicalAttr(attr)] = true
	}
	for _, attr := range h.indexed {
		attr = ldapdir.CanonicalAttr(attr)
		if syntaxOf(attr).equal != nil && attr != "objectclass" {
			s.indexes[attr] = make(map[string][]int32)
		}
	}
	for i, r := range records {
		s.add(int32(i), r)
	}
	return s
}

func (s *store) add(number int32, r *record) {
	s.byName[r.name] = number
	for _, a := range r.attrs {
		s.known[a.base] = true
		index := s.indexes[a.base]
		for _, v := range a.values {
			if a.base == "objectclass" {
				s.classes[strings.ToLower(v)] = true
			}
			if index == nil {
				continue
			}
			form, ok := syntaxOf(a.base).equal(v)
			if at := index[form]; ok && (len(at) == 0 || at[len(at)-1] != number) {
				index[form] = append(at, number)
			}
		}
	}
}

func (s *store) search(ctx context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	f, err := s.compile(q.Filter)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ldapdir.ErrRefused, err)
	}
	base, ok := ldapdir.CanonicalDN(q.Base)
	if !ok && q.Scope == ldapdir.Base {
		return nil, nil
	}
	if !ok {
		return nil, fmt.Errorf("%w: base %q is not a name", ldapdir.ErrRefused, q.Base)
	}
	var found []ldapdir.Raw
	anything := false
	for r := range s.below(f, base, q.Scope, &anything) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if f.eval(r) != isTrue {
			continue
		}
		if q.Limit > 0 && len(found) == q.Limit {
			return nil, fmt.Errorf("%w: more than %d match", ldapdir.ErrTooMany, q.Limit)
		}
		found = append(found, r.raw(q.Attrs))
	}
	if len(found) == 0 && q.Scope != ldapdir.Base && !anything && !s.holds(base) {
		return nil, fmt.Errorf("%w: nothing lies below base %s", ldapdir.ErrRefused, q.Base)
	}
	return found, nil
}

// below walks the records in scope that may match, and notes whether there were any.
func (s *store) below(f filter, base string, scope ldapdir.Scope, anything *bool) func(yield func(*record) bool) {
	return func(yield func(*record) bool) {
		if scope == ldapdir.Base {
			if number, ok := s.byName[base]; ok {
				yield(s.records[number])
			}
			return
		}
		each := func(r *record) bool {
			inside := ldapdir.Under(r.name, base) && (scope == ldapdir.Sub || ldapdir.ParentDN(r.name) == base && r.name != base)
			*anything = *anything || inside
			return !inside || yield(r)
		}
		if numbers, known := f.candidates(s); known {
			for _, n := range numbers {
				if !each(s.records[n]) {
					return
				}
			}
			return
		}
		for _, r := range s.records {
			if !each(r) {
				return
			}
		}
	}
}

// holds tells whether a base is there, or anything below it: files often leave out the entries at the top.
func (s *store) holds(base string) bool {
	if _, ok := s.byName[base]; ok || base == "" {
		return true
	}
	return slices.ContainsFunc(s.records, func(r *record) bool { return ldapdir.Under(r.name, base) })
}

// raw gives the attributes asked for, with their subtypes.
func (r *record) raw(attrs []string) ldapdir.Raw {
	out := ldapdir.Raw{DN: r.dn, Attrs: make(map[string][]string, len(r.attrs))}
	for _, a := range r.attrs {
		if len(attrs) == 0 || slices.ContainsFunc(attrs, a.asked) {
			out.Attrs[a.spelled] = a.values
		}
	}
	return out
}

func (a attribute) asked(name string) bool {
	want := described(name)
	return name == "*" || a.base == want.base && hasOptions(a.options, want.options)
}
