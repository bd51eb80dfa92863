package scan

import (
	"slices"
	"sync/atomic"
)

const (
	blockSize = 128 << 10 // of the buffer
	context   = 64        // bytes kept before the first place where a match may still begin
	effort    = 256       // steps for each byte of a block which a rule may take to decide its matches
)

// A Scanner looks for the patterns of a set in a text that comes in pieces. What it finds does not depend on the pieces.
// It is for one goroutine.
type Scanner struct {
	set    *Set
	limits Limits
	buf    []byte
	base   int64 // where the buffer begins in the text
	clean  int   // so much of the buffer is made valid and read by the unions
	total  int64
	unions []reader
	rules  []seeker
	starts marks // of the rule that is looked at
	result Result
	steps  int64 // what has been done, for tests
}

// reader is a scanner's place in a union.
type reader struct {
	walker *walker
	at     move
}

// seeker is what a scanner knows of one rule.
type seeker struct {
	ends        marks // where matches may end
	any         bool  // there are ends
	back, exact *walker
	next        int64 // matches begin here or later
	hits        int
	off         bool
}

// NewScanner begins a text.
func (s *Set) NewScanner(l Limits) *Scanner {
	sc := &Scanner{set: s, limits: l.orDefault(), rules: make([]seeker, len(s.rules))}
	for _, u := range s.unions {
		w := newWalker(u.automaton(), &sc.steps)
		sc.unions = append(sc.unions, reader{w, w.start(edge)})
	}
	return sc
}

// Write reads on. It takes everything and never fails; what is beyond the limit of bytes is told in the end.
func (sc *Scanner) Write(p []byte) (int, error) {
	n := len(p)
	if room := sc.limits.Bytes - sc.total; int64(n) > room {
		p = p[:room]
		sc.tellOnce(Overrun{-1, ByteLimit, sc.limits.Bytes})
	}
	sc.total += int64(len(p))
	for len(p) > 0 {
		k := min(blockSize-len(sc.buf), len(p))
		sc.buf = append(sc.buf, p[:k]...)
		p = p[k:]
		sc.read(false)
		if len(sc.buf) == blockSize {
			sc.decide(sc.clean, (sc.clean-Span-1)&^63, false)
			sc.slide((sc.clean-Span-1)&^63 - context)
		}
	}
	return n, nil
}

// Finish ends the text and gives what was found in it.
func (sc *Scanner) Finish() Result {
	sc.read(true)
	for i := range sc.unions {
		u := &sc.unions[i]
		if m := u.walker.next(u.at, u.walker.on.edge()); m&found != 0 {
			sc.end(u.walker.ended(m), sc.clean)
		}
		sc.set.unions[i].since.Add(sc.total)
	}
	sc.decide(sc.clean, sc.clean, true)
	sc.result.sort()
	return sc.result
}

// read lets the unions read what is new and whole in the buffer.
func (sc *Scanner) read(last bool) {
	from := sc.clean
	sc.clean += clean(sc.buf[from:], last)
	for i := range sc.unions {
		sc.union(&sc.unions[i], from)
	}
}

// union notes where matches may end. Nearly all time is spent here.
func (sc *Scanner) union(u *reader, from int) {
	text := sc.buf[:sc.clean]
	w, at := u.walker, u.at&row
	classes, moves := &w.on.classes, w.t.moves
	sc.steps += int64(len(text) - from)
	for i := from; i < len(text); i++ {
		c := int(classes[text[i]])
		m := move(atomic.LoadUint32(&moves[int(at)+c]))
		if m-1 >= row {
			if m == 0 {
				m = w.learn(at, c)
				moves = w.t.moves
			}
			if m&found != 0 {
				sc.end(w.ended(m), i)
			}
		}
		at = m & row
	}
	u.at = at
}

func (sc *Scanner) end(patterns []int32, at int) {
	for _, p := range patterns {
		r := &sc.rules[p]
		if r.ends == nil {
			r.ends = make(marks, blockSize/64+1)
		}
		r.ends.set(at)
		r.any = true
	}
}

// decide finds the matches that begin before limit in a buffer with text up to size.
func (sc *Scanner) decide(size, limit int, last bool) {
	for i := range sc.rules {
		r := &sc.rules[i]
		if r.any && !r.off {
			sc.decideRule(i, block{sc.buf[:size], limit, last})
		}
	}
}

// slide forgets the first n bytes.
func (sc *Scanner) slide(n int) {
	sc.buf = sc.buf[:copy(sc.buf, sc.buf[n:])]
	sc.clean -= n
	sc.base += int64(n)
	for i := range sc.rules {
		if r := &sc.rules[i]; r.any {
			r.ends.drop(n)
			r.any = r.ends.above(0) >= 0
		}
	}
}

// tellOnce notes a limit unless it is noted for this pattern.
func (sc *Scanner) tellOnce(o Overrun) {
	same := func(p Overrun) bool { return p.Pattern == o.Pattern && p.Limit == o.Limit }
	if !slices.ContainsFunc(sc.result.Overruns, same) {
		sc.result.Overruns = append(sc.result.Overruns, o)
	}
}
