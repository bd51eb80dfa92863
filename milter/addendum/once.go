package addendum

import (
	"strings"
	"unicode"
	"unicode/utf8"
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
	starts  []byte // of the last letters, in turn: '\n' for the first of a line, ' ' of a word
	turn    int    // whose is next
	gap     byte   // what stands before the next letter; 0: a letter
	pending bool   // the key was read to its end; now the word, or the line, must end
	found   bool
}

// newFinders are for both forms of the words; what they say is mostly the same.
func newFinders(w Words) (all []*finder) {
	one, two := key(w.Text), key(plain(w.HTML))
	if one != "" {
		all = append(all, newFinder(one))
	}
	if two != "" && two != one {
		all = append(all, newFinder(two))
	}
	return all
}

func newFinder(key string) *finder {
	f := &finder{key: []rune(key), gap: '\n'}
	f.fail, f.starts = make([]int, len(f.key)+1), make([]byte, len(f.key))
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

// letters says of ASCII which signs are letters, in lower case.
var letters = func() (t [utf8.RuneSelf]rune) {
	for r := range rune(utf8.RuneSelf) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			t[r] = unicode.ToLower(r)
		}
	}
	return t
}()

// show takes a text without line breaks that mean something.
func (f *finder) show(text []byte) {
	if f.found {
		return
	}
	for len(text) > 0 {
		r, n := rune(text[0]), 1
		if r < utf8.RuneSelf {
			r = letters[r]
		} else if r, n = utf8.DecodeRune(text); unicode.IsLetter(r) || unicode.IsDigit(r) {
			r = unicode.ToLower(r)
		} else {
			r = 0
		}
		text = text[n:]
		if r != 0 {
			f.letter(r)
		} else if f.gap == 0 {
			f.wordEnds()
		}
	}
}

func (f *finder) wordEnds() {
	f.gap = ' '
	f.found = f.found || f.pending && len(f.key) >= shortKey
}

// lineEnds is shown between lines.
func (f *finder) lineEnds() {
	f.found = f.found || f.pending
	f.gap = '\n'
}

func (f *finder) letter(r rune) {
	if f.pending = false; f.gap == 0 && r >= utf8.RuneSelf && !spaced(r) {
		f.gap = ' '
	}
	f.starts[f.turn] = f.gap
	f.gap = 0
	if f.turn++; f.turn == len(f.starts) {
		f.turn = 0
	}
	for f.state > 0 && r != f.key[f.state] {
		f.state = f.fail[f.state]
	}
	if r == f.key[f.state] {
		f.state++
	}
	if f.state == len(f.key) {
		f.matched(r)
	}
}

// matched looks where the key began: its place in turn is the one after its end.
func (f *finder) matched(r rune) {
	first := f.starts[f.turn]
	long := len(f.key) >= shortKey
	f.pending = first == '\n' || first == ' ' && long
	f.found = f.found || f.pending && long && !spaced(r)
	f.state = f.fail[f.state]
}

// end tells whether the words were there.
func (f *finder) end() bool {
	f.lineEnds()
	return f.found
}

// spaced tells whether words are set apart in the script of a letter.
func spaced(r rune) bool {
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}
