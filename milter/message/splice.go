package message

// splice is one edit of a body: with takes the place of [from, to).
type splice struct {
	from, to int64
	with     []byte
}

// spliceAll applies edits in ascending order that do not overlap.
func (m *Message) spliceAll(edits []splice) *Message {
	old := m.Body()
	size := old.Size()
	p, done, changed := &pieces{}, int64(0), false
	for _, e := range edits {
		from := min(max(e.from, done), size)
		to := min(max(e.to, from), size)
		changed = changed || !holds(old, from, to, e.with)
		p.addSpan(old, done, from)
		p.add(Bytes(e.with), 0, int64(len(e.with)))
		done = to
	}
	p.addSpan(old, done, size)
	if !changed {
		return m.WithHeader(m.Header)
	}
	return m.WithBody(p)
}

// holds tells whether a span of a body is already what would be put there.
func holds(b Body, from, to int64, with []byte) bool {
	if to-from != int64(len(with)) {
		return false
	}
	span := &pieces{}
	span.add(b, from, to)
	return sameBytes(span, Bytes(with))
}
