package message

import (
	"bytes"
	"fmt"
	"slices"
)

// Insertion is bytes, transfer-encoded already, for a slot, and fields for the header of its part.
type Insertion struct {
	Slot    Slot
	Encoded []byte
	Fields  []Field // they take the place of those of the same name
}

// lineView is how much of the lines around a slot is looked at: more than a boundary can be.
const lineView = maxPadding + 8

// Insert is the mail with bytes added to some of its leaves, one slot a leaf. Every other byte stays, and only the
// lines around the slots are read. It is ErrStructure where ReplacePart is.
func (m *Message) Insert(all ...Insertion) (*Message, error) {
	var edits []splice
	h := m.Header
	for _, i := range all {
		p, err := m.leaf(i.Slot.part.Path)
		if err == nil && p.message != m && !p.message.SameBody(m) {
			err = fmt.Errorf("%w: the slot is in another mail", ErrStructure)
		}
		if err == nil {
			err = m.fitsSlot(p, i)
		}
		if err != nil {
			return nil, fmt.Errorf("insert into part %s: %w", i.Slot.part.Path, err)
		}
		if p.head < 0 {
			for _, f := range i.Fields {
				h = h.Set(f)
			}
		} else if len(i.Fields) > 0 || !p.sep { // without an empty line, the first added one could be taken for it
			head, err := m.partEdits(p, i.Fields, nil)
			if err != nil {
				return nil, err
			}
			edits = append(edits, head[0])
		}
		edits = append(edits, splice{p.start + i.Slot.from, p.start + i.Slot.to, i.Encoded})
	}
	slices.SortFunc(edits, func(a, b splice) int { return int(a.from - b.from) })
	return m.WithHeader(h).spliceAll(edits), nil
}

// fitsSlot tells whether the lines that come to be are no boundary.
func (m *Message) fitsSlot(p *Part, i Insertion) error {
	if p.flush {
		return fmt.Errorf("%w: there is no content to add to", ErrStructure)
	}
	from, to := p.start+i.Slot.from, p.start+i.Slot.to
	before := m.read(max(p.start, from-lineView), from)
	if n := bytes.LastIndexByte(before, '\n'); n >= 0 || int64(len(before)) < lineView {
		before = before[n+1:]
	}
	behind := m.read(to, min(p.end, to+lineView))
	return m.fits(p, slices.Concat(before, i.Encoded, behind))
}

func (m *Message) read(from, to int64) []byte {
	b := make([]byte, to-from)
	n, _ := m.Body().ReadAt(b, from)
	return b[:n]
}

// LineEnd is how the lines of the mail end.
func (m *Message) LineEnd() string { return m.eol() }
