package message

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrStructure says that an edit would change more than the part it is meant for.
var ErrStructure = errors.New("edit would break the structure")

// ReplacePart gives the leaf at path another content, transfer-encoded already, and puts fields in the place of
// those of the same name in the header of the part (which for the root is that of the mail). Every other byte
// stays. It is ErrStructure if there is no such leaf, if it lies in something signed or encrypted, if the tree
// is truncated, or if the parts around it would be read differently afterwards. The content is kept, not
// copied.
func (m *Message) ReplacePart(path Path, fields []Field, content []byte) (*Message, error) {
	p, err := m.leaf(path)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if !validName(f.Name) {
			return nil, fmt.Errorf("replace part %s: %w: a field has no valid name", path, ErrStructure)
		}
	}
	if err := m.fits(p, content); err != nil {
		return nil, fmt.Errorf("replace part %s: %w", path, err)
	}
	n, err := m.replace(p, fields, content)
	if err != nil {
		return nil, fmt.Errorf("replace part %s: %w", path, err)
	}
	// A plain leaf cannot reach out of itself. A multipart or a mail can: by its own boundaries.
	if m.nests(p, fields) && !sameShape(m.Root(), n.Root(), path) {
		return nil, fmt.Errorf("replace part %s: %w: its own parts reach out of it", path, ErrStructure)
	}
	return n, nil
}

// leaf is the part at path, if it may be edited.
func (m *Message) leaf(path Path) (*Part, error) {
	p, ok := m.Part(path)
	why := ""
	switch {
	case !ok:
		why = "there is no such part"
	case !p.IsLeaf():
		why = "it has parts of its own"
	case p.Sealed:
		why = "it is signed or encrypted"
	case len(path) > 0 && m.openMail(path):
		why = "the header of the mail it stands in has no end"
	case m.Truncated():
		why = "the mail is not known to its end"
	default:
		return p, nil
	}
	return nil, fmt.Errorf("replace part %s: %w: %s", path, ErrStructure, why)
}

// openMail tells whether path leads into a mail right behind a header without an empty line: the first line
// put there could be taken for one of that header.
func (m *Message) openMail(path Path) bool {
	parent, _ := m.Part(path[:len(path)-1])
	return parent.isMail() && !parent.sep
}

// fits tells whether content can stand in p: no line of it may be a boundary of what p lies in.
func (m *Message) fits(p *Part, content []byte) error {
	s := scanner{window: newWindow(Bytes(content))}
	for i := range p.Path {
		parent, _ := m.Part(p.Path[:i])
		if b, ok := parent.boundary(); ok {
			s.push(b)
		}
	}
	if s.next(0).level > 0 {
		return fmt.Errorf("%w: the content holds a boundary line", ErrStructure)
	}
	if bytes.HasSuffix(content, []byte("\r")) && (p.flush || m.byteAt(p.end) == '\n') {
		return fmt.Errorf("%w: the content ends within a line break", ErrStructure)
	}
	return nil
}

func (m *Message) replace(p *Part, fields []Field, content []byte) (*Message, error) {
	if p.head < 0 {
		h := m.Header
		for _, f := range fields {
			h = h.Set(f)
		}
		return m.WithHeader(h).Splice(p.start, p.end, content), nil
	}
	edits, err := m.partEdits(p, fields, content)
	if err != nil {
		return nil, err
	}
	return m.spliceAll(edits), nil
}

// nests tells whether p will be read as a multipart or a mail once it has these fields.
func (m *Message) nests(p *Part, fields []Field) bool {
	h, fallback := p.Header, "text/plain"
	if n := len(p.Path); n > 0 {
		parent, _ := m.Part(p.Path[:n-1])
		fallback = parent.defaultType()
	}
	for _, f := range fields {
		h = h.Set(f)
	}
	t := mediaType(h, fallback)
	return strings.HasPrefix(t, "multipart/") || strings.HasPrefix(t, "message/")
}

// sameShape tells whether two trees are alike everywhere but at path.
func sameShape(a, b *Part, path Path) bool {
	if slices.Equal(a.Path, path) {
		return true
	}
	if a.mediaType != b.mediaType || len(a.Children) != len(b.Children) {
		return false
	}
	if a.IsLeaf() && (len(a.Header) != len(b.Header) || a.end-a.start != b.end-b.start) {
		return false
	}
	for i := range a.Children {
		if !sameShape(a.Children[i], b.Children[i], path) {
			return false
		}
	}
	return true
}
