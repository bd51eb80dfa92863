// Package message is one mail that never changes: an ordered list of header fields, a body that may lie in a
// file, and a lazy tree of MIME parts as byte spans. Rewriting makes a new message by splicing, so that every
// byte not meant to change is the same afterwards.
//
// It knows RFC 5322 and RFC 2045 to 2049. It does not know envelopes, milters or policies.
package message

import "sync"

// Message is one mail. It may be read by several goroutines; it must not be copied.
type Message struct {
	Header Header

	body    *content
	frame   *frame // nil unless the mail was read as a whole
	changed bool   // the body is not the one that arrived
	limits  Limits
	tree    tree
}

// content gives a body an identity.
type content struct{ Body }

func hold(b Body) *content {
	if b == nil {
		b = Bytes(nil)
	}
	return &content{b}
}

// New is a mail of a header and a body.
func New(h Header, b Body) *Message {
	return &Message{Header: h, body: hold(b)}
}

// Body is what follows the empty line.
func (m *Message) Body() Body {
	if m.body == nil {
		return Bytes(nil)
	}
	return m.body.Body
}

// BodyChanged tells whether the body is another than the one that arrived.
func (m *Message) BodyChanged() bool { return m.changed }

// SameBody tells whether both hold the very same body. It does not compare bytes.
func (m *Message) SameBody(o *Message) bool { return m.body == o.body }

// WithHeader is the mail with another header.
func (m *Message) WithHeader(h Header) *Message {
	n := m.derive()
	n.Header = h
	if sameStructure(m.Header, h) {
		n.tree.kin = m.origin()
	}
	return n
}

// WithBody is the mail with another body.
func (m *Message) WithBody(b Body) *Message {
	n := m.derive()
	n.body, n.changed = hold(b), true
	return n
}

// Splice is the mail with the body bytes [from, to) replaced; the span is cut to what is there. A splice that
// changes nothing leaves the body the one it was. The bytes are kept, not copied.
func (m *Message) Splice(from, to int64, with []byte) *Message {
	return m.spliceAll([]splice{{from, to, with}})
}

// derive is a mail with the same header and body and nothing else decided.
func (m *Message) derive() *Message {
	return &Message{Header: m.Header, body: m.body, frame: m.frame, changed: m.changed, limits: m.limits}
}

// origin is the mail whose tree this one may use: its own, or that of a relative with the same body.
func (m *Message) origin() *Message {
	if m.tree.kin != nil {
		return m.tree.kin
	}
	return m
}

// sameStructure tells whether two headers make the same MIME tree of a body.
func sameStructure(a, b Header) bool {
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		if a.Has(name) != b.Has(name) || a.Get(name) != b.Get(name) {
			return false
		}
	}
	return true
}

// tree is the lazy part of a mail.
type tree struct {
	once      sync.Once
	kin       *Message
	root      *Part
	truncated bool
}

// Root is the MIME tree. It is made when first asked for and never fails: what cannot be parsed is a leaf.
func (m *Message) Root() *Part {
	m.tree.once.Do(m.grow)
	return m.tree.root
}

// Truncated tells whether the tree leaves something out: a limit was met, or the body could not be read.
func (m *Message) Truncated() bool {
	m.Root()
	return m.tree.truncated
}

func (m *Message) grow() {
	kin := m.tree.kin
	if kin == nil {
		m.tree.root, m.tree.truncated = build(m)
		return
	}
	root := *kin.Root()
	root.Header = m.Header
	m.tree.root, m.tree.truncated = &root, kin.Truncated()
}
