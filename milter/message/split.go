package message

import "bytes"

// line is one header field within a block of bytes, folds included: its name is [from:name], its value
// [value:text] and what ends it [text:to].
type line struct{ from, name, value, text, to int }

// splitter finds the fields of a header in a block.
type splitter struct {
	lines []line
	stops func(text []byte) bool // nil, or whether a line ends the header whatever it looks like
}

// split reads fields from the start of data. The header ends at at; sep bytes of empty line follow, none if a
// line that is no field ended it or nothing follows. ok is false if the header may go on behind data, which
// cannot be if data is the whole.
func (s *splitter) split(data []byte, whole bool) (at, sep int, ok bool) {
	s.lines = s.lines[:0]
	for at < len(data) {
		n := bytes.IndexByte(data[at:], '\n') + 1
		if n == 0 {
			if !whole {
				return at, 0, false
			}
			n = len(data) - at
		}
		text := chomp(data[at : at+n])
		switch {
		case len(text) == 0 && n > 0 && data[at+n-1] == '\n':
			return at, n, true
		case s.stops != nil && s.stops(text):
			return at, 0, true
		case isSpace(text) && len(s.lines) > 0:
			last := &s.lines[len(s.lines)-1]
			last.text, last.to = at+len(text), at+n
		default:
			name, value := fieldName(text)
			if name == 0 {
				return at, 0, true
			}
			s.lines = append(s.lines, line{at, at + name, at + value, at + len(text), at + n})
		}
		at += n
	}
	return at, 0, whole
}

// header gives the fields found in block, which data was. They share one string.
func (s *splitter) header(data []byte) Header {
	if len(s.lines) == 0 {
		return nil
	}
	base := s.lines[0].from
	block := string(data[base:s.lines[len(s.lines)-1].to])
	h := make(Header, len(s.lines))
	for i, l := range s.lines {
		h[i] = Field{block[l.from-base : l.name-base], block[l.value-base : l.text-base], i + 1}
	}
	return h
}

// chomp takes off LF or CRLF.
func chomp(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	return b
}

func isSpace(text []byte) bool { return len(text) > 0 && (text[0] == ' ' || text[0] == '\t') }

// fieldName tells where the name of a field ends and where its value begins; 0 is no field. White space before
// the colon is obsolete and seen (RFC 5322 4.5.8).
func fieldName(text []byte) (name, value int) {
	for name < len(text) && isNameByte(text[name]) {
		name++
	}
	value = name
	for value < len(text) && (text[value] == ' ' || text[value] == '\t') {
		value++
	}
	if name == 0 || value == len(text) || text[value] != ':' {
		return 0, 0
	}
	return name, value + 1
}

// fromLine is the length of the line that mbox files put before a mail, or 0.
func fromLine(data []byte) int {
	if bytes.HasPrefix(data, []byte("From ")) || bytes.HasPrefix(data, []byte(">From ")) {
		return bytes.IndexByte(data, '\n') + 1
	}
	return 0
}
