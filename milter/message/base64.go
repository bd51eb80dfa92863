package message

import (
	"bytes"
	"encoding/base64"
	"io"
)

// base64Reader decodes base64 as RFC 2045 6.8 wants it: whatever is not of the alphabet is passed over.
// Padding ends a group and not the text, because some mailers join several encodings into one part.
type base64Reader struct {
	src   io.Reader
	block [4096]byte
	out   []byte // decoded and not yet read
	store []byte
	group sextets
	err   error
}

func newBase64Reader(src io.Reader) io.Reader { return &base64Reader{src: src} }

func (r *base64Reader) Read(p []byte) (int, error) {
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

func (r *base64Reader) fill() {
	n, err := r.src.Read(r.block[:])
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	r.store = r.group.decode(r.store[:0], r.block[:n])
	if err == io.EOF {
		r.store = r.group.flush(r.store)
	}
	r.out, r.err = r.store, err
}

// sextets is a group of up to four signs, six bits each.
type sextets struct {
	bits uint32
	n    int
}

// decode goes line by line: what stands there in whole groups is left to the standard library, which is fast
// and strict, and the rest is taken sign by sign.
func (s *sextets) decode(dst, src []byte) []byte {
	for len(src) > 0 {
		n := bytes.IndexByte(src, '\n') + 1
		if n == 0 {
			n = len(src)
		}
		line := src[:n]
		if clean := len(bytes.TrimRight(line, "\r\n")) &^ 3; s.n == 0 && clean > 0 {
			if out, err := base64.StdEncoding.AppendDecode(dst, line[:clean]); err == nil {
				dst, line = out, line[clean:]
			}
		}
		for _, c := range line {
			dst = s.add(dst, c)
		}
		src = src[n:]
	}
	return dst
}

func (s *sextets) add(dst []byte, c byte) []byte {
	if c == '=' {
		return s.flush(dst)
	}
	v := alphabet[c]
	if v >= 64 {
		return dst
	}
	s.bits = s.bits<<6 | uint32(v)
	if s.n++; s.n < 4 {
		return dst
	}
	dst = append(dst, byte(s.bits>>16), byte(s.bits>>8), byte(s.bits))
	*s = sextets{}
	return dst
}

// flush gives the bytes of an unfinished group.
func (s *sextets) flush(dst []byte) []byte {
	switch s.n {
	case 2:
		dst = append(dst, byte(s.bits>>4))
	case 3:
		dst = append(dst, byte(s.bits>>10), byte(s.bits>>2))
	}
	*s = sextets{}
	return dst
}

// alphabet gives the value of a sign, or 255.
var alphabet = func() (t [256]byte) {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range t {
		t[i] = 255
	}
	for i := range len(signs) {
		t[signs[i]] = byte(i)
	}
	return t
}()

func decodeBase64(b []byte) []byte {
	var s sextets
	return s.flush(s.decode(make([]byte, 0, len(b)/4*3+3), b))
}
