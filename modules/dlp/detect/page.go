package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// reach is how far, in bytes, the letters of a number may stand from its digits.
const reach = 48

// gap is what stands between two atoms.
type gap byte

const (
	none gap = iota // nothing, or only what cannot be seen
	space
	dash
	dot
	slash
	loose // brackets and colons, which only an IBAN survives
	other // anything that ends a number
)

// atom is a run of digits or of Latin letters.
type atom struct {
	from, to int // in the text
	at, end  int // in page.chars
	before   gap // what stands before it
	digit    bool
}

func (a atom) size() int { return a.end - a.at }

// page is a stretch of text around digits, cut into atoms.
type page struct {
	text  string
	chars string // the digits and capital letters of all atoms
	bytes []byte // the same while they are gathered
	atoms []atom
}

// pages cuts the stretches of text that have digits and hands each to f. The page is used again.
func pages(text string, f func(*page)) {
	p := &page{text: text}
	for done := 0; ; {
		from, to := stretch(text, done)
		if from < 0 {
			return
		}
		p.cut(from, to)
		f(p)
		done = to
	}
}

// stretch finds the next digits from done on and what belongs to them: no digit is within reach of either end.
func stretch(text string, done int) (from, to int) {
	at := nextDigit(text, done, len(text))
	if at < 0 {
		return -1, -1
	}
	from = max(done, at-reach)
	for from > done && text[from] > ' ' && at-from < 2*reach {
		from--
	}
	for {
		next := nextDigit(text, at+1, min(len(text), at+1+2*reach))
		if next < 0 {
			break
		}
		at = next
	}
	to = min(len(text), at+1+reach)
	for to < len(text) && text[to] > ' ' && to-at < 2*reach {
		to++
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return from, to
}

// nextDigit is where the next digit of any script starts, -1 without one before end.
func nextDigit(text string, from, end int) int {
	for i := from; i < end; i++ {
		c := text[i]
		if c < utf8.RuneSelf {
			if c-'0' < 10 {
				return i
			}
			continue
		}
		if !utf8.RuneStart(c) || c < 0xD9 { // digits beyond ASCII start at U+0660
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text[i:]); digitOf(r) >= 0 {
			return i
		}
	}
	return -1
}

// digitOf is the value of a digit of any script, -1 for anything else. Unicode puts the ten of each script in a row.
func digitOf(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if '0' <= r && r <= '9' {
			return int(r - '0')
		}
		return -1
	case r < 0x660, 0x3000 <= r && r < 0xA620, 0xAC00 <= r && r < 0xFF10:
		return -1
	}
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10
		}
	}
	return -1
}

// plain is the digit or capital letter a character stands for, 0 for anything else.
func plain(r rune) byte {
	switch {
	case 'a' <= r && r <= 'z':
		return byte(r) - 'a' + 'A'
	case 'A' <= r && r <= 'Z':
		return byte(r)
	case 'Ａ' <= r && r <= 'Ｚ':
		return byte(r-'Ａ') + 'A'
	case 'ａ' <= r && r <= 'ｚ':
		return byte(r-'ａ') + 'A'
	case r == 'Ñ', r == 'ñ':
		return 'N'
	case 'А' <= r && r <= 'Х':
		return lookalikes[r]
	}
	if d := digitOf(r); d >= 0 {
		return byte('0' + d)
	}
	return 0
}

// lookalikes are the Cyrillic capitals that look like Latin ones; people type either.
var lookalikes = map[rune]byte{'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'Х': 'X'}

// invisible tells whether nobody sees a character, so that it can be put between two digits.
func invisible(r rune) bool {
	switch r {
	case 0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF:
		return true
	}
	return 0x200B <= r && r <= 0x200F || 0x202A <= r && r <= 0x202E || 0x2060 <= r && r <= 0x206F ||
		0xFE00 <= r && r <= 0xFE0F
}

// gapOf says what kind of gap a character makes.
func gapOf(r rune) gap {
	switch r {
	case ' ', '\t', 0xA0, 0x1680, 0x202F, 0x205F, 0x3000:
		return space
	case '-', 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x30FC:
		return dash
	case '.', 0xB7, 0xFF0E:
		return dot
	case '/', 0xFF0F:
		return slash
	case ':', ';', '(', ')':
		return loose
	}
	switch {
	case 0x2000 <= r && r <= 0x200A:
		return space
	case 0x2010 <= r && r <= 0x2015:
		return dash
	}
	return other
}

// join adds a character to a gap: spaces around one mark are that mark, two marks end the number.
func (g gap) join(next gap, n int) gap {
	switch {
	case n > 3:
		return other
	case g == none, g == space:
		return next
	case next == space:
		return g
	}
	return other
}

// cut makes the atoms of text[from:to].
func (p *page) cut(from, to int) {
	p.bytes, p.atoms = p.bytes[:0], p.atoms[:0]
	between, n, open := other, 0, false
	for i := from; i < to; {
		r, size := rune(p.text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(p.text[i:])
		}
		if c := plain(r); c != 0 {
			isDigit := c <= '9'
			if !open || between != none || p.atoms[len(p.atoms)-1].digit != isDigit {
				p.atoms = append(p.atoms, atom{from: i, at: len(p.bytes), before: between, digit: isDigit})
			}
			p.bytes = append(p.bytes, c)
			a := &p.atoms[len(p.atoms)-1]
			a.to, a.end = i+size, len(p.bytes)
			between, n, open = none, 0, true
		} else if !invisible(r) {
			n++
			between = between.join(gapOf(r), n)
		}
		i += size
	}
	p.chars = string(p.bytes)
}

// after is the gap behind atom i.
func (p *page) after(i int) gap {
	if i+1 < len(p.atoms) {
		return p.atoms[i+1].before
	}
	return other
}

// linked tells whether something around the span shows that it is a piece of a link, an address, a path or a telephone
// number.
func linked(text string, from, to int) bool {
	if from > 0 && strings.IndexByte("+/@_%\\", text[from-1]) >= 0 || from >= 3 && text[from-3:from] == "＋" {
		return true
	}
	if from > 1 && text[from-1] == '.' && text[from-2]-'0' < 10 {
		return true // the decimals of a number
	}
	if to < len(text) && strings.IndexByte("@_%\\", text[to]) >= 0 {
		return true
	}
	if to+1 < len(text) && text[to] == '/' && (text[to+1]|0x20 >= 'a' && text[to+1]|0x20 <= 'z') {
		return true
	}
	start := from
	for start > 0 && text[start-1] > ' ' && from-start < 512 {
		start--
	}
	token := text[start:from]
	return strings.Contains(token, "://") || strings.Contains(token, "www.")
}
