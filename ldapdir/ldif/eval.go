package ldif

import (
	"slices"
	"strings"
)

// truth is of three values (RFC 4511 section 4.5.1.7): Undefined stays so under not.
type truth int8

const (
	isFalse truth = iota
	isUndefined
	isTrue
)

// filter is a compiled filter.
type filter interface {
	eval(r *record) truth
	// candidates gives the records that may match, in order, where an index knows; every other one does not.
	candidates(s *store) (numbers []int32, known bool)
}

type (
	and       []filter
	or        []filter
	not       struct{ filter }
	undefined struct{}
	present   struct{ target }
	ofClass   string
	equality  struct {
		target
		form string
	}
	ordering struct {
		target
		form    string
		atLeast bool
	}
	substring struct {
		target
		initial string
		any     []string
		final   string
	}
)

func (f and) eval(r *record) truth {
	least := isTrue
	for _, part := range f {
		if least = min(least, part.eval(r)); least == isFalse {
			break
		}
	}
	return least
}

func (f or) eval(r *record) truth {
	most := isFalse
	for _, part := range f {
		if most = max(most, part.eval(r)); most == isTrue {
			break
		}
	}
	return most
}

func (f not) eval(r *record) truth { return isTrue - f.filter.eval(r) }

func (undefined) eval(*record) truth { return isUndefined }

func (f present) eval(r *record) truth {
	if !f.known {
		return isUndefined
	}
	for range r.values(f.target) {
		return isTrue
	}
	return isFalse
}

func (f equality) eval(r *record) truth {
	for value := range r.values(f.target) {
		if form, ok := f.syntax.equal(value); ok && form == f.form {
			return isTrue
		}
	}
	return isFalse
}

func (f ordering) eval(r *record) truth {
	for value := range r.values(f.target) {
		form, ok := f.syntax.equal(value)
		if !ok {
			continue
		}
		if c := f.syntax.order(form, f.form); c == 0 || c > 0 == f.atLeast {
			return isTrue
		}
	}
	return isFalse
}

func (f substring) eval(r *record) truth {
	for value := range r.values(f.target) {
		if form, ok := f.syntax.equal(value); ok && f.in(form) {
			return isTrue
		}
	}
	return isFalse
}

func (f substring) in(s string) bool {
	s, ok := strings.CutPrefix(s, f.initial)
	if !ok {
		return false
	}
	for _, part := range f.any {
		if _, s, ok = strings.Cut(s, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(s, f.final)
}

func (f ofClass) eval(r *record) truth {
	for value := range r.values(target{base: "objectclass"}) {
		if isClass(strings.ToLower(value), string(f)) {
			return isTrue
		}
	}
	return isFalse
}

// values walks the values of an attribute and of its subtypes with more options (RFC 4512 section 2.5.2.1).
func (r *record) values(t target) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range r.attrs {
			a := &r.attrs[i]
			if a.base != t.base || !hasOptions(a.options, t.options) {
				continue
			}
			for _, v := range a.values {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func hasOptions(have, want string) bool {
	if want == "" {
		return true
	}
	all := strings.Split(have, ";")
	for _, option := range strings.Split(want, ";") {
		if !slices.Contains(all, option) {
			return false
		}
	}
	return true
}

func (f and) candidates(s *store) (best []int32, known bool) {
	for _, part := range f {
		if c, ok := part.candidates(s); ok && (!known || len(c) < len(best)) {
			best, known = c, true
		}
	}
	return best, known
}

func (f or) candidates(s *store) ([]int32, bool) {
	var all []int32
	for _, part := range f {
		c, ok := part.candidates(s)
		if !ok {
			return nil, false
		}
		all = append(all, c...)
	}
	slices.Sort(all)
	return slices.Compact(all), true
}

func (f equality) candidates(s *store) ([]int32, bool) {
	index, ok := s.indexes[f.base]
	return index[f.form], ok
}

func (not) candidates(*store) ([]int32, bool)       { return nil, false }
func (undefined) candidates(*store) ([]int32, bool) { return nil, true }
func (present) candidates(*store) ([]int32, bool)   { return nil, false }
func (ofClass) candidates(*store) ([]int32, bool)   { return nil, false }
func (ordering) candidates(*store) ([]int32, bool)  { return nil, false }
func (substring) candidates(*store) ([]int32, bool) { return nil, false }
