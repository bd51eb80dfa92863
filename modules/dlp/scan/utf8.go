package scan

import "unicode/utf8"

// span is a range of bytes.
type span struct{ lo, hi byte }

// sequences calls add with the byte ranges which together spell exactly the runes from lo to hi.
func sequences(lo, hi rune, add func([]span)) {
	for _, last := range []rune{0x7f, 0x7ff, 0xffff} {
		if lo <= last && last < hi {
			sequences(lo, last, add)
			sequences(last+1, hi, add)
			return
		}
	}
	n := utf8.RuneLen(hi)
	if n < 0 { // a surrogate's place: no text has it
		n = 3
	}
	for i := 1; i < n; i++ {
		low := rune(1)<<(6*i) - 1
		if lo&^low == hi&^low {
			continue
		}
		if lo&low != 0 {
			sequences(lo, lo|low, add)
			sequences(lo|low+1, hi, add)
			return
		}
		if hi&low != low {
			sequences(lo, hi&^low-1, add)
			sequences(hi&^low, hi, add)
			return
		}
	}
	a, b := spell(lo, n), spell(hi, n)
	seq := make([]span, n)
	for i := range seq {
		seq[i] = span{a[i], b[i]}
	}
	add(seq)
}

// spell is UTF-8 that spells surrogates, too: as borders of ranges they are harmless.
func spell(r rune, n int) [4]byte {
	var b [4]byte
	if n == 1 {
		b[0] = byte(r)
		return b
	}
	for i := n - 1; i > 0; i-- {
		b[i] = 0x80 | byte(r)&0x3f
		r >>= 6
	}
	b[0] = byte(uint(0xf00)>>n) | byte(r)
	return b
}
