package scan

import (
	"encoding/binary"
	"errors"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// What an instruction of a program does.
type kind uint8

const (
	reads kind = iota // a byte of a set, then out[0]
	forks             // to each of out
	looks             // goes to out[0] where the place is right
	ends              // the pattern has matched
)

// inst is an instruction of a program.
type inst struct {
	kind kind
	arg  int32 // reads: the set; looks: the place; ends: the pattern
	out  []int32
}

// invalid stands in the buffer for a byte that is no UTF-8.
const invalid = 0xff

const (
	maxInsts = 20_000 // of one pattern
	fewTimes = 8      // a repeat with more choice than that counts as unbounded in a rough program
	manyMin  = 32     // and so does one with a bigger minimum
)

var errTooLarge = errors.New("too large when its repeats are written out; shorten them or make them unbounded")

type byteSet [4]uint64

func (s *byteSet) add(lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		s[b>>6] |= 1 << (b & 63)
	}
}

func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

// program is a nondeterministic automaton over bytes.
type program struct {
	insts  []inst
	sets   []byteSet
	starts []int32
	places place // all that its instructions look at

	anywhere bool // a match may start at every byte
	back     bool // reads the text from its end; matches are let in at any place
	exact    bool // repeats are counted, and Unicode words are told by the caller

	classes [256]uint8
	reps    []byte // one byte of each class
	stride  int
}

// builder writes a program from its end to its beginning.
type builder struct {
	*program
	unicode bool
	setIDs  map[byteSet]int32
	shared  map[[2]int32]int32 // a set and what follows → the instruction
	bound   int
}

func newBuilder(p *program) *builder {
	return &builder{program: p, setIDs: map[byteSet]int32{}, shared: map[[2]int32]int32{}}
}

// pattern adds an expression to the program.
func (b *builder) pattern(index int, re *syntax.Regexp, unicode bool) error {
	b.unicode = unicode
	b.bound = len(b.insts) + maxInsts
	start := b.expr(re, b.emit(ends, int32(index)))
	b.starts = append(b.starts, start)
	if len(b.insts) >= b.bound {
		return errTooLarge
	}
	return nil
}

func (b *builder) emit(k kind, arg int32, out ...int32) int32 {
	if len(b.insts) >= b.bound {
		return 0 // pattern tells
	}
	b.insts = append(b.insts, inst{k, arg, out})
	return int32(len(b.insts) - 1)
}

func (b *builder) read(set byteSet, next int32) int32 {
	id, ok := b.setIDs[set]
	if !ok {
		id = int32(len(b.sets))
		b.sets = append(b.sets, set)
		b.setIDs[set] = id
	}
	at, ok := b.shared[[2]int32{id, next}]
	if !ok {
		at = b.emit(reads, id, next)
		b.shared[[2]int32{id, next}] = at
	}
	return at
}

// expr writes an expression that is followed by next.
func (b *builder) expr(re *syntax.Regexp, next int32) int32 {
	if len(b.insts) >= b.bound {
		return 0
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return b.emit(forks, 0)
	case syntax.OpEmptyMatch:
		return next
	case syntax.OpLiteral:
		return b.literal(re, next)
	case syntax.OpCharClass:
		return b.class(re.Rune, next)
	case syntax.OpAnyCharNotNL:
		return b.class([]rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}, next)
	case syntax.OpAnyChar:
		return b.class([]rune{0, unicode.MaxRune}, next)
	case syntax.OpCapture:
		return b.expr(re.Sub[0], next)
	case syntax.OpStar:
		return b.repeat(re.Sub[0], 0, -1, next)
	case syntax.OpPlus:
		return b.repeat(re.Sub[0], 1, -1, next)
	case syntax.OpQuest:
		return b.repeat(re.Sub[0], 0, 1, next)
	case syntax.OpRepeat:
		return b.repeat(re.Sub[0], re.Min, re.Max, next)
	case syntax.OpConcat:
		return b.concat(re.Sub, next)
	case syntax.OpAlternate:
		var out []int32
		for _, sub := range re.Sub {
			out = append(out, b.expr(sub, next))
		}
		return b.emit(forks, 0, out...)
	}
	return b.look(re.Op, next)
}

func (b *builder) concat(subs []*syntax.Regexp, next int32) int32 {
	for i := range subs {
		if !b.back {
			i = len(subs) - 1 - i
		}
		next = b.expr(subs[i], next)
	}
	return next
}

func (b *builder) repeat(sub *syntax.Regexp, low, high int, next int32) int32 {
	if !b.exact && (low > manyMin || high-low > fewTimes) {
		low, high = min(low, manyMin), -1
	}
	cur := next
	if high < 0 {
		fork := b.emit(forks, 0)
		body := b.expr(sub, fork)
		if len(b.insts) >= b.bound {
			return 0
		}
		b.insts[fork].out = []int32{body, next}
		cur = fork
		if low > 0 {
			cur = body
			low--
		}
	}
	for ; high > low; high-- {
		cur = b.emit(forks, 0, b.expr(sub, cur), next)
	}
	for ; low > 0; low-- {
		cur = b.expr(sub, cur)
	}
	return cur
}

func (b *builder) literal(re *syntax.Regexp, next int32) int32 {
	for i := range re.Rune {
		if !b.back {
			i = len(re.Rune) - 1 - i
		}
		r := re.Rune[i]
		class := []rune{r, r}
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				class = append(class, f, f)
			}
		}
		next = b.class(class, next)
	}
	return next
}

// class reads one rune of pairs of first and last.
func (b *builder) class(pairs []rune, next int32) int32 {
	var single byteSet
	var out []int32
	for i := 0; i < len(pairs); i += 2 {
		lo, hi := pairs[i], pairs[i+1]
		if lo <= utf8.RuneError && utf8.RuneError <= hi {
			single.add(invalid, invalid)
		}
		sequences(lo, hi, func(seq []span) {
			if len(seq) == 1 {
				single.add(seq[0].lo, seq[0].hi)
				return
			}
			out = append(out, b.sequence(seq, next))
		})
	}
	if single != (byteSet{}) {
		out = append(out, b.read(single, next))
	}
	if len(out) == 1 {
		return out[0]
	}
	return b.emit(forks, 0, out...)
}

func (b *builder) sequence(seq []span, next int32) int32 {
	for i := range seq {
		if !b.back {
			i = len(seq) - 1 - i
		}
		var set byteSet
		set.add(seq[i].lo, seq[i].hi)
		next = b.read(set, next)
	}
	return next
}

func (b *builder) look(op syntax.Op, next int32) int32 {
	at := places[op]
	if b.back {
		at = at.mirrored()
	}
	if b.unicode {
		at = at.unicode()
	}
	b.places |= at
	return b.emit(looks, int32(at), next)
}

// finish sorts the bytes into classes which no instruction tells apart.
func (p *program) finish() {
	p.split(func(b byte) bool { return p.places&anyWord != 0 && isWord(b) })
	p.split(func(b byte) bool { return p.places&anyLine != 0 && b == '\n' })
	p.split(func(b byte) bool { return p.places&anyUnicode != 0 && b >= utf8.RuneSelf })
	for _, set := range p.sets {
		p.split(set.has)
	}
	for b := range 256 {
		if int(p.classes[b]) == len(p.reps) {
			p.reps = append(p.reps, byte(b))
		}
	}
	p.stride = 2*(len(p.reps)+1) + 1
	if p.anywhere {
		p.stride = len(p.reps) + 1
	}
}

// split numbers the classes anew, in order of their first byte.
func (p *program) split(in func(byte) bool) {
	ids := map[[2]int]uint8{}
	for b := range 256 {
		side := 0
		if in(byte(b)) {
			side = 1
		}
		key := [2]int{int(p.classes[b]), side}
		if _, ok := ids[key]; !ok {
			ids[key] = uint8(len(ids))
		}
		p.classes[b] = ids[key]
	}
}

// The symbols a program reads: a class of bytes, the edge of the text, each once more for a place at the border of a
// Unicode word, and the entry of a new match.
func (p *program) edge() int   { return len(p.reps) }
func (p *program) border() int { return len(p.reps) + 1 }
func (p *program) entry() int  { return 2 * p.border() }

// key spells a state, so that it is found again.
func (s *state) key(buf []byte) []byte {
	buf = append(buf[:0], byte(s.before))
	buf = binary.AppendUvarint(buf, uint64(len(s.ended)))
	for _, list := range [][]int32{s.ended, s.at} {
		for _, n := range list {
			buf = binary.AppendUvarint(buf, uint64(n))
		}
	}
	return buf
}

func sorted(list []int32) []int32 {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
