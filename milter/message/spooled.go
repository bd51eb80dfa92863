package message

import (
	"io"
	"slices"
)

// spooled is the body of a spool at one moment.
type spooled struct {
	spool *Spool
	size  int64
}

func (b *spooled) Size() int64 { return b.size }

func (b *spooled) ReadAt(p []byte, off int64) (int, error) {
	b.spool.mu.RLock()
	defer b.spool.mu.RUnlock()
	if b.spool.err == ErrClosed {
		return 0, ErrClosed
	}
	if off < 0 || off >= b.size {
		return 0, io.EOF
	}
	want := p[:min(int64(len(p)), b.size-off)]
	n, err := b.spool.readAt(want, off)
	if n == len(want) && len(want) < len(p) {
		err = io.EOF
	}
	return n, err
}

func (s *Spool) readAt(p []byte, off int64) (n int, err error) {
	if s.file != nil {
		n, err = s.file.ReadAt(p, off)
		if n == len(p) {
			return n, nil
		}
		return n, short(err)
	}
	i, _ := slices.BinarySearch(s.ends, off+1)
	for ; n < len(p); i++ {
		chunk := s.chunks[i]
		start := s.ends[i] - int64(len(chunk))
		n += copy(p[n:], chunk[off+int64(n)-start:])
	}
	return n, nil
}
