package message

import (
	"iter"
	"mime"
	"strings"
	"unicode/utf8"
)

// encodeWords turns the stretch from the first to the last word that is not ASCII into RFC 2047 words. What
// only looks like an encoded word is encoded with it, or it would be decoded at the other end.
func encodeWords(value string) string {
	from, to := len(value), 0
	for at := 0; at < len(value); {
		n := strings.IndexByte(value[at:], ' ')
		if n < 0 {
			n = len(value) - at
		}
		if word := value[at : at+n]; !isASCII(word) || strings.Contains(word, "=?") {
			from, to = min(from, at), at+n
		}
		at += n + 1
	}
	return value[:from] + encodeShort(value[from:to]) + value[to:]
}

// encodeShort encodes by Q, which can be read in a log, unless B is clearly shorter.
func encodeShort(s string) string {
	q, b := mime.QEncoding.Encode("utf-8", s), mime.BEncoding.Encode("utf-8", s)
	if len(b)*5 < len(q)*4 {
		return b
	}
	return q
}

// word is one RFC 2047 encoded word: =?charset?encoding?text?=
type word struct {
	charset string
	bytes   []byte
	length  int // in the source
}

// group is a run of words of one charset. Their bytes are joined before they are converted, because many
// mailers cut a multi-byte character in two (against RFC 2047 5).
type group struct {
	from, to int // in the source
	charset  string
	bytes    []byte
}

func (g group) text(source string) string {
	text, err := toUTF8(g.charset, g.bytes)
	if err != nil {
		return source[g.from:g.to]
	}
	return text
}

// decodeWords decodes every RFC 2047 word of a value that it can.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var g group
	for at, w := range words(s) {
		// White space between two words counts for nothing (RFC 2047 6.2).
		alone := g.to == 0 || strings.Trim(s[g.to:at], " \t") != ""
		if alone || g.charset != w.charset {
			out.WriteString(g.text(s))
			g.from, g.charset, g.bytes = at, w.charset, nil
		}
		if alone {
			out.WriteString(s[g.to:at])
		}
		g.to, g.bytes = at+w.length, append(g.bytes, w.bytes...)
	}
	return out.String() + g.text(s) + s[g.to:]
}

// words finds the encoded words of s and where they begin.
func words(s string) iter.Seq2[int, word] {
	return func(yield func(int, word) bool) {
		end := strings.LastIndex(s, "?=") + 2
		for at := 0; at < end; {
			i := strings.Index(s[at:end], "=?")
			if i < 0 {
				return
			}
			at += i
			w, ok := parseWord(s[at:end])
			switch {
			case !ok:
				at += 2
			case !yield(at, w):
				return
			default:
				at += w.length
			}
		}
	}
}

// maxCharset is longer than any name IANA knows; without a bound a line of =?=?=? would cost its square.
const maxCharset = 64

// parseWord reads one word at the start of s. Spaces in its text are forbidden and seen.
func parseWord(s string) (word, bool) {
	charset, _, ok := strings.Cut(s[2:min(len(s), 2+maxCharset+1)], "?")
	if !ok || charset == "" || strings.ContainsAny(charset, " \t") {
		return word{}, false
	}
	rest := s[2+len(charset)+1:]
	if len(rest) < 2 || rest[1] != '?' || !strings.ContainsRune("QqBb", rune(rest[0])) {
		return word{}, false
	}
	text, _, ok := strings.Cut(rest[2:], "?=")
	if !ok {
		return word{}, false
	}
	w := word{length: len(s) - len(rest) + 2 + len(text) + 2}
	w.charset, _, _ = strings.Cut(strings.ToLower(charset), "*") // RFC 2231 5: a language may follow
	if rest[0]|0x20 == 'q' {
		w.bytes = decodeQ(text)
	} else {
		w.bytes = decodeBase64([]byte(text))
	}
	return w, true
}

// decodeQ is the Q encoding; an escape that is none stays as it is.
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// validUTF8 replaces what is not UTF-8.
func validUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
