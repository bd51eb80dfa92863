package message

// Limits bound a MIME tree. What lies beyond one stays an opaque leaf.
type Limits struct {
	Depth      int // how deep parts may be nested
	Parts      int // how many there may be
	PartHeader int // bytes in the header of one part
	Headers    int // bytes in the headers of all parts
}

// DefaultLimits are far beyond any mail that was written to be read.
var DefaultLimits = Limits{Depth: 100, Parts: 1000, PartHeader: 64 << 10, Headers: 512 << 10}

// WithLimits is the mail with other limits for its tree; a zero is the default.
func (m *Message) WithLimits(l Limits) *Message {
	n := m.derive()
	n.limits = l
	return n
}

// orDefault fills the zeros.
func (l Limits) orDefault() Limits {
	fill := func(n *int, d int) {
		if *n <= 0 {
			*n = d
		}
	}
	fill(&l.Depth, DefaultLimits.Depth)
	fill(&l.Parts, DefaultLimits.Parts)
	fill(&l.PartHeader, DefaultLimits.PartHeader)
	fill(&l.Headers, DefaultLimits.Headers)
	return l
}
