package itip

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Encode writes the object: CRLF, folded at 75 octets and never inside a character (RFC 5545 3.1).
func (o *Object) Encode() []byte {
	var w writer
	w.component(o.Root)
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	longest int // longest line, unfolded, that is not an attachment
}

func (w *writer) component(c *Component) {
	w.line("BEGIN:" + c.Name)
	for _, p := range c.Props {
		w.line(p.String())
	}
	for _, part := range c.Parts {
		w.component(part)
	}
	w.line("END:" + c.Name)
}

// String is the content line, not folded. Whatever was put into it, it is one line.
func (p Prop) String() string {
	var b strings.Builder
	b.WriteString(p.Name)
	for _, q := range p.Params {
		b.WriteString(";" + q.Name + "=")
		for i, v := range q.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(encodeParam(v))
		}
	}
	b.WriteString(":" + p.Value)
	if s := b.String(); strings.IndexFunc(s, isControl) < 0 && utf8.ValidString(s) {
		return s
	}
	return dropControls(strings.ToValidUTF8(b.String(), "\uFFFD"))
}

func (w *writer) line(s string) {
	if len(s) > w.longest && !mayBeLong(s) {
		w.longest = len(s)
	}
	for room := 75; len(s) > room; room = 74 { // a fold begins with the space that marks it
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut])
		w.WriteString("\r\n ")
		s = s[cut:]
	}
	w.WriteString(s)
	w.WriteString("\r\n")
}

// checkSize tells whether Parse will take what Encode writes. Only objects near the limits are written for it.
func (o *Object) checkSize(read int) error {
	if read <= MaxLine/4 {
		return nil // escapes and folds make nothing four times as large
	}
	var w writer
	w.component(o.Root)
	if w.Len() > MaxSize || w.longest > MaxLine {
		return ErrTooLarge
	}
	return nil
}
