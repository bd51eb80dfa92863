package message

import (
	"iter"
	"strconv"
	"strings"
)

// Path leads from the root of a MIME tree to a part: child numbers from 0. The empty path is the root.
type Path []int

// String writes the path for people: "/" is the root, "/0/1" the second child of its first.
func (p Path) String() string {
	if len(p) == 0 {
		return "/"
	}
	var b strings.Builder
	for _, n := range p {
		b.WriteString("/" + strconv.Itoa(n))
	}
	return b.String()
}

// Part is the part at a path.
func (m *Message) Part(path Path) (*Part, bool) {
	p := m.Root()
	for _, n := range path {
		if n < 0 || n >= len(p.Children) {
			return nil, false
		}
		p = p.Children[n]
	}
	return p, true
}

// Walk visits all parts, a parent before its children, and does not go below a part for which visit says false.
// It enters mails inside the mail; Part.Embedded tells.
func (m *Message) Walk(visit func(*Part) bool) { m.Root().walk(visit) }

func (p *Part) walk(visit func(*Part) bool) {
	if !visit(p) {
		return
	}
	for _, c := range p.Children {
		c.walk(visit)
	}
}

// Parts are all parts, a parent before its children.
func (m *Message) Parts() iter.Seq[*Part] {
	return func(yield func(*Part) bool) {
		going := true
		m.Walk(func(p *Part) bool {
			going = going && yield(p)
			return going
		})
	}
}
