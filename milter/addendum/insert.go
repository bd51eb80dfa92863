package addendum

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding"

	"usher/milter/message"
)

// maxLine is the longest line a mail may have (RFC 5322 2.1.1).
const maxLine = 998

// maxRecoded bounds a part that has to be written anew, in bytes. A larger one gets the words as a part beside it.
const maxRecoded = 2 << 20

// change is what is done to one body part.
type change struct {
	part    *message.Part
	insert  *message.Insertion // nil: the content is written anew
	content []byte
	fields  []message.Field
	beside  string // not even that: the words become a part of their own, and this is why
	added   Added
}

// addition is the words on their way into a part.
type addition struct {
	part    *message.Part
	view    *view
	script  script // what is written
	old     script // what was
	place   Place
	words   string // of the part's kind
	marker  string
	lineEnd string // of the mail
}

func isHTML(p *message.Part) bool { return p.MediaType() == "text/html" }

// plan finds the smallest change that puts the words into the part.
func (a addition) plan() (change, error) {
	c := change{part: a.part}
	encoding := a.part.Encoding()
	if !known(encoding) {
		return c, errLeave
	}
	at, before, err := a.script.source(a.part, a.view.at)
	if errors.Is(err, errSign) {
		c.beside = "its charset is read in another way than it is written"
		return c, nil
	}
	if err != nil {
		return c, err
	}
	text := a.compose(0)
	added, err := a.script.write(text, before)
	if err != nil {
		return a.raise(c, text)
	}
	if literal(encoding) && (hasLongLine(added, a.view.column) || encoding == "7bit" && !isASCII(string(added)) && !a.eightBit()) {
		return a.recode(c, at, added)
	}
	if encoding == "7bit" && !isASCII(string(added)) {
		c.fields = declared(a.part, message.NewField("Content-Transfer-Encoding", "8bit"))
	}
	return a.splice(c, at, before)
}

// eightBit tells whether the content says less about itself than is true: it has 8-bit signs already.
func (a addition) eightBit() bool { return a.view.eight }

// splice puts the words between the bytes that are there.
func (a addition) splice(c change, at int64, before []byte) (change, error) {
	if a.view.size == 0 {
		return a.recode(c, at, nil)
	}
	slot, err := a.part.Slot(at)
	if err != nil {
		return c, err
	}
	var added []byte
	for pad := range 3 {
		if added, err = a.script.write(a.compose(pad), before); err != nil {
			return c, err
		}
		if len(added)%slot.Group() == 0 {
			break
		}
	}
	if len(added)%slot.Group() != 0 { // cannot be, but the bytes behind must not shift
		return a.recode(c, at, added)
	}
	eol := a.rawEnd()
	c.insert = &message.Insertion{Slot: slot, Encoded: slot.Encode(added, eol), Fields: c.fields}
	c.added = Added{Path: a.part.Path, At: at, Bytes: added}
	return c, nil
}

// rawEnd is how the lines of the encoded part end.
func (a addition) rawEnd() string {
	if literal(a.part.Encoding()) {
		return a.view.eol
	}
	var block [4096]byte
	n, _ := io.ReadFull(a.part.Raw(), block[:])
	if i := bytes.IndexByte(block[:n], '\n'); i > 0 && block[i-1] == '\r' {
		return "\r\n"
	} else if i >= 0 {
		return "\n"
	}
	return a.lineEnd
}

// raise gives the part UTF-8, in which everything can be said.
func (a addition) raise(c change, text string) (change, error) {
	switch {
	case isHTML(a.part):
		return c, errLeave // a charset in which not even ASCII can be written
	case a.view.strange:
		c.beside = "its charset is not what it says"
		return c, nil
	}
	plain := a.script.enc == encoding.Nop && !a.script.unknown // ASCII is UTF-8 already
	if a.script.unknown {
		c.beside = "its charset is not known"
		return c, nil
	}
	a.script.name = "utf-8"
	c.fields = []message.Field{withCharset(a.part, "utf-8")}
	if plain && (a.part.Encoding() != "7bit" || a.view.eight) && !(literal(a.part.Encoding()) && hasLongLine([]byte(text), a.view.column)) {
		if a.part.Encoding() == "7bit" {
			c.fields = append(c.fields, message.NewField("Content-Transfer-Encoding", "8bit"))
		}
		c.fields = declared(a.part, c.fields...)
		return a.splice(c, a.view.at, nil)
	}
	if a.view.size > maxRecoded {
		c.beside = "it is too large to be written anew"
		return c, nil
	}
	old, err := io.ReadAll(io.LimitReader(a.old.read(a.part), 2*maxRecoded))
	if err != nil {
		return c, err
	}
	return a.rewrite(c, old, a.view.at, []byte(text))
}

// recode gives the part a transfer encoding that can carry the words.
func (a addition) recode(c change, at int64, added []byte) (change, error) {
	if a.view.size > maxRecoded {
		c.beside = "it is too large to be written anew"
		return c, nil
	}
	old, err := a.part.Bytes(4 * maxRecoded)
	if err != nil {
		return c, err
	}
	if added == nil {
		if added, err = a.script.write(a.compose(0), old); err != nil {
			return c, err
		}
	}
	return a.rewrite(c, old, at, added)
}

// rewrite encodes old with the words in it.
func (a addition) rewrite(c change, old []byte, at int64, added []byte) (change, error) {
	text := bytes.Join([][]byte{old[:at], added, old[at:]}, nil)
	e, eol := a.part.Encoding(), a.rawEnd()
	if e == "7bit" && message.BestEncoding(text) != "7bit" || literal(e) && hasLongLine(added, a.view.column) {
		if e = "quoted-printable"; message.BestEncoding(old) == "base64" {
			e = "base64"
		}
		c.fields = append(c.fields, message.NewField("Content-Transfer-Encoding", e))
	}
	c.fields = declared(a.part, c.fields...)
	c.added = Added{Path: a.part.Path, At: at, Bytes: added, Recoded: true}
	switch e {
	case "quoted-printable":
		c.content = message.QuotedPrintable(text, eol)
	case "base64":
		c.content = bytes.ReplaceAll(message.EncodeBody(text, e), []byte("\r\n"), []byte(eol))
	default:
		c.content = text
	}
	return c, nil
}

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

func known(encoding string) bool {
	return literal(encoding) || encoding == "quoted-printable" || encoding == "base64"
}

// literal are the transfer encodings that are none.
func literal(encoding string) bool {
	return encoding == "7bit" || encoding == "8bit" || encoding == "binary"
}

var errLeave = fmt.Errorf("left alone")
