package ldif

import (
	"fmt"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"usher/ldapdir"
)

// compile makes a filter of its text. go-ldap reads it, with no bound on depth, so it is checked before.
func (s *store) compile(text string) (filter, error) {
	if _, err := ldapdir.FilterAttrs(text); err != nil {
		return nil, err
	}
	packet, err := ldap.CompileFilter(text)
	if err != nil {
		return nil, err
	}
	return s.node(packet)
}

func (s *store) node(p *ber.Packet) (filter, error) {
	switch p.Tag {
	case ldap.FilterAnd, ldap.FilterOr, ldap.FilterNot:
		parts := make([]filter, len(p.Children))
		for i, child := range p.Children {
			var err error
			if parts[i], err = s.node(child); err != nil {
				return nil, err
			}
		}
		switch p.Tag {
		case ldap.FilterAnd:
			return and(parts), nil
		case ldap.FilterOr:
			return or(parts), nil
		}
		return not{parts[0]}, nil
	case ldap.FilterPresent:
		t := s.target(p.Data.String())
		return present{t}, nil
	case ldap.FilterSubstrings:
		return s.substrings(p)
	case ldap.FilterEqualityMatch, ldap.FilterApproxMatch, ldap.FilterGreaterOrEqual, ldap.FilterLessOrEqual:
		return s.comparison(p.Tag, s.target(p.Children[0].Data.String()), p.Children[1].Data.String()), nil
	}
	return nil, fmt.Errorf("extensible match is not known here")
}

// target is the attribute a filter looks at.
type target struct {
	base, options string
	syntax        syntax
	known         bool
}

func (s *store) target(name string) target {
	a := described(name)
	return target{a.base, a.options, syntaxOf(a.base), s.known[a.base]}
}

func (s *store) comparison(tag ber.Tag, t target, asserted string) filter {
	syntax := t.syntax
	if !t.known || syntax.equal == nil || syntax.ascii && !isASCII(asserted) {
		return undefined{}
	}
	form, ok := syntax.equal(asserted)
	ordered := tag == ldap.FilterGreaterOrEqual || tag == ldap.FilterLessOrEqual
	if !ok || ordered && syntax.order == nil {
		return undefined{}
	}
	switch {
	case t.base == "objectclass":
		if !s.classes[form] {
			return undefined{}
		}
		return ofClass(form)
	case ordered:
		return ordering{t, form, tag == ldap.FilterGreaterOrEqual}
	}
	return equality{t, form}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// substrings reads initial*any*any*final.
func (s *store) substrings(p *ber.Packet) (filter, error) {
	t := s.target(p.Children[0].Data.String())
	parts := p.Children[1].Children
	if len(parts) == 0 {
		return nil, fmt.Errorf("substrings without any")
	}
	sub := substring{target: t}
	for _, part := range parts {
		value := part.Data.String()
		if t.syntax.ascii && !isASCII(value) {
			return undefined{}, nil
		}
		switch part.Tag {
		case ldap.FilterSubstringsInitial:
			sub.initial = t.syntax.piece(value, true, false)
		case ldap.FilterSubstringsAny:
			sub.any = append(sub.any, t.syntax.piece(value, false, false))
		case ldap.FilterSubstringsFinal:
			sub.final = t.syntax.piece(value, false, true)
		}
	}
	if !t.known || !t.syntax.part {
		return undefined{}, nil
	}
	return sub, nil
}

// piece brings a part of a value into the form of whole values, keeping a space at an end that is not the value's.
func (s syntax) piece(value string, first, last bool) string {
	if s.equal == nil {
		return value
	}
	form, _ := s.equal("x" + value + "x")
	form = strings.TrimSuffix(strings.TrimPrefix(form, "x"), "x")
	if first {
		form = strings.TrimLeft(form, " ")
	}
	if last {
		form = strings.TrimRight(form, " ")
	}
	return form
}
