package message

import (
	"io"
	"strings"
)

// WriteTo writes the mail. What was read and not changed is written as it came.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.head())
	if err != nil {
		return int64(n), err
	}
	k, err := copyBody(w, m.Body())
	return int64(n) + k, err
}

// Size is the number of bytes WriteTo writes.
func (m *Message) Size() int64 { return int64(len(m.head())) + m.Body().Size() }

// Equal tells whether both are written as the same bytes.
func (m *Message) Equal(o *Message) bool {
	return string(m.head()) == string(o.head()) && (m.SameBody(o) || sameBytes(m.Body(), o.Body()))
}

// head is everything before the body.
func (m *Message) head() []byte {
	var b []byte
	untouched, eol := m.frame.untouched(m), m.eol()
	if m.frame != nil {
		b = append(b, m.frame.lead...)
	}
	for _, f := range m.Header {
		b = m.appendField(b, f, untouched)
	}
	switch {
	case m.frame != nil && (m.frame.sep != "" || untouched):
		return append(b, m.frame.sep...)
	default:
		return append(b, eol...)
	}
}

func (m *Message) appendField(b []byte, f Field, untouched bool) []byte {
	if !m.frame.arrived(f) {
		return append(b, render(f, m.eol())...)
	}
	o, ok := m.frame.odd[f.Origin]
	if !ok {
		o = odd{":", m.frame.eol}
	}
	if o.end == "" && !untouched { // the file ended here, and now something follows
		o.end = m.frame.eol
	}
	b = append(append(b, f.Name...), o.colon...)
	return append(append(b, f.Raw...), o.end...)
}

func (m *Message) eol() string {
	if m.frame == nil {
		return "\r\n"
	}
	return m.frame.eol
}

// render writes a field that was added, or that a milter handed us: its folds have lost their CR then.
func render(f Field, eol string) string {
	raw := f.Raw
	if strings.ContainsAny(raw, "\r\n\x00") {
		raw = refold(raw, eol)
	}
	return cleanName(f.Name) + ":" + raw + eol
}

// refold gives every line break in a value the same form, and white space behind it, so that no value can
// become a second field or end the header.
func refold(raw, eol string) string {
	raw = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", " ").Replace(raw)
	var b strings.Builder
	for i, l := range strings.Split(raw, "\n") {
		if i > 0 && strings.Trim(l, " \t") == "" {
			continue // a line of white space alone would end the header for many readers
		}
		if i > 0 {
			b.WriteString(eol)
			if !isSpace([]byte(l)) {
				b.WriteByte('\t')
			}
		}
		b.WriteString(l)
	}
	return b.String()
}
