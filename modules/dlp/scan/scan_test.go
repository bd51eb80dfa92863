package scan

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// shared are the expressions with which engines were compared.
func shared(t testing.TB) []Pattern {
	t.Helper()
	data, err := os.ReadFile("testdata/patterns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var list []Pattern
	for line := range strings.Lines(string(data)) {
		_, expr, _ := strings.Cut(strings.TrimSpace(line), "\t")
		list = append(list, Pattern{Expr: expr})
	}
	return list
}

func compile(t testing.TB, patterns ...Pattern) *Set {
	t.Helper()
	s, err := Compile(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func plain(exprs ...string) []Pattern {
	var list []Pattern
	for _, e := range exprs {
		list = append(list, Pattern{Expr: e})
	}
	return list
}

// oracle is what package regexp finds, pattern by pattern.
func oracle(patterns []Pattern, text []byte) []Hit {
	var r Result
	for i, p := range patterns {
		re := regexp.MustCompile(p.Expr)
		re.Longest()
		for _, at := range re.FindAllIndex(text, -1) {
			r.Hits = append(r.Hits, Hit{i, int64(at[0]), int64(at[1])})
		}
	}
	r.sort()
	return r.Hits
}

var noLimits = Limits{Hits: 1 << 30, Bytes: 1 << 40}

// inPieces scans a text in chunks of random size up to most.
func inPieces(s *Set, text []byte, most int, rnd *rand.Rand) Result {
	sc := s.NewScanner(noLimits)
	for len(text) > 0 {
		n := min(1+rnd.IntN(most), len(text))
		sc.Write(text[:n])
		text = text[n:]
	}
	return sc.Finish()
}

// same compares with the oracle, as a whole and in pieces.
func same(t *testing.T, patterns []Pattern, s *Set, text []byte, rnd *rand.Rand) (matches int) {
	t.Helper()
	want := oracle(patterns, text)
	for _, most := range []int{1 << 30, 3, 5000} {
		got := inPieces(s, text, most, rnd)
		if len(got.Overruns) > 0 {
			t.Fatalf("overruns %v", got.Overruns)
		}
		if !slices.Equal(got.Hits, want) {
			t.Fatalf("patterns %+v\ntext %.300q (%d bytes), pieces up to %d\ngot  %s\nwant %s",
				patterns, text, len(text), most, differ(got.Hits, want), differ(want, got.Hits))
		}
	}
	return len(want)
}

func differ(a, b []Hit) string {
	var out []Hit
	for _, h := range a {
		if !slices.Contains(b, h) && len(out) < 5 {
			out = append(out, h)
		}
	}
	return fmt.Sprintf("%d hits, only here: %v", len(a), out)
}

func TestCases(t *testing.T) {
	tests := []struct{ expr, text string }{
		{`a+`, "baaab aa a"},
		{`abc|b|bcd`, "abcd bcd b"},
		{`a.*c|b`, "abxx\nabcb"},
		{`\bfoo\b`, "foo foobar éfoo foo_ foo"},
		{`\Boo\B`, "foo fooo oo"},
		{`(?m)^a.*b$`, "axb\nab \nab\naab"},
		{`(?s)a.+z`, "xa\n\nz z\n"},
		{`^ab|cd$`, "abcdabcd"},
		{`\Aab|cd\z`, "ab\nabcd"},
		{`(?i)straße|ſk`, "STRASSE STRAßE Straſe SK ſK\u212a"},
		{`.{0,50}?key[:=].{3}`, "this is the key:abc and key=def\nkey: xyz"},
		{`[^a]b`, "\xffb \xe2\x82b €b ab \xed\xa0\x80b"},
		{`\x{fffd}+`, "\xff\xfe\xe2\x82 \uFFFD"},
		{`[α-ω]{2,}`, "αβγ α Αβγ\xceα"},
		{`\pL+-\p{Greek}`, "größe-ω x-y ж-α"},
		{`[\x{10000}-\x{10ffff}].`, "😀x 😀😀 €"},
		{`(?:a|ab)(?:c|bcd)(?:d*)`, "abcdd acd abcd"},
		{`[ab]{3,30}c`, strings.Repeat("ab", 40) + "c abc aac"},
		{`a{40}`, strings.Repeat("a", 130)},
		{`x*y`, "xxxy y xyx"},
		{`(a?b??)+c`, "abac cc abbc"},
		{`[^\x00-\x{10ffff}]|a`, "aa"},
		{`a$|b`, "ab\na"},
		{`(?m:a$)\n^b`, "a\nb a\n\nb"},
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			p := plain(tt.expr)
			same(t, p, compile(t, p...), []byte(tt.text), rnd)
		})
	}
}

// grammar writes random expressions over few letters, so that they meet.
func grammar(rnd *rand.Rand, depth int) string {
	atoms := []string{"a", "b", "c", "ab", "é", "[ab]", "[^a]", ".", `\b`, `\B`, `\w`, `\d`, " ", "(?i:B)", `[é-ü]`, `(?m:^)`, `(?m:$)`, `^`, `$`, "(?s:.)", `\n`}
	if depth == 0 {
		return atoms[rnd.IntN(len(atoms))]
	}
	sub := func() string { return grammar(rnd, depth-1) }
	switch rnd.IntN(7) {
	case 0:
		return "(?:" + sub() + "|" + sub() + ")"
	case 1:
		return "(?:" + sub() + ")" + []string{"*", "+", "?", "*?", "??"}[rnd.IntN(5)]
	case 2:
		n := rnd.IntN(4)
		return fmt.Sprintf("(?:%s){%d,%d}", sub(), n, n+rnd.IntN(12))
	case 3:
		return sub()
	}
	return sub() + sub()
}

func randomText(rnd *rand.Rand, n int) []byte {
	letters := []string{"a", "b", "c", "a", "b", "é", "B", " ", "1", "\n", "\xff", "\xc3", "ü", "_", "€"}
	var b bytes.Buffer
	for range n {
		b.WriteString(letters[rnd.IntN(len(letters))])
	}
	return b.Bytes()
}

func TestRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	sets := 0
	for range 600 {
		var patterns []Pattern
		for range 1 + rnd.IntN(4) {
			p := Pattern{Expr: grammar(rnd, 1+rnd.IntN(4))}
			if _, err := Compile([]Pattern{p}); err == nil {
				patterns = append(patterns, p)
			}
		}
		if len(patterns) > 0 {
			sets++
			same(t, patterns, compile(t, patterns...), randomText(rnd, rnd.IntN(120)), rnd)
		}
	}
	if sets < 200 {
		t.Errorf("only %d sets", sets)
	}
}

// prose is text like a mail's, with things the shared patterns look for.
func prose(rnd *rand.Rand, size int) []byte {
	words := strings.Fields(`the of and to a in is that for it as was with be by on not he his but at are this have from or
		had an they which one you were all her she there would their we him been has when who will no more if out so up said
		what its about than into them can only other time new some could these two may first then do any like my now over
		such our man me even most made after also did many off before must well back through years much where your way down
		should because long each just state those people too mr how little good world make very year still see work life
		report meeting Thursday budget Geschäft für Müller naïve — “quoted” 2024 17 300`)
	special := []string{"4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "jane.doe@example.org", "078-05-1120",
		"10.1.2.3", "+49 30 1234567", "password: hunter2hunter2", "strictly confidential", "AKIAIOSFODNN7EXAMPLE",
		"date of birth 1.2.1990", "12345678901", "756.1234.5678.97", "-----BEGIN RSA PRIVATE KEY-----",
		"eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkwIiwi.dBjftJeZ4CVPmB92K27u", "balance sheet", "diagnosis"}
	var b bytes.Buffer
	for b.Len() < size {
		if rnd.IntN(150) == 0 {
			b.WriteString(special[rnd.IntN(len(special))])
		} else {
			b.WriteString(words[rnd.IntN(len(words))])
		}
		b.WriteString([]string{" ", " ", " ", " ", " ", " ", ", ", ". ", "\n"}[rnd.IntN(9)])
	}
	return b.Bytes()[:size]
}

func TestSharedPatterns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	patterns := shared(t)
	s := compile(t, patterns...)
	text := prose(rnd, blockSize+7777)
	if n := same(t, patterns, s, text, rnd); n < 100 {
		t.Fatalf("only %d matches to compare", n)
	}
}

// Matches are put across the borders of blocks, where a scanner forgets text.
func TestBlockBorders(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	patterns := plain(`\ba[b ]{1,40}c\b`, `(?m)^#+$`, `b+`, `x.{0,500}y`)
	s := compile(t, patterns...)
	for range 6 {
		text := bytes.Repeat([]byte(". "), 3*blockSize/2)
		for _, near := range []int{blockSize - Span, blockSize, 2*blockSize - 2*Span, 2 * (blockSize - Span), blockSize - Span - context} {
			for range 12 {
				at := near - 300 + rnd.IntN(600)
				copy(text[at:], []string{" abb b c ", "\n####\n", "bbbbbbbb", "a b", "bc ", "\xe2\x82\xac", "\xc3", "x", "y"}[rnd.IntN(9)])
			}
		}
		for end := blockSize; end < len(text); end += (blockSize-Span-1)&^63 - context { // where a block ends
			copy(text[end-4:], "bbbbbbbb")
		}
		same(t, patterns, s, text, rnd)
	}
}

// For words of all scripts the oracle reads a text in which every rune beyond ASCII is replaced by one of its kind.
func TestUnicodeWords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	swap := strings.NewReplacer("é", "q", "ж", "w", "–", "=", "€", "/", "\u0301", "r", "\xff", "!")
	letters := []string{"a", "b", "é", "ж", "–", "€", " ", "\u0301", "_", "\xff"}
	for _, expr := range []string{`\ba+\b`, `\b[aé]+`, `\B[aж]\B`, `\bé\b`, `[–€]\b.`, `a\b.\Bb`, `\b.{2,12}\b`, `.\B`, `\B–|b$`} {
		want := regexp.MustCompile(swap.Replace(expr))
		want.Longest()
		s := compile(t, Pattern{Expr: expr, UnicodeWords: true})
		for range 100 {
			var text, simple []byte
			at := map[int]int64{}
			for range rnd.IntN(60) {
				l := letters[rnd.IntN(len(letters))]
				at[len(simple)] = int64(len(text))
				text, simple = append(text, l...), append(simple, swap.Replace(l)...)
			}
			at[len(simple)] = int64(len(text))
			var hits []Hit
			for _, m := range want.FindAllIndex(simple, -1) {
				hits = append(hits, Hit{0, at[m[0]], at[m[1]]})
			}
			for _, most := range []int{1, 1000} {
				if got := inPieces(s, text, most, rnd); !slices.Equal(got.Hits, hits) {
					t.Fatalf("%s in %q: %v, want %v", expr, text, got.Hits, hits)
				}
			}
		}
	}
}

func TestCompileTellsAllMistakes(t *testing.T) {
	_, err := Compile(plain(`good`, `(`, `a*`, `\b`, `((\pL{30}){30})`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"pattern 1: error parsing", "pattern 2: may match the empty", "pattern 3: may match the empty", "pattern 4: too large"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "pattern 0") {
		t.Error(err)
	}
}

func TestLimitsAreTold(t *testing.T) {
	long := "b" + strings.Repeat("a", 3*Span) + "c"
	far := "b" + strings.Repeat("a", 2*blockSize) + "c"
	tests := []struct {
		name, expr, text string
		limits           Limits
		hits             int
		want             []Overrun
	}{
		{"as many hits as allowed", `a`, "aaa", Limits{Hits: 3}, 3, nil},
		{"more hits", `a`, "aaaa", Limits{Hits: 3}, 3, []Overrun{{0, HitLimit, 3}}},
		{"as many bytes as allowed", `a`, "aaa", Limits{Bytes: 3}, 3, nil},
		{"more bytes", `a`, "aaaa", Limits{Bytes: 3}, 3, []Overrun{{-1, ByteLimit, 3}}},
		{"default hits", `a`, strings.Repeat("a", 1001), Limits{}, 1000, []Overrun{{0, HitLimit, 1000}}},
		{"long, in one block", `ba+c`, long, Limits{}, 0, []Overrun{{0, SpanLimit, 0}}},
		{"long, begun in a block before", `ba+c`, far, Limits{}, 0, []Overrun{{0, SpanLimit, 2*(blockSize-Span) - 256}}},
		{"long text, bounded pattern", `b[^c]{1,20}c`, far, Limits{}, 0, nil},
		{"short matches side by side", `ba+`, strings.Repeat("baaa", blockSize), noLimits, blockSize, nil},
		{"long text, no match", `ba+d`, far, Limits{}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := compile(t, Pattern{Expr: tt.expr})
			for _, most := range []int{100, 1 << 20} {
				sc := s.NewScanner(tt.limits)
				for chunk := range slices.Chunk([]byte(tt.text), most) {
					sc.Write(chunk)
				}
				r := sc.Finish()
				if len(r.Hits) != tt.hits || !slices.Equal(r.Overruns, tt.want) {
					t.Errorf("%d hits, %v; want %d, %v", len(r.Hits), r.Overruns, tt.hits, tt.want)
				}
			}
		})
	}
}

// hostile are texts and patterns with which other engines take quadratic time or more.
func hostile() map[string]struct{ expr, unit string } {
	return map[string]struct{ expr, unit string }{
		"nested repeats":        {`(?:a*)*b`, "a"},
		"quadratic starts":      {`[a-z]+@`, "a"},
		"quadratic ends":        {`a.*b|a`, "a"},
		"starts with long runs": {`(?s)a.*z|a.*y`, "ab"},
		"counted states":        {`[ab]{0,30}a[ab]{20}c`, "abbaab"},
		"states by the million": {`[ab]*a[ab]{14}c`, ""},
		"and some that match":   {`a[ab]{30}a[ab]?b`, ""},
		"mail addresses":        {`\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}\b`, "a.b@c."},
		"dots and hyphens":      {`\b[a-z0-9.-]{1,64}@x`, "a.-"},
		"lazy lead":             {`.{0,50}?key`, "ke"},
		"a lead and its key":    {`.{0,50}?key`, "key"},
	}
}

// TestWorkIsLinear counts steps: four times the text may not take more than four times the steps.
func TestWorkIsLinear(t *testing.T) {
	for name, h := range hostile() {
		t.Run(name, func(t *testing.T) {
			perByte := func(size int) float64 {
				s := compile(t, Pattern{Expr: h.expr})
				sc := s.NewScanner(noLimits)
				rnd := rand.New(rand.NewPCG(21, 22))
				for written := 0; written < size; {
					piece := bytes.Repeat([]byte(h.unit), 1000)
					for range 1000 {
						if h.unit == "" { // no end of states
							piece = append(piece, "ab"[rnd.IntN(2)])
						}
					}
					n, _ := sc.Write(piece)
					written += n
				}
				for _, o := range sc.Finish().Overruns {
					if o.Limit == WorkLimit {
						t.Error("given up")
					}
				}
				return float64(sc.steps) / float64(size)
			}
			small, big := perByte(20_000), perByte(320_000)
			t.Logf("%.1f, %.1f steps a byte", small, big)
			if big > 2*small+2 || big > 2*effort {
				t.Errorf("%.1f steps a byte in a small text, %.1f in a big one", small, big)
			}
		})
	}
}

// A pattern that would take too long is given up, and that is told; the others go on.
func TestWorkIsBounded(t *testing.T) {
	s := compile(t, plain(`.{0,900}key`, `key`)...)
	sc := s.NewScanner(Limits{})
	text := strings.Repeat("a", 20_000) + "key"
	sc.Write([]byte(text))
	r := sc.Finish()
	if len(r.Hits) != 1 || len(r.Overruns) != 1 || r.Overruns[0].Pattern != 0 || r.Overruns[0].Limit != WorkLimit {
		t.Errorf("%v, %v", r.Hits, r.Overruns)
	}
	if most := int64(effort+100) * int64(len(text)); sc.steps > most {
		t.Errorf("%d steps, at most %d are allowed", sc.steps, most)
	}
}

// Tables that are too small for the text are emptied and filled anew, and what is found stays the same.
func TestFullTables(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	patterns := plain(`[ab]*a[ab]{9}c`, `(?:[ab]{7}|[bc]{8})+a`, `b[abc]{3,20}b\b`)
	s := compile(t, patterns...)
	for _, u := range s.unions {
		u.cur.Store(newAutomaton(u.program, 0))
	}
	for i := range s.rules {
		s.rules[i].back = newAutomaton(s.rules[i].back.program, 0)
		s.rules[i].exact = newAutomaton(s.rules[i].exact.program, 0)
	}
	var text []byte
	for range 6000 {
		text = append(text, "aabbc "[rnd.IntN(6)])
	}
	same(t, patterns, s, text, rnd)
	if !s.unions[0].cur.Load().full.Load() || s.unions[0].cur.Load().count > 4*firstRows {
		t.Error("the table was big enough, or grew beyond its bound")
	}
}

func TestScannersShareASet(t *testing.T) {
	patterns := shared(t)
	s := compile(t, patterns...)
	text := prose(rand.New(rand.NewPCG(13, 14)), 40_000)
	want := oracle(patterns, text)
	var wg sync.WaitGroup
	for i := range uint64(6) {
		wg.Go(func() {
			if got := inPieces(s, text, 9000, rand.New(rand.NewPCG(i, i))); !slices.Equal(got.Hits, want) {
				t.Errorf("scanner %d: %s", i, differ(got.Hits, want))
			}
		})
	}
	wg.Wait()
}

// A scanner's memory does not grow with the text.
func TestBufferIsBounded(t *testing.T) {
	sc := compile(t, Pattern{Expr: `a+`}).NewScanner(Limits{})
	for range 100 {
		sc.Write(bytes.Repeat([]byte("a b "), 10_000))
	}
	if cap(sc.buf) > 2*blockSize || len(sc.rules[0].ends) > blockSize/64+1 || len(sc.result.Hits) > 1000 {
		t.Errorf("buffer %d, ends %d, hits %d", cap(sc.buf), len(sc.rules[0].ends), len(sc.result.Hits))
	}
}

// A few large states fill a table as many small ones do.
func TestTablesAreBounded(t *testing.T) {
	s := compile(t, Pattern{Expr: `(?:[ab]|.[^c]){3,400}z`})
	sc := s.NewScanner(Limits{})
	for range 300 {
		sc.Write([]byte("é a z bbbbbbbb "))
	}
	sc.Finish()
	for name, a := range map[string]*automaton{"shared": s.rules[0].exact, "own": sc.rules[0].exact.own} {
		if a == nil {
			t.Errorf("no %s table", name)
		} else if a.held > a.most+fewRows*maxInsts {
			t.Errorf("%s table holds %d instructions, bound %d", name, a.held, a.most)
		}
	}
}

// What a match may but need not begin with is nothing the shared automaton has to follow.
func TestLeadsStayOut(t *testing.T) {
	key := len(compile(t, Pattern{Expr: `key\d`}).unions[0].program.insts)
	for _, lead := range []string{`.{0,50}?`, `(?s:.)*`, `a?b*`, `(.*?)`, `(?:a*|[^b]?)`} {
		if n := len(compile(t, Pattern{Expr: lead + `key\d`}).unions[0].program.insts); n > key+1 {
			t.Errorf("%s: %d instructions, without it %d", lead, n, key)
		}
	}
}

func TestNear(t *testing.T) {
	hits := []Hit{{0, 10, 15}, {0, 100, 110}}
	tests := []struct {
		from, to, within int64
		want             bool
	}{
		{20, 30, 5, true}, {21, 30, 5, false}, {0, 5, 5, true}, {0, 4, 5, false}, {12, 13, 0, true},
		{50, 60, 40, true}, {50, 60, 34, false}, {50, 60, 35, true}, {200, 210, 90, true}, {201, 210, 90, false},
	}
	for _, tt := range tests {
		if got := Near(hits, tt.from, tt.to, tt.within); got != tt.want {
			t.Errorf("Near(%d, %d, %d) = %v", tt.from, tt.to, tt.within, got)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(`a+b|c`, "aab c", 3)
	f.Add(`\b[A-Z]{2,9}\b`, "AB éCD", 1)
	f.Add(`(?i)k.$`, "\u212a\xff", 2)
	f.Fuzz(func(t *testing.T, expr, text string, most int) {
		if len(expr) > 60 || len(text) > 2000 || most < 1 || !utf8.ValidString(expr) {
			return
		}
		p := plain(expr)
		s, err := Compile(p)
		if err != nil {
			return
		}
		got := inPieces(s, []byte(text), most, rand.New(rand.NewPCG(1, 1)))
		if want := oracle(p, []byte(text)); !slices.Equal(got.Hits, want) {
			t.Fatalf("%q in %q: %v, want %v", expr, text, got.Hits, want)
		}
	})
}
