package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrTooLarge says that there is more than was allowed.
var ErrTooLarge = errors.New("too large")

// DefaultLimit is how much Read reads if it is not told.
const DefaultLimit = 100 << 20

// Read reads a mail as it lies in a file or came by SMTP, up to limit bytes (0: DefaultLimit). It takes
// everything: a line that is no field ends the header, as it does in Postfix. Written again and unchanged, the
// mail is byte for byte the same.
func Read(r io.Reader, limit int64) (*Message, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read mail: %w: more than %d bytes", ErrTooLarge, limit)
	}
	return parse(data), nil
}

func parse(data []byte) *Message {
	var s splitter
	f := &frame{lead: string(data[:fromLine(data)]), eol: lineEnd(data)}
	rest := data[len(f.lead):]
	at, sep, _ := s.split(rest, true)
	f.header, f.sep = s.header(rest), string(rest[at:at+sep])
	f.rememberOdd(rest, s.lines)
	m := New(f.header, Bytes(rest[at+sep:]))
	m.frame, f.body = f, m.body
	return m
}

// lineEnd is how the first line ends, and with it what we add.
func lineEnd(data []byte) string {
	if i := bytes.IndexByte(data, '\n'); i == 0 || i > 0 && data[i-1] != '\r' {
		return "\n"
	}
	return "\r\n"
}

// frame is what a mail that was read has around its fields, so that it can be written as it was.
type frame struct {
	lead   string      // an mbox From line
	eol    string      // how lines end
	sep    string      // the empty line; "" if something else ended the header
	header Header      // the fields that arrived
	odd    map[int]odd // by Origin: those that are not name, colon, value, eol
	body   *content    // the body that arrived
}

// odd is what stands after the name and after the value of a field.
type odd struct{ colon, end string }

func (f *frame) rememberOdd(data []byte, lines []line) {
	for i, l := range lines {
		o := odd{string(data[l.name:l.value]), string(data[l.text:l.to])}
		if o.colon == ":" && o.end == f.eol {
			continue
		}
		if f.odd == nil {
			f.odd = map[int]odd{}
		}
		f.odd[i+1] = o
	}
}

// arrived tells whether a field is still the one that was read.
func (f *frame) arrived(field Field) bool {
	return f != nil && field.Origin > 0 && field.Origin <= len(f.header) && f.header[field.Origin-1] == field
}

// untouched tells whether header and body are as they were read.
func (f *frame) untouched(m *Message) bool {
	if f == nil || len(f.header) != len(m.Header) || f.body != m.body {
		return false
	}
	for i := range m.Header {
		if m.Header[i] != f.header[i] {
			return false
		}
	}
	return true
}
