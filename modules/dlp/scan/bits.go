package scan

import "math/bits"

// marks are places in the buffer, one bit each.
type marks []uint64

func (m marks) set(i int)      { m[i>>6] |= 1 << (i & 63) }
func (m marks) has(i int) bool { return m[i>>6]>>(i&63)&1 != 0 }

// below is the highest mark at or below i, or -1.
func (m marks) below(i int) int {
	if i < 0 {
		return -1
	}
	w := i >> 6
	word := m[w] << (63 - i&63) >> (63 - i&63)
	for word == 0 {
		if w--; w < 0 {
			return -1
		}
		word = m[w]
	}
	return w<<6 + 63 - bits.LeadingZeros64(word)
}

// above is the lowest mark at or above i, or -1.
func (m marks) above(i int) int {
	w := i >> 6
	if w >= len(m) {
		return -1
	}
	word := m[w] >> (i & 63) << (i & 63)
	for word == 0 {
		if w++; w == len(m) {
			return -1
		}
		word = m[w]
	}
	return w<<6 + bits.TrailingZeros64(word)
}

// drop forgets the first n places, a multiple of 64.
func (m marks) drop(n int) {
	clear(m[copy(m, m[n>>6:]):])
}
