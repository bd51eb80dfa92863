package scan

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"sync/atomic"
	"unicode/utf8"
)

// A Set is patterns made ready to be looked for, by any number of scanners at once.
type Set struct {
	unions []union
	rules  []rule
}

// union tells where matches of some patterns end.
type union struct {
	program *program
	cur     *atomic.Pointer[automaton]
	since   *atomic.Int64 // bytes read with cur
}

// rule is what one pattern needs of its own.
type rule struct {
	back, exact *automaton
	longest     int // bytes of a match, or endless
}

const (
	unionEntries = 4 << 20 // of the table all scanners share
	ruleEntries  = 1 << 18 // of each of a rule's tables
	groupSize    = 256     // patterns in one union
	renewAfter   = 256 << 20
	endless      = -1
)

// Compile makes patterns ready. Its error names every pattern that is wrong, by index.
func Compile(patterns []Pattern) (*Set, error) {
	s := &Set{rules: make([]rule, len(patterns))}
	var errs []error
	for from := 0; from < len(patterns); from += groupSize {
		u := newBuilder(&program{anywhere: true})
		for i := from; i < min(from+groupSize, len(patterns)); i++ {
			if err := s.add(u, i, patterns[i]); err != nil {
				errs = append(errs, fmt.Errorf("pattern %d: %w", i, err))
			}
		}
		u.finish()
		s.unions = append(s.unions, union{u.program, new(atomic.Pointer[automaton]), new(atomic.Int64)})
		s.unions[len(s.unions)-1].cur.Store(newAutomaton(u.program, unionEntries))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

func (s *Set) add(u *builder, i int, p Pattern) error {
	re, err := syntax.Parse(p.Expr, syntax.Perl)
	if err != nil {
		return err
	}
	if shortest(re) == 0 {
		return errors.New("may match the empty text; let it need at least one character")
	}
	s.rules[i].longest = longest(re)
	if s.rules[i].back, err = own(i, re, &program{back: true}, p.UnicodeWords); err != nil {
		return err
	}
	if s.rules[i].exact, err = own(i, re, &program{exact: true}, p.UnicodeWords); err != nil {
		return err
	}
	return u.pattern(i, withoutLead(re), p.UnicodeWords)
}

func own(i int, re *syntax.Regexp, p *program, unicode bool) (*automaton, error) {
	if err := newBuilder(p).pattern(i, re, unicode); err != nil {
		return nil, err
	}
	p.finish()
	return newAutomaton(p, ruleEntries), nil
}

// automaton is the shared one. A full table may be full of what a single odd text needed: now and then a new one is begun.
func (u union) automaton() *automaton {
	a := u.cur.Load()
	if a.full.Load() && u.since.Load() > renewAfter {
		u.since.Store(0)
		u.cur.CompareAndSwap(a, newAutomaton(u.program, unionEntries))
	}
	return u.cur.Load()
}

// shortest is the number of characters a match has at least, 0 where in doubt.
func shortest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return min(re.Min*shortest(re.Sub[0]), Span)
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n = min(n+shortest(sub), Span)
		}
		return n
	case syntax.OpAlternate:
		n := Span
		for _, sub := range re.Sub {
			n = min(n, shortest(sub))
		}
		return n
	}
	return 0
}

// longest is the number of bytes a match has at most, or endless.
func longest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return utf8.UTFMax * len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax
	case syntax.OpStar, syntax.OpPlus:
		return endless
	case syntax.OpRepeat:
		if n := longest(re.Sub[0]); n != endless && re.Max >= 0 {
			return n * re.Max
		}
		return endless
	}
	sum := 0
	for _, sub := range re.Sub {
		n := longest(sub)
		if n == endless {
			return endless
		}
		if re.Op == syntax.OpAlternate {
			sum = max(sum, n)
		} else {
			sum += n
		}
	}
	return sum
}

// withoutLead leaves out what a match may begin with but need not: its end is the same.
func withoutLead(re *syntax.Regexp) *syntax.Regexp {
	empty := &syntax.Regexp{Op: syntax.OpEmptyMatch}
	lead := *re
	switch re.Op {
	case syntax.OpStar, syntax.OpQuest:
		return empty
	case syntax.OpPlus, syntax.OpCapture:
		return withoutLead(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return empty
		}
		lead.Max = lead.Min
	case syntax.OpAlternate:
		lead.Sub = nil
		for _, sub := range re.Sub {
			lead.Sub = append(lead.Sub, withoutLead(sub))
		}
	case syntax.OpConcat:
		if len(re.Sub) == 0 {
			return empty
		}
		first := withoutLead(re.Sub[0])
		lead.Sub = append([]*syntax.Regexp{first}, re.Sub[1:]...)
		if first.Op == syntax.OpEmptyMatch {
			lead.Sub = re.Sub[1:]
			return withoutLead(&lead)
		}
	}
	return &lead
}
