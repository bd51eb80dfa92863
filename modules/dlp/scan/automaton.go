package scan

import (
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// A move is an entry of a table: where a state's row begins, and what to know on arrival. Zero is a move not yet known.
type move uint32

const (
	found move = 1 << 31 // patterns ended before the byte just read
	dead  move = 1 << 30 // nothing can follow
	row        = dead - 1
)

// state is what a program may be doing after a byte.
type state struct {
	at     []int32 // instructions that wait for the next byte, sorted
	ended  []int32 // patterns that ended before the last byte, sorted
	before side    // of the last byte
}

// table has the moves found so far. Only the automaton writes, and each entry once.
type table struct {
	moves  []uint32
	states []state // by row number; those beyond the automaton's count are empty
	starts [16]atomic.Uint32
}

// automaton is a program made deterministic as far as texts have asked for it, within bounds.
type automaton struct {
	*program
	most int // moves, and as many instructions in states

	mu     sync.Mutex
	cur    atomic.Pointer[table]
	count  int // of states
	held   int // instructions in them
	rows   map[string]move
	full   atomic.Bool
	step   stepper
	keybuf []byte
}

const (
	firstRows = 32
	fewRows   = 8       // fit however large they are
	ownMoves  = 1 << 19 // of a scanner's own table: many scanners run at once
)

func newAutomaton(p *program, most int) *automaton {
	a := &automaton{program: p, most: max(most, 4*firstRows*p.stride), step: stepper{program: p}}
	a.reset()
	return a
}

// reset forgets all moves. Who still reads the former table may go on.
func (a *automaton) reset() {
	a.rows = map[string]move{}
	a.cur.Store(&table{moves: make([]uint32, firstRows*a.stride), states: make([]state, firstRows)})
	a.held = 0
	a.count = 1 // row 0 would look like a move not known
	a.full.Store(false)
}

// start is the state before the first byte; it is not there when the table is full.
func (a *automaton) start(before side) (*table, move, bool) {
	t := a.cur.Load()
	if m := t.starts[before].Load(); m != 0 {
		return t, move(m), true
	}
	s := state{before: a.places.seen(before)}
	if !a.anywhere && !a.back {
		s.at = a.step.firsts()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.intern(s)
	t = a.cur.Load()
	if ok {
		t.starts[before].Store(uint32(m))
	}
	return t, m, ok
}

// enter gives the move of a state that another automaton of the same program has reached.
func (a *automaton) enter(s state) (*table, move, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.intern(s)
	return a.cur.Load(), m, ok
}

// learn works out a move that a table has not; false when there is no room for where it leads.
func (a *automaton) learn(from move, symbol int) (*table, move, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.cur.Load()
	at := int(from&row) + symbol
	if m := move(t.moves[at]); m != 0 {
		return t, m, true
	}
	m, ok := a.intern(a.step.next(t.states[int(from&row)/a.stride], symbol))
	t = a.cur.Load() // it may have grown
	if ok {
		atomic.StoreUint32(&t.moves[at], uint32(m))
	}
	return t, m, ok
}

// intern finds the row of a state or gives it one.
func (a *automaton) intern(s state) (move, bool) {
	a.keybuf = s.key(a.keybuf)
	if m, ok := a.rows[string(a.keybuf)]; ok {
		return m, true
	}
	t := a.cur.Load()
	if a.count == len(t.states) {
		t = a.grow(t)
	}
	if t == nil || a.held > a.most && a.count > fewRows {
		a.full.Store(true)
		return 0, false
	}
	m := move(a.count * a.stride)
	t.states[a.count] = s
	a.count++
	a.held += len(s.at) + len(s.ended)
	if len(s.ended) > 0 {
		m |= found
	}
	if len(s.at) == 0 && !a.anywhere {
		m |= dead
	}
	a.rows[string(a.keybuf)] = m
	return m, true
}

// grow doubles the table, or gives nil; rows keep their numbers, so that readers of the smaller one may go on.
func (a *automaton) grow(t *table) *table {
	rows := 2 * len(t.states)
	if rows*a.stride > a.most {
		return nil
	}
	bigger := &table{moves: make([]uint32, rows*a.stride), states: make([]state, rows)}
	copy(bigger.moves, t.moves)
	copy(bigger.states, t.states)
	for i := range t.starts {
		bigger.starts[i].Store(t.starts[i].Load())
	}
	a.cur.Store(bigger)
	return bigger
}

// stepper runs a program for one byte.
type stepper struct {
	*program
	mark  []uint32 // by instruction: the round that last saw it
	round uint32
	stack []int32
	list  []int32
	tail  []int32
}

// firsts are the instructions at which a match starts.
func (s *stepper) firsts() []int32 {
	var list []int32
	fresh := stepper{program: s.program}
	fresh.begin()
	for _, at := range s.starts {
		list = fresh.reach(list, at, 0)
	}
	return sorted(list)
}

func (s *stepper) begin() {
	if s.mark == nil {
		s.mark = make([]uint32, len(s.insts))
	}
	if s.round++; s.round == 0 {
		clear(s.mark)
		s.round = 1
	}
}

// reach adds the instructions to which a place lets a match go from one without reading. Those that need another place
// stay on the list; all do while the place is not known yet.
func (s *stepper) reach(list []int32, from int32, at place) []int32 {
	s.stack = append(s.stack[:0], from)
	for len(s.stack) > 0 {
		pc := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if s.mark[pc] == s.round {
			continue
		}
		s.mark[pc] = s.round
		switch in := &s.insts[pc]; {
		case in.kind == forks:
			s.stack = append(s.stack, in.out...)
		case in.kind == looks && place(in.arg)&at != 0:
			s.stack = append(s.stack, in.out[0])
		default:
			list = append(list, pc)
		}
	}
	return list
}

// next is the state after a symbol.
func (s *stepper) next(from state, symbol int) state {
	if s.back && symbol == s.entry() {
		return state{at: sorted(append(slices.Clone(from.at), s.firsts()...)), before: from.before}
	}
	marked := symbol >= s.border()
	if marked {
		symbol -= s.border()
	}
	after := edge
	if symbol != s.edge() {
		after = sideOf(s.reps[symbol])
	}
	here := between(from.before, s.places.seen(after))
	if s.exact {
		here &^= anyUnicode
		here |= uniNoBorder
		if marked {
			here ^= anyUnicode
		}
	}
	s.begin()
	s.list = s.list[:0]
	for _, pc := range from.at {
		s.list = s.reach(s.list, pc, here)
	}
	if s.anywhere {
		for _, pc := range s.starts {
			s.list = s.reach(s.list, pc, here)
		}
	}
	return s.read(symbol, after)
}

// read takes the byte from where reach has led.
func (s *stepper) read(symbol int, after side) state {
	var ended []int32
	s.begin()
	s.tail = s.tail[:0]
	for _, pc := range s.list {
		switch in := &s.insts[pc]; in.kind {
		case ends:
			ended = append(ended, in.arg)
		case reads:
			if symbol != s.edge() && s.sets[in.arg].has(s.reps[symbol]) {
				s.tail = s.reach(s.tail, in.out[0], 0)
			}
		}
	}
	next := state{at: sorted(s.tail), ended: sorted(ended)}
	if s.anywhere || s.back || slices.ContainsFunc(next.at, func(pc int32) bool { return s.insts[pc].kind == looks }) {
		next.before = s.places.seen(after)
	}
	return next
}

// walker goes through an automaton that is shared, and through one of its own where that is full.
type walker struct {
	shared, own *automaton
	on          *automaton
	t           *table
	gen         int // counts changes of automaton, which give states other names
	steps       *int64
}

func newWalker(shared *automaton, steps *int64) *walker {
	return &walker{shared: shared, on: shared, t: shared.cur.Load(), steps: steps}
}

// home goes back to the shared automaton, for a new start.
func (w *walker) home() {
	if w.on != w.shared {
		w.on, w.t = w.shared, w.shared.cur.Load()
		w.gen++
	}
}

func (w *walker) leave() {
	if w.own == nil {
		w.own = newAutomaton(w.shared.program, min(w.shared.most, ownMoves))
	} else {
		w.own.reset()
	}
	w.on = w.own
	w.gen++
}

func (w *walker) start(before side) move {
	t, m, ok := w.on.start(before)
	if !ok {
		w.leave()
		t, m, _ = w.on.start(before)
	}
	w.t = t
	return m
}

// next is the move from where another has led.
func (w *walker) next(from move, symbol int) move {
	if m := move(atomic.LoadUint32(&w.t.moves[int(from&row)+symbol])); m != 0 {
		return m
	}
	return w.learn(from, symbol)
}

func (w *walker) learn(from move, symbol int) move {
	at := w.t.states[int(from&row)/w.on.stride]
	*w.steps += int64(1 + len(at.at))
	t, m, ok := w.on.learn(from, symbol)
	if !ok {
		w.leave()
		_, from, _ = w.on.enter(at)
		t, m, _ = w.on.learn(from, symbol)
	}
	w.t = t
	return m
}

// ended are the patterns that ended where a move has led.
func (w *walker) ended(m move) []int32 { return w.t.states[int(m&row)/w.on.stride].ended }

// symbol is what a program reads at a place.
func (p *program) symbol(text []byte, at int) int {
	c := p.edge()
	if at < len(text) {
		c = int(p.classes[text[at]])
	}
	if p.exact && p.places&anyUnicode != 0 && wordBorder(text, at) {
		c += p.border()
	}
	return c
}

// sideAt is the side of the byte at a place of the text; outside is its edge.
func sideAt(text []byte, at int) side {
	if at < 0 || at >= len(text) {
		return edge
	}
	return sideOf(text[at])
}

// clean replaces what is no UTF-8 by a byte that never is; what may go on after the end is left. It returns how far it got.
func clean(text []byte, last bool) int {
	if utf8.Valid(text) {
		return len(text)
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			if !last && !utf8.FullRune(text[i:]) {
				return i
			}
			text[i] = invalid
		}
		i += n
	}
	return len(text)
}
