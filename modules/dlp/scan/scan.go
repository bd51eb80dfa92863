// Package scan tells which of many patterns occur where in a stream of text. It knows regular expressions and text,
// and neither mails nor configuration nor what a match means.
//
// Patterns are those of package regexp. Matches are leftmost-longest and do not overlap, each pattern on its own: the
// spans are those of (*regexp.Regexp).FindAllIndex after Longest. A pattern that matches the empty text is refused.
// As in package regexp, \b and \B know ASCII words only; Pattern.UnicodeWords makes letters, marks, digits and
// connecting punctuation of all scripts parts of a word. A byte that is no UTF-8 counts as U+FFFD, one byte wide.
//
// The text is read once by one automaton for all patterns, which tells where matches may end. Backwards from there an
// automaton of the pattern finds where they may begin, and forwards from there another decides. In the first two a big
// bounded repeat counts as unbounded, so that their states stay few; the last one counts exactly. All automata are
// built while they run, in tables of bounded size, shared by all scanners until full; after that a scanner goes on in a
// table of its own, which it empties whenever it is full. Nothing goes back to try again, so the time grows with the
// text and not with what is in it. There is no search for literals before: the shared automaton is as fast.
//
// What a Scanner keeps in mind is bounded, see Limits; whatever it therefore may not have seen is in Result.Overruns.
package scan

import (
	"cmp"
	"slices"
)

// A Pattern is what to look for.
type Pattern struct {
	Expr         string // in the syntax of package regexp
	UnicodeWords bool   // \b and \B know the words of all scripts
}

// A Hit is one match: the bytes From up to but not including To of the text, by the index of its pattern.
type Hit struct {
	Pattern  int
	From, To int64
}

// Limits bound a scan. What is zero has its default.
type Limits struct {
	Hits  int   // of one pattern; 1,000
	Bytes int64 // of text that is read; 64 MiB
}

const (
	defaultHits  = 1000
	defaultBytes = 64 << 20
)

func (l Limits) orDefault() Limits {
	return Limits{Hits: cmp.Or(l.Hits, defaultHits), Bytes: cmp.Or(l.Bytes, defaultBytes)}
}

// Span is the longest match in bytes that is sure to be found whole.
const Span = 16 << 10

// A Limit is what was too small for a text.
type Limit string

// The limits there are.
const (
	HitLimit  Limit = "hits"  // there are more matches
	ByteLimit Limit = "bytes" // there is more text
	SpanLimit Limit = "span"  // a match may be longer than Span; it is given shorter or not at all
	WorkLimit Limit = "work"  // too many beginnings that lead nowhere; the pattern was given up
)

// An Overrun is a limit that was met: matches at or after At may be missing.
type Overrun struct {
	Pattern int // -1: every pattern
	Limit   Limit
	At      int64
}

// A Result is what a scan found, hits by place, and what it may have missed.
type Result struct {
	Hits     []Hit
	Overruns []Overrun
}

// Scan looks for all patterns in a text that is there as a whole.
func (s *Set) Scan(text []byte, l Limits) Result {
	sc := s.NewScanner(l)
	sc.Write(text)
	return sc.Finish()
}

func (r *Result) sort() {
	slices.SortFunc(r.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Pattern, b.Pattern))
	})
	slices.SortStableFunc(r.Overruns, func(a, b Overrun) int { return cmp.Compare(a.At, b.At) })
}

// Near tells whether one of the hits lies within so many bytes of a span; overlapping is near. The hits are those of
// one pattern in order.
func Near(hits []Hit, from, to, within int64) bool {
	i, _ := slices.BinarySearchFunc(hits, from-within, func(h Hit, at int64) int { return cmp.Compare(h.To, at) })
	return i < len(hits) && hits[i].From <= to+within
}
