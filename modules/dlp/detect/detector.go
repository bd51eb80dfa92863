package detect

import (
	"slices"
	"strings"
)

// The types of findings.
const (
	Card   = "card"
	IBAN   = "iban"
	ID     = "id"
	Secret = "secret"
)

// Finding is one thing found. Masked is the only part of it that may be shown or logged.
type Finding struct {
	Type, Kind string
	From, To   int // bytes of the text
	Score      int // 1 to 100
	Masked     string
}

// Detector knows one kind of identifier.
type Detector struct {
	Name string // country.kind

	// Forms are what the number looks like without separators, several separated by blanks: # is a digit, @ a letter,
	// * either; anything else stands for itself.
	Forms string

	// Groups are the lengths of the pieces in which the number may be written, if it is in pieces; "" is any.
	Groups string

	// Prefixes are what may stand before it without being part of it, such as the country of a VAT number.
	Prefixes string

	// Validate checks the number without prefix and separators, in capitals. It is only asked for numbers of a right form.
	Validate func(number string) bool

	// Odds is how many random numbers of that form there are to one that passes; 1 means there is no check, and then
	// the number only counts near a keyword.
	Odds int

	// Keywords are words near the number that make it likelier, in small letters.
	Keywords string

	words []string
}

// form is a form taken apart: bits are places of the number.
type form struct {
	of             *Detector
	skip           int // length of the prefix
	digits, letter uint64
	literal        string
	fixed          []int // the places where something stands for itself
}

// fits tells whether a number with digits at these places has the form.
func (f *form) fits(number string, digits uint64) bool {
	if digits&f.digits != f.digits || digits&f.letter != 0 {
		return false
	}
	for _, i := range f.fixed {
		if f.literal[i] != number[i] {
			return false
		}
	}
	return true
}

// compile makes the forms of a detector, by length.
func compile(d *Detector, into map[int][]*form) {
	for _, prefix := range append([]string{""}, strings.Fields(d.Prefixes)...) {
		for _, s := range strings.Fields(d.Forms) {
			f := &form{of: d, skip: len(prefix), literal: prefix + s}
			for i := range len(f.literal) {
				if strings.IndexByte("#@*", f.literal[i]) < 0 {
					f.fixed = append(f.fixed, i)
				}
				switch c := f.literal[i]; {
				case c == '#' || '0' <= c && c <= '9':
					f.digits |= 1 << i
				case c != '*':
					f.letter |= 1 << i
				}
			}
			into[len(f.literal)] = append(into[len(f.literal)], f)
		}
	}
}

// Valid tells whether a number of a kind is well-formed and its check digits are right. Separators do not matter.
func Valid(kind, number string) bool {
	d := kinds[kind]
	if d == nil {
		return false
	}
	n, ok := Compact(number)
	if !ok || len(n) > longest || !d.pieces(number) {
		return false
	}
	for _, f := range forms[len(n)] {
		if f.of == d && f.fits(n, digitsOf(n)) && d.Validate(n[f.skip:]) {
			return true
		}
	}
	return false
}

// pieces tells whether a number is in one piece or in pieces as it may be.
func (d *Detector) pieces(number string) bool {
	if d.Groups == "" {
		return true
	}
	var sizes []byte
	for _, piece := range strings.FieldsFunc(number, func(r rune) bool { return plain(r) == 0 }) {
		sizes = append(sizes, byte('0'+min(len(piece), 9)))
	}
	return len(sizes) == 1 || slices.Contains(strings.Fields(d.Groups), string(sizes))
}

// Compact takes the separators out of a number and writes it in capitals; false if there is anything else in it.
func Compact(number string) (string, bool) {
	var b strings.Builder
	for _, r := range number {
		if c := plain(r); c != 0 {
			b.WriteByte(c)
		} else if !invisible(r) && gapOf(r) == other && r != ',' {
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

func digitsOf(n string) (bits uint64) {
	for i := range len(n) {
		if n[i] <= '9' {
			bits |= 1 << i
		}
	}
	return bits
}

// Kinds are the names of all kinds of identifiers.
func Kinds() []string {
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

const longest = 34 // characters of a number

var (
	kinds = map[string]*Detector{}
	forms = map[int][]*form{}

	countries = map[string]bool{}
)

func init() {
	for _, table := range [][]Detector{europeanUnion, restOfEurope, america, asia, africaAndPacific} {
		for i := range table {
			d := &table[i]
			if kinds[d.Name] != nil {
				panic("detect: two of " + d.Name)
			}
			if d.Validate == nil {
				d.Validate = func(string) bool { return true }
			}
			d.words = keywords(d.Keywords)
			kinds[d.Name], countries[d.Name[:2]] = d, true
			compile(d, forms)
		}
	}
}

// Keywords are the words that make a kind of identifier likelier.
func Keywords(kind string) []string {
	if d := kinds[kind]; d != nil {
		return d.words
	}
	return nil
}
