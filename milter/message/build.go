package message

import "strings"

// builder makes the tree of a mail.
type builder struct {
	scanner
	splitter
	message   *Message
	limits    Limits
	parts     int // made so far, the root not counted
	headers   int // bytes of part headers read so far
	truncated bool
}

func build(m *Message) (root *Part, truncated bool) {
	b := builder{message: m, limits: m.limits.orDefault()}
	b.scanner.window = newWindow(m.Body())
	defer b.scanner.close()
	b.splitter.stops = b.isDelimiter
	root = &Part{Header: m.Header, message: m, head: -1, sep: m.frame == nil || m.frame.sep != ""}
	root.mediaType = mediaType(root.Header, "text/plain")
	b.content(root)
	return root, b.truncated || b.err != nil
}

// content reads what follows the header of p, and gives the delimiter that ends it.
func (b *builder) content(p *Part) delimiter {
	d := b.inside(p)
	p.end = max(p.start, d.from)
	return d
}

func (b *builder) inside(p *Part) delimiter {
	boundary, multipart := p.boundary()
	switch {
	case p.Opaque || !multipart && !p.isMail():
		return b.leaf(p)
	case len(p.Path) >= b.limits.Depth:
		b.truncated, p.Opaque = true, true
		return b.leaf(p)
	case multipart:
		return b.multipart(p, boundary)
	}
	return b.child(p, p.start)
}

func (b *builder) leaf(p *Part) delimiter {
	d := b.next(p.start)
	p.flush = d.level > 0 && d.line == p.start
	return d
}

func (b *builder) multipart(p *Part, boundary string) delimiter {
	level := b.push(boundary)
	d := b.next(p.start)
	p.flush = d.level > 0 && d.level < level && d.line == p.start
	for d.level == level && !d.last {
		d = b.child(p, d.to)
	}
	b.pop()
	if d.level == level { // the closing one: what follows is epilogue
		d = b.next(d.to)
	}
	return d
}

// child reads the part that begins at pos.
func (b *builder) child(parent *Part, pos int64) delimiter {
	if b.parts == b.limits.Parts {
		return b.rest(parent, pos)
	}
	b.parts++
	p := b.part(parent, pos)
	b.header(p)
	p.mediaType = mediaType(p.Header, parent.defaultType())
	return b.content(p)
}

func (b *builder) part(parent *Part, pos int64) *Part {
	n := len(parent.Path)
	path := append(parent.Path[:n:n], len(parent.Children))
	p := &Part{Path: path, message: b.message, head: pos, start: pos}
	p.Embedded = parent.Embedded || strings.HasPrefix(parent.mediaType, "message/")
	p.Sealed = parent.Sealed || parent.mediaType == "multipart/signed" || parent.mediaType == "multipart/encrypted"
	if parent.isMail() {
		p.head += int64(fromLine(b.at(pos, maxPadding)))
	}
	parent.Children = append(parent.Children, p)
	return p
}

// rest makes a leaf of everything from pos to the end of the body, because there are too many parts.
func (b *builder) rest(parent *Part, pos int64) delimiter {
	p := b.part(parent, pos)
	p.mediaType, p.Opaque, p.end = "application/octet-stream", true, b.total
	b.truncated = true
	return b.end()
}

// header reads the header of p. One that is too long is cut, and what follows the cut is not looked into.
func (b *builder) header(p *Part) {
	limit := min(b.limits.PartHeader, b.limits.Headers-b.headers)
	for n := min(2048, limit); ; n = min(2*n, limit) {
		data := b.at(p.head, n)
		data = data[:min(len(data), limit)]
		at, sep, ok := b.split(data, b.ends(p.head, data))
		if !ok && n < limit {
			continue
		}
		p.Header, p.start, p.sep = b.splitter.header(data), p.head+int64(at+sep), sep > 0
		b.headers += at
		if !ok {
			b.truncated, p.Opaque = true, true
		}
		return
	}
}
