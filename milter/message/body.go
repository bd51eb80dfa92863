package message

import (
	"io"
	"slices"
	"sync"
)

// Body is what follows the empty line after the header. It may lie in a file, and is read from several
// goroutines at once.
type Body interface {
	io.ReaderAt
	Size() int64
}

// Bytes is a Body in memory.
type Bytes []byte

// ReadAt is the one of io.ReaderAt.
func (b Bytes) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size is the number of bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// piece is a stretch of another body.
type piece struct {
	body     Body
	from, to int64
}

// pieces are a body put together from stretches of others, so that a large mail is edited without being held.
type pieces struct {
	list []piece
	ends []int64 // where each piece ends in the whole
}

func (p *pieces) add(body Body, from, to int64) {
	if from >= to {
		return
	}
	p.list = append(p.list, piece{body, from, to})
	p.ends = append(p.ends, p.Size()+to-from)
}

// addSpan adds a stretch of a body; one that is itself in pieces is not nested, or the tenth edit would read
// through ten layers.
func (p *pieces) addSpan(body Body, from, to int64) {
	whole, ok := body.(*pieces)
	if !ok {
		p.add(body, from, to)
		return
	}
	var start int64
	for i, q := range whole.list {
		lo, hi := max(from, start), min(to, whole.ends[i])
		p.add(q.body, q.from+lo-start, q.from+hi-start)
		start = whole.ends[i]
	}
}

func (p *pieces) Size() int64 {
	if len(p.ends) == 0 {
		return 0
	}
	return p.ends[len(p.ends)-1]
}

func (p *pieces) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 {
		return 0, io.EOF
	}
	i, _ := slices.BinarySearch(p.ends, off+1)
	n := 0
	for ; i < len(p.list) && n < len(b); i++ {
		q := p.list[i]
		start := p.ends[i] - (q.to - q.from)
		at := q.from + off + int64(n) - start
		want := b[n:min(len(b), n+int(min(q.to-at, int64(len(b)))))]
		got, err := q.body.ReadAt(want, at)
		n += got
		if got < len(want) {
			return n, short(err)
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// short is the error of a read that gave less than is there: never the end of the file.
func short(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

const blockSize = 64 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// copyBody writes a body block by block.
func copyBody(w io.Writer, b Body) (int64, error) {
	if whole, ok := b.(Bytes); ok {
		n, err := w.Write(whole)
		return int64(n), err
	}
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	// The bare Writer keeps io.CopyBuffer from leaving our block aside for one of w's own.
	return io.CopyBuffer(struct{ io.Writer }{w}, io.NewSectionReader(b, 0, b.Size()), block[:])
}

// sameBytes compares block by block.
func sameBytes(a, b Body) bool {
	if a.Size() != b.Size() {
		return false
	}
	x, y := blocks.Get().(*[blockSize]byte), blocks.Get().(*[blockSize]byte)
	defer blocks.Put(x)
	defer blocks.Put(y)
	for off := int64(0); off < a.Size(); off += blockSize {
		n := int(min(blockSize, a.Size()-off))
		i, _ := a.ReadAt(x[:n], off)
		j, _ := b.ReadAt(y[:n], off)
		if i != n || j != n || string(x[:n]) != string(y[:n]) {
			return false
		}
	}
	return true
}
