package detect

// longestWord is how many letters a word without digits has at most inside a number.
const longestWord = 6

// mostAtoms bounds the pieces of a number.
const mostAtoms = 40

// ids finds the identifiers of a page. Every start is followed for a bounded way, so the cost is linear.
func (s *search) ids(p *page) {
	for i, a := range p.atoms {
		if a.before == none || !a.digit && a.size() > longestWord {
			continue
		}
		s.idsFrom(p, i)
	}
}

// idsFrom tries all numbers that start with atom i.
func (s *search) idsFrom(p *page, i int) {
	var bits uint64
	for j := i; j < len(p.atoms) && j < i+mostAtoms; j++ {
		a := p.atoms[j]
		size := a.end - p.atoms[i].at
		if j > i && a.before >= loose || size > longest || !a.digit && a.size() > longestWord {
			return
		}
		if a.digit {
			bits |= (1<<a.size() - 1) << (a.at - p.atoms[i].at)
		}
		if bits != 0 && p.after(j) != none {
			s.idsAt(p, i, j, bits)
		}
	}
}

// shortest is how many digits a number without letters has at least that counts without a keyword: shorter ones are
// years, times and amounts.
const shortest = 7

// idsAt tries all forms on the atoms from i to j.
func (s *search) idsAt(p *page, i, j int, bits uint64) {
	number := p.chars[p.atoms[i].at:p.atoms[j].end]
	from, to := p.atoms[i].from, p.atoms[j].to
	var words *around // read when the first form fits
	for _, f := range forms[len(number)] {
		if !f.fits(number, bits) || !s.wants(ID, f.of.Name) || !f.of.Validate(number[f.skip:]) {
			continue
		}
		if words == nil {
			if linked(p.text, from, to) {
				return
			}
			a := surroundings(p.text, from, to)
			words = &a
		}
		if score := idScore(f, p, i, j, words.say(f.of.words)); score > 0 {
			s.add(Finding{ID, f.of.Name, from, to, score, mask(number)})
		}
	}
}

// idScore is as the table in the package's description has it.
func idScore(f *form, p *page, i, j int, keyword bool) int {
	score, bonus := 0, 0
	switch n := f.of.Odds; {
	case n >= 80:
		score, bonus = 55, 40
	case n >= 20:
		score, bonus = 45, 40
	case n >= 10:
		score, bonus = 30, 50
	default:
		bonus = 60
	}
	switch {
	case keyword:
		score += bonus
		if f.skip > 0 {
			score += 5
		}
	case score == 0 || len(f.literal) < shortest || strewn(p, i, j):
		return 0
	case f.skip > 0:
		score += 10
	}
	return min(score, 100)
}

// strewn tells whether the number is in more pieces than anybody writes: then it is a row of numbers, unless a word
// says otherwise.
func strewn(p *page, i, j int) bool {
	pieces := 1
	for k := i + 1; k <= j; k++ {
		if p.atoms[k].before != none {
			pieces++
		}
	}
	return pieces > 2 && pieces > (p.atoms[j].end-p.atoms[i].at+1)/2
}
