package resource

import (
	"strings"
	"unicode"

	"usher/itip"
)

// How much of somebody's words gets into an answer, in characters.
const (
	maxTitle = 200
	maxName  = 100
)

// title is what an object is called in texts.
func title(o *itip.Object) string {
	for _, c := range o.Scheduled() {
		if s := clean(c.Text("SUMMARY"), maxTitle); s != "" {
			return s
		}
	}
	return "?"
}

// clean makes somebody's words fit to stand within ours: one line, of bounded length, and nothing in it that
// moves text about.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n++; n > limit {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// messageID is a Message-ID an answer may name, or "": what is none, and what no line could hold, is not passed on.
func messageID(s string) string {
	ok := len(s) > 2 && len(s) <= 250 && s[0] == '<' && s[len(s)-1] == '>'
	for i := 0; ok && i < len(s); i++ {
		ok = s[i] > ' ' && s[i] < 0x7f
	}
	if !ok {
		return ""
	}
	return s
}
