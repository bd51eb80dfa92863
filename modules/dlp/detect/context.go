package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How far keywords may stand from what they speak of, in bytes.
const (
	wordsBefore = 80
	wordsBehind = 40
)

// keywords takes a list apart: words, or several words joined by an underscore.
func keywords(list string) []string {
	words := strings.Fields(list)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "_", " ")
	}
	return words
}

// around is the text on both sides of a span, in small letters.
type around struct{ before, behind string }

func surroundings(text string, from, to int) around {
	before, behind := max(0, from-wordsBefore), min(len(text), to+wordsBehind)
	for before > 0 && before < from && !utf8.RuneStart(text[before]) {
		before++
	}
	return around{strings.ToLower(text[before:from]), strings.ToLower(text[to:behind])}
}

// say tells whether one of the words is there.
func (a around) say(words []string) bool { return says(a.before, words) || says(a.behind, words) }

// near tells whether one of the words stands before the span or behind it.
func near(text string, from, to int, words []string) bool {
	return len(words) > 0 && surroundings(text, from, to).say(words)
}

// says tells whether a text in small letters has one of the words. Short words have to be whole, long ones may be
// part of a compound.
func says(text string, words []string) bool {
	for _, w := range words {
		for at, rest := 0, text; ; {
			i := strings.Index(rest, w)
			if i < 0 {
				break
			}
			at += i
			if len(w) > 5 || alone(text, at, at+len(w)) {
				return true
			}
			at++
			rest = text[at:]
		}
	}
	return false
}

// alone tells whether there is no letter next to the span; a plural's s does not count.
func alone(text string, from, to int) bool {
	left, _ := utf8.DecodeLastRuneInString(text[:from])
	if to < len(text) && text[to] == 's' {
		to++
	}
	right, _ := utf8.DecodeRuneInString(text[to:])
	return (left >= 0x2E80 || !unicode.IsLetter(left)) && (right >= 0x2E80 || !unicode.IsLetter(right))
}
