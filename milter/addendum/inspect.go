package addendum

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// inspector finds out about a text while it is read whether it is what its charset says.
type inspector struct {
	r       io.Reader
	eight   bool // a sign that is not ASCII
	invalid bool // bytes that are no UTF-8
	unread  bool // U+FFFD: bytes that mean nothing
	control bool // U+0080 to U+009F, which nobody writes: the charset is another one
	bom     bool
	begun   bool
	rest    []byte // the start of a sign whose end is not in view
}

func (i *inspector) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	i.look(p[:n])
	if err == io.EOF && len(i.rest) > 0 {
		i.invalid = true
	}
	return n, err
}

func (i *inspector) look(b []byte) {
	if !i.begun && len(b) > 0 {
		i.begun, i.bom = true, bytes.HasPrefix(b, []byte("\uFEFF"))
	}
	if len(i.rest) == 0 && ascii(b) {
		return
	}
	i.eight = true
	if len(i.rest) > 0 {
		b = append(i.rest, b...)
	}
	i.rest = nil
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1 && !utf8.FullRune(b):
			i.rest = bytes.Clone(b)
			return
		case r == utf8.RuneError && n == 1:
			i.invalid = true
		case r == utf8.RuneError:
			i.unread = true
		case r >= 0x80 && r < 0xa0:
			i.control = true
		}
		b = b[n:]
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// tell writes it down.
func (i *inspector) tell(v *view, s script) {
	v.eight = i.eight
	v.strange = i.invalid || i.unread || i.control && strings.HasPrefix(s.name, "iso-8859")
	if i.bom && s.enc == encoding.Nop && v.at == 0 && v.size >= 3 {
		v.at = 3
	}
}
