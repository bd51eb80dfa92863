package scan

// block is the part of the text in which a rule decides its matches.
type block struct {
	text  []byte
	limit int  // matches begin before
	last  bool // the text ends here
}

// decideRule finds the matches of a rule: first, backwards, where one may begin; then, forwards, where it ends.
func (sc *Scanner) decideRule(i int, b block) {
	r := &sc.rules[i]
	if r.back == nil {
		r.back = newWalker(sc.set.rules[i].back, &sc.steps)
		r.exact = newWalker(sc.set.rules[i].exact, &sc.steps)
	}
	if sc.starts == nil {
		sc.starts = make(marks, blockSize/64+1)
	}
	r.back.home()
	r.exact.home()
	sc.findStarts(i, b)
	sc.findMatches(i, b)
	clear(sc.starts)
}

// floor is the first place of the buffer where a match may still begin.
func (sc *Scanner) floor() int {
	if sc.base == 0 {
		return 0
	}
	return context
}

// findStarts walks backwards from every end, from all of them at once, and marks where a match may begin.
func (sc *Scanner) findStarts(i int, b block) {
	r, w := &sc.rules[i], sc.rules[i].back
	floor := sc.floor()
	for at := r.ends.below(len(b.text)); at > floor; at = r.ends.below(at - 1) {
		top := at
		m := w.next(w.start(sideAt(b.text, at)), w.on.entry())
		for {
			sc.steps++
			m = w.next(m, w.on.symbol(b.text, backwards(at)))
			if m&found != 0 && at < b.limit {
				sc.starts.set(at)
			}
			if at--; at < floor || m&dead != 0 && !r.ends.has(at) {
				break
			}
			if r.ends.has(at) {
				m = w.next(m, w.on.entry())
			}
		}
		if at < floor && m&dead == 0 && top-floor > Span {
			sc.tooLong(i, b, top)
		}
	}
}

// backwards is the place of the byte before at; before the first byte it is outside of the text.
func backwards(at int) int {
	if at == 0 {
		return blockSize
	}
	return at - 1
}

// tooLong tells if one of the ends from top down belongs to a match that may have begun before the buffer, more than a
// Span away. Other ends reach back as far, but what begins there was decided with the block before.
func (sc *Scanner) tooLong(i int, b block, top int) {
	r, w := &sc.rules[i], sc.rules[i].back
	if sc.base == 0 || !sc.mayOverrun(i) {
		return
	}
	m := w.start(sideAt(b.text, top))
	for at := top; at >= context; at-- {
		sc.steps++
		if at > context+Span && r.ends.has(at) {
			m = w.next(m, w.on.entry())
		}
		m = w.next(m, w.on.symbol(b.text, backwards(at)))
	}
	if m&dead == 0 {
		sc.tellOnce(Overrun{i, SpanLimit, sc.base})
	}
}

func (sc *Scanner) mayOverrun(i int) bool {
	n := sc.set.rules[i].longest
	return n == endless || n > Span
}

// findMatches takes the longest match at the first start, then at the first one after that, and so on.
func (sc *Scanner) findMatches(i int, b block) {
	r := &sc.rules[i]
	first := max(int64(sc.floor()), r.next-sc.base)
	t := try{sc: sc, w: r.exact, b: b, budget: effort * (len(b.text) + 1)}
	for at := sc.starts.above(int(first)); at >= 0; {
		end, alive := t.longest(at)
		if alive {
			sc.tellOnce(Overrun{i, SpanLimit, sc.base + int64(at)})
		}
		if t.budget < 0 {
			sc.giveUp(i, WorkLimit, at)
			return
		}
		if end < 0 {
			at = sc.starts.above(at + 1)
			continue
		}
		if r.hits++; r.hits > sc.limits.Hits {
			sc.giveUp(i, HitLimit, at)
			return
		}
		sc.result.Hits = append(sc.result.Hits, Hit{i, sc.base + int64(at), sc.base + int64(end)})
		r.next = sc.base + int64(end)
		at = sc.starts.above(end)
	}
}

func (sc *Scanner) giveUp(i int, l Limit, at int) {
	sc.rules[i].off = true
	sc.tellOnce(Overrun{i, l, sc.base + int64(at)})
}

// try decides matches of one rule in one block.
type try struct {
	sc     *Scanner
	w      *walker
	b      block
	budget int

	vain  map[visit]bool // nothing more ends after these
	gen   int
	trail []visit
}

// visit is a state at a place.
type visit struct {
	m  move
	at int
}

const (
	shortTrail = 32       // not worth remembering
	mostVain   = 4 * Span // are remembered; the budget bounds the rest
)

// longest is the end of the longest match that begins at a place, or -1, and whether a longer one than Span may be there.
// It remembers the ways on which nothing was found, so that no later start goes them again (Reps 1998).
func (t *try) longest(start int) (end int, alive bool) {
	end, t.trail = -1, t.trail[:0]
	m := t.w.start(sideAt(t.b.text, start-1))
	t.forget()
	for at := start; ; at++ {
		if at == len(t.b.text) && !t.b.last {
			break
		}
		t.budget--
		t.sc.steps++
		m = t.w.next(m, t.w.on.symbol(t.b.text, at))
		if m&found != 0 {
			end, t.trail = at, t.trail[:0]
		}
		if m&dead != 0 || at == len(t.b.text) || t.budget < 0 {
			break
		}
		if alive = at-start >= Span; alive {
			break
		}
		t.forget()
		if v := (visit{m, at}); len(t.vain) > 0 && t.vain[v] {
			break
		} else {
			t.trail = append(t.trail, v)
		}
	}
	t.remember()
	return end, alive
}

// forget drops what was remembered of another automaton's states.
func (t *try) forget() {
	if t.gen != t.w.gen {
		clear(t.vain)
		t.trail, t.gen = t.trail[:0], t.w.gen
	}
}

func (t *try) remember() {
	if len(t.trail) <= shortTrail {
		return
	}
	if t.vain == nil || len(t.vain)+len(t.trail) > mostVain { // what is old lies behind
		t.vain = map[visit]bool{}
	}
	for _, v := range t.trail {
		t.vain[v] = true
	}
}
