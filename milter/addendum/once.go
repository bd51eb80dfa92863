package addendum

import (
	"strings"
	"unicode"
)

// key is what of words stays the same when they are quoted, wrapped anew or put into another charset: letters and
// digits, in lower case.
func key(words string) string {
	var b strings.Builder
	for _, r := range words {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// shortKey is how many letters words must have to be recognised within a line of others.
const shortKey = 24

// finder looks for a key in a text that it is shown letter by letter (Knuth, Morris, Pratt), so that a text of any
// size costs nothing but time.
type finder struct {
	key     []rune
	fail    []int
	state   int
	starts  []rune // of the last letters, each at its number modulo their count: '\n' for the first of a line, ' ' of a word
	seen    int
	gap     rune // what stands before the next letter
	pending bool // the key was read to its end; now the word, or the line, must end
	found   bool
}

func newFinder(words string) *finder {
	f := &finder{key: []rune(key(words)), gap: '\n'}
	f.fail, f.starts = make([]int, len(f.key)+1), make([]rune, len(f.key)+1)
	for i, k := 1, 0; i < len(f.key); i++ {
		for k > 0 && f.key[i] != f.key[k] {
			k = f.fail[k]
		}
		if f.key[i] == f.key[k] {
			k++
		}
		f.fail[i+1] = k
	}
	return f
}

// show takes the next rune; line breaks are '\n'.
func (f *finder) show(r rune) {
	if len(f.key) == 0 || f.found {
		return
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		if r == '\n' || f.gap == 0 {
			f.gap = ' '
		}
		if r == '\n' {
			f.gap = '\n'
		}
		f.found = f.pending && (len(f.key) >= shortKey || r == '\n')
		return
	}
	f.letter(unicode.ToLower(r))
}

func (f *finder) letter(r rune) {
	if f.pending = false; f.gap == 0 && !spaced(r) {
		f.gap = ' '
	}
	f.starts[f.seen%len(f.starts)] = f.gap
	f.gap = 0
	f.seen++
	for f.state > 0 && r != f.key[f.state] {
		f.state = f.fail[f.state]
	}
	if r == f.key[f.state] {
		f.state++
	}
	if f.state < len(f.key) {
		return
	}
	first := f.starts[(f.seen-len(f.key))%len(f.starts)]
	f.pending = first == '\n' || first == ' ' && len(f.key) >= shortKey
	f.state = f.fail[f.state]
	if f.pending && !spaced(r) && len(f.key) >= shortKey {
		f.found = true
	}
}

// end tells whether the words were there.
func (f *finder) end() bool {
	f.show('\n')
	return f.found
}

// spaced tells whether words are set apart in the script of a letter.
func spaced(r rune) bool {
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}
