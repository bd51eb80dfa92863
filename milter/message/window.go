package message

// window looks at a body through a block that moves forward; a body in memory is seen as a whole.
type window struct {
	body  Body
	size  int64  // what can be read of total
	data  []byte // what is in view, from off on
	off   int64
	block *[blockSize]byte
	total int64
	err   error // the body could not be read beyond size
}

func newWindow(b Body) *window {
	w := &window{body: b, size: b.Size(), total: b.Size()}
	if whole, ok := b.(Bytes); ok {
		w.data = whole
	}
	return w
}

func (w *window) close() {
	if w.block != nil {
		blocks.Put(w.block)
		w.block, w.data = nil, nil
	}
}

// at gives the bytes from pos on: at least n, fewer only at the end of the body. They stay valid until the
// next call.
func (w *window) at(pos int64, n int) []byte {
	if pos >= w.size {
		return nil
	}
	end := w.off + int64(len(w.data))
	if pos < w.off || min(pos+int64(n), w.size) > end {
		w.fill(pos, n)
	}
	return w.data[pos-w.off:]
}

// ends tells whether data, which begins at pos, reaches the end of what can be read.
func (w *window) ends(pos int64, data []byte) bool { return pos+int64(len(data)) >= w.size }

func (w *window) fill(pos int64, n int) {
	var to []byte
	if n > blockSize {
		to = make([]byte, n) // a long part header, and rare
	} else {
		if w.block == nil {
			w.block = blocks.Get().(*[blockSize]byte)
		}
		to = w.block[:]
	}
	to = to[:min(int64(len(to)), w.size-pos)]
	got, err := w.body.ReadAt(to, pos)
	if got < len(to) {
		w.err, w.size = short(err), pos+int64(got)
	}
	w.data, w.off = to[:got], pos
}
