package message

import "bytes"

const (
	maxBoundary = 200  // RFC 2046 5.1.1 allows 70; some write longer ones
	maxPadding  = 1024 // the longest boundary line with the white space behind it
)

// scanner finds boundary lines in one pass over a body, whatever the depth: each byte is looked at once for
// all boundaries that are open (RFC 2046 5.1.2: an outer one ends the inner).
type scanner struct {
	*window
	open   []string       // boundaries, the outermost first
	levels map[string]int // boundary to its place in open, from 1; for one used twice the inner
}

// delimiter is a boundary line or, with level 0, the end of the body.
type delimiter struct {
	level int   // whose boundary it is
	last  bool  // the closing one
	from  int64 // end of what stands before: the line break belongs to the delimiter (RFC 2046 5.1.1)
	line  int64 // where the line begins
	to    int64 // where the next one begins
}

func (s *scanner) push(boundary string) (level int) {
	s.open = append(s.open, boundary)
	if s.levels == nil {
		s.levels = map[string]int{}
	}
	s.levels[boundary] = len(s.open)
	return len(s.open)
}

func (s *scanner) pop() {
	last := len(s.open) - 1
	boundary := s.open[last]
	s.open = s.open[:last]
	for i := last - 1; i >= 0; i-- {
		if s.open[i] == boundary {
			s.levels[boundary] = i + 1
			return
		}
	}
	delete(s.levels, boundary)
}

// next is the first delimiter from pos on, where a line begins.
func (s *scanner) next(pos int64) delimiter {
	for at := pos - 1; len(s.open) > 0; {
		line, ok := s.dashes(at)
		if !ok {
			break
		}
		if d, ok := s.delimiter(line); ok {
			return d
		}
		at = line
	}
	return s.end()
}

func (s *scanner) end() delimiter { return delimiter{from: s.total, line: s.total, to: s.total} }

// dashes finds the first line that begins with two dashes and whose line break is at or after at.
// Before the body there is a line break.
func (s *scanner) dashes(at int64) (line int64, ok bool) {
	if at < 0 {
		if bytes.HasPrefix(s.at(0, 2), []byte("--")) {
			return 0, true
		}
		at = 0
	}
	for {
		data := s.at(at, 3)
		if i := bytes.Index(data, []byte("\n--")); i >= 0 {
			return at + int64(i) + 1, true
		}
		if s.ends(at, data) {
			return 0, false
		}
		at += int64(len(data)) - 2
	}
}

// delimiter reads the line at pos if it is a boundary.
func (s *scanner) delimiter(pos int64) (delimiter, bool) {
	data := s.at(pos, maxPadding)
	data = data[:min(len(data), maxPadding)]
	n := bytes.IndexByte(data, '\n') + 1
	if n == 0 {
		if !s.ends(pos, data) {
			return delimiter{}, false
		}
		n = len(data)
	}
	level, last := s.match(data[:n])
	if level == 0 {
		return delimiter{}, false
	}
	return delimiter{level, last, s.lineBreak(pos), pos, pos + int64(n)}, true
}

// match tells whose boundary a line is. The whole line has to be it, white space at its end aside, so that a
// boundary that begins like another is not taken for it.
func (s *scanner) match(line []byte) (level int, last bool) {
	if !bytes.HasPrefix(line, []byte("--")) || len(line) > maxPadding {
		return 0, false
	}
	line = bytes.TrimRight(line[2:], " \t\r\n")
	level = s.levels[string(line)]
	if closed, ok := bytes.CutSuffix(line, []byte("--")); ok {
		if l := s.levels[string(closed)]; l > level {
			return l, true
		}
	}
	return level, false
}

// isDelimiter is match for the header of a part, which a boundary ends too.
func (s *scanner) isDelimiter(line []byte) bool {
	level, _ := s.match(line)
	return level > 0
}

// lineBreak is where the line break before pos begins.
func (s *scanner) lineBreak(pos int64) int64 {
	from := max(pos-2, 0)
	before := s.at(from, int(pos-from))[:pos-from]
	return from + int64(len(chomp(before)))
}
