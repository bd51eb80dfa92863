package message

import (
	"bufio"
	"bytes"
	"io"
)

// qpReader decodes quoted-printable. An escape that is none stays as it is, and so do bytes that should have
// been escaped; white space at the end of a line was put there on the way and is dropped (RFC 2045 6.7).
type qpReader struct {
	src   *bufio.Reader
	out   []byte // decoded and not yet read
	store []byte
	took  int // bytes that were decoded to fill out
	err   error
}

const qpBlock = 4096

func newQPReader(src io.Reader) io.Reader {
	return &qpReader{src: bufio.NewReaderSize(src, qpBlock)}
}

func (r *qpReader) Read(p []byte) (int, error) {
	for len(r.out) == 0 && r.err == nil && len(p) > 0 {
		r.fill()
	}
	if len(r.out) == 0 {
		return 0, r.err
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill decodes all whole lines in view, or a piece of a line that does not end in it.
func (r *qpReader) fill() {
	b, err := r.src.Peek(max(r.src.Buffered(), 1))
	n := bytes.LastIndexByte(b, '\n') + 1
	if n == 0 && err == nil {
		b, err = r.src.Peek(qpBlock)
		n = bytes.LastIndexByte(b, '\n') + 1
	}
	r.store = r.store[:0]
	for rest := b[:n]; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n') + 1
		r.store = decodeLine(r.store, rest[:i])
		rest = rest[i:]
	}
	switch {
	case n > 0:
	case err != nil: // what is left is the last line
		r.store, n, r.err = decodeLine(r.store, b), len(b), err
	default:
		n = safeCut(b)
		r.store = decodeQP(r.store, b[:n])
	}
	r.src.Discard(n)
	r.took = n
	r.out = r.store
}

// decodeLine decodes a line with its end, if it has one.
func decodeLine(dst, line []byte) []byte {
	text := chomp(line)
	// Some gateways double the CR: "=\r\r\n" is a soft line break all the same.
	if soft := bytes.TrimRight(text, " \t\r"); bytes.HasSuffix(soft, []byte("=")) {
		return decodeQP(dst, soft[:len(soft)-1])
	}
	dst = decodeQP(dst, bytes.TrimRight(text, " \t"))
	return append(dst, line[len(text):]...)
}

func decodeQP(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '=')
		if i < 0 {
			return append(dst, s...)
		}
		dst, s = append(dst, s[:i]...), s[i:]
		if len(s) > 2 && unhex(s[1]) >= 0 && unhex(s[2]) >= 0 {
			dst, s = append(dst, byte(unhex(s[1])<<4|unhex(s[2]))), s[3:]
		} else {
			dst, s = append(dst, '='), s[1:]
		}
	}
}

// safeCut is where a piece of a line can end without cutting an escape, or white space that may turn out to
// stand at the end of the line.
func safeCut(b []byte) int {
	n := len(bytes.TrimRight(b, " \t\r"))
	if i := bytes.LastIndexByte(b[max(n-3, 0):n], '='); i >= 0 {
		n = max(n-3, 0) + i
	}
	if n < len(b)/2 {
		return len(b)
	}
	return n
}
