package message

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// partEdits are the splices that give p other fields and another content.
func (m *Message) partEdits(p *Part, fields []Field, content []byte) ([]splice, error) {
	block := make([]byte, p.start-p.head)
	if n, err := m.Body().ReadAt(block, p.head); n < len(block) {
		return nil, fmt.Errorf("read header: %w", short(err))
	}
	eol := m.eol()
	if bytes.IndexByte(block, '\n') >= 0 {
		eol = lineEnd(block)
	}
	head := setFields(block, fields, eol)
	if !m.beginsLine(p.head) { // the body ends with the boundary line before p
		head = append([]byte(eol), head...)
	}
	if !p.sep {
		head = append(head, eol...)
	}
	if p.flush && len(content) > 0 {
		content = slices.Concat(content, []byte(eol))
	}
	return []splice{{p.head, p.start, head}, {p.start, p.end, content}}, nil
}

// beginsLine tells whether a line of the body begins at pos.
func (m *Message) beginsLine(pos int64) bool { return pos == 0 || m.byteAt(pos-1) == '\n' }

// byteAt is the byte of the body at pos, or 0.
func (m *Message) byteAt(pos int64) byte {
	var b [1]byte
	m.Body().ReadAt(b[:], pos)
	return b[0]
}

// setFields is Header.Set on the bytes of a header: what is not replaced stays as it is written.
func setFields(block []byte, fields []Field, eol string) []byte {
	var s splitter
	at, sep, _ := s.split(block, true)
	type written struct{ name, bytes string }
	var all []written
	for _, l := range s.lines {
		w := written{string(block[l.from:l.name]), string(block[l.from:l.to])}
		if l.to == l.text { // the file ended here
			w.bytes += eol
		}
		all = append(all, w)
	}
	for _, f := range fields {
		is := func(w written) bool { return strings.EqualFold(w.name, f.Name) }
		i := slices.IndexFunc(all, is)
		if i < 0 {
			i = len(all)
		}
		all = slices.DeleteFunc(all, is)
		all = slices.Insert(all, i, written{f.Name, render(f, eol)})
	}
	var out []byte
	for _, w := range all {
		out = append(out, w.bytes...)
	}
	return append(out, block[at:at+sep]...)
}
