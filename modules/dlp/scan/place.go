package scan

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// place is a set of what can be true between two bytes.
type place uint8

const (
	beginLine place = 1 << iota
	endLine
	beginText
	endText
	border
	noBorder
	uniBorder
	uniNoBorder

	anyLine    = beginLine | endLine
	anyUnicode = uniBorder | uniNoBorder
	anyWord    = border | noBorder | anyUnicode
)

var places = map[syntax.Op]place{
	syntax.OpBeginLine: beginLine, syntax.OpEndLine: endLine,
	syntax.OpBeginText: beginText, syntax.OpEndText: endText,
	syntax.OpWordBoundary: border, syntax.OpNoWordBoundary: noBorder,
}

// mirrored is the place as seen by who reads backwards.
func (p place) mirrored() place {
	switch p {
	case beginLine:
		return endLine
	case endLine:
		return beginLine
	case beginText:
		return endText
	case endText:
		return beginText
	}
	return p
}

func (p place) unicode() place {
	switch p {
	case border:
		return uniBorder
	case noBorder:
		return uniNoBorder
	}
	return p
}

// side is what is known of the byte on one side of a place.
type side uint8

const (
	word side = 1 << iota
	newline
	foreign // part of a rune beyond ASCII
	edge    // there is no byte
)

func sideOf(b byte) side {
	switch {
	case b == '\n':
		return newline
	case b >= utf8.RuneSelf:
		return foreign
	case isWord(b):
		return word
	}
	return 0
}

// seen is the part of a side that places depend on; less to see makes fewer states.
func (p place) seen(s side) side {
	mask := edge
	if p&anyWord != 0 {
		mask |= word
	}
	if p&anyLine != 0 {
		mask |= newline
	}
	if p&anyUnicode != 0 {
		mask |= foreign
	}
	if p == 0 {
		mask = 0
	}
	return s & mask
}

// between is what is true between a byte already read and the next one. Next to a rune beyond ASCII both answers about
// Unicode words stand: the exact program knows, and asks.
func between(before, after side) place {
	var p place
	if before&edge != 0 {
		p |= beginText | beginLine
	}
	if before&newline != 0 {
		p |= beginLine
	}
	if after&edge != 0 {
		p |= endText | endLine
	}
	if after&newline != 0 {
		p |= endLine
	}
	if before&word != after&word {
		p |= border | uniBorder
	} else {
		p |= noBorder | uniNoBorder
	}
	if (before|after)&foreign != 0 {
		p |= anyUnicode
	}
	return p
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// wordBorder tells whether a place in the text is at the border of a word of any script (UTS 18, annex C).
func wordBorder(text []byte, at int) bool {
	before, _ := utf8.DecodeLastRune(text[:at])
	after, _ := utf8.DecodeRune(text[at:])
	return isWordRune(before) != isWordRune(after)
}

func isWordRune(r rune) bool {
	return r < utf8.RuneSelf && isWord(byte(r)) ||
		r >= utf8.RuneSelf && r != utf8.RuneError && unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc,
			unicode.Other_Alphabetic, unicode.Join_Control)
}
