package addendum

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// compose is the words as they stand in the part, with pad signs more that nobody sees.
func (a addition) compose(pad int) string {
	text := a.plainWords(pad)
	if isHTML(a.part) {
		text = a.htmlWords(pad)
	}
	return strings.ReplaceAll(text, "\n", a.view.eol)
}

// htmlWords are one element, so that they can be told from the rest. What cannot be written as it is is written as
// references: they mean the same whatever charset a reader believes in.
func (a addition) htmlWords(pad int) string {
	words := a.view.closing + `<div class="` + a.marker + `">` + a.words + "</div>" + strings.Repeat(" ", pad) + "\n"
	holds := a.script.holds
	if a.part.Encoding() == "7bit" || a.view.meta != "" && !sameCharset(a.view.meta, a.script.name) {
		holds = func(string) bool { return false }
	}
	words = references(words, holds)
	if literal(a.part.Encoding()) && (hasLongLine([]byte(words), a.view.column)) {
		words = "\n" + foldHTML(words, 900)
	}
	return words
}

// plainWords are lines of their own. Whether there is a last line break is the old text's choice.
func (a addition) plainWords(pad int) string {
	words := a.words
	if isFlowed(a.part) {
		words = flowed(words)
	}
	before, behind := "", "\n"
	switch {
	case a.view.quoted || a.place == Top:
		behind = "\n\n"
		if a.view.flows && isFlowed(a.part) {
			before = "\n"
		}
	default:
		if a.view.inLine {
			before, behind = "\n", ""
		}
		if a.view.flows && isFlowed(a.part) {
			before += "\n"
		}
	}
	if isFlowed(a.part) { // a space at the end would make the line flow
		return before + words + strings.Repeat("\n", pad) + behind
	}
	return before + words + strings.Repeat(" ", pad) + behind
}

func sameCharset(a, b string) bool {
	if a == b || a == "utf8" && b == "utf-8" {
		return true
	}
	return b == "us-ascii"
}

func hasLongLine(text []byte, column int64) bool {
	for line := range bytes.Lines(text) {
		if column+int64(len(bytes.TrimRight(line, "\r\n"))) > maxLine {
			return true
		}
		column = 0
	}
	return false
}

// foldHTML breaks lines where white space means nothing: between words, and between the attributes of a tag.
func foldHTML(words string, width int) string {
	var b strings.Builder
	col, keep := 0, ""
	z := html.NewTokenizer(strings.NewReader(words))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := string(z.Raw())
		name, _ := z.TagName()
		switch {
		case kind == html.StartTagToken && (hides[string(name)] || string(name) == "pre"):
			keep = string(name)
		case kind == html.EndTagToken && string(name) == keep:
			keep = ""
		}
		quote := rune(0)
		for i, r := range raw {
			switch {
			case r == '\n':
				col = -1
			case kind != html.TextToken && quote == 0 && (r == '"' || r == '\''):
				quote = r
			case r == quote:
				quote = 0
			case r == ' ' && quote == 0 && kind != html.CommentToken && (keep == "" || kind != html.TextToken) && col+wordLen(raw[i+1:]) > width:
				r, col = '\n', -1
			}
			b.WriteRune(r)
			col += utf8.RuneLen(r)
		}
	}
	return b.String()
}

func wordLen(rest string) int {
	if i := strings.IndexAny(rest, " \n"); i >= 0 {
		return i + 1
	}
	return len(rest)
}
