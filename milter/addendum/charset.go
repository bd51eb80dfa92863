package addendum

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"usher/milter/message"
)

// errSign says that a charset has no sign for some of the words.
var errSign = errors.New("the charset has no sign for some of the words")

// script is the charset of a part, as it is read and written at one place in it.
type script struct {
	name string
	enc  encoding.Encoding // Nop: the bytes are UTF-8, ASCII, or of a charset that is not known but looks like ASCII
	// unknown is a charset of which no more is believed than that ASCII is in it as it is.
	unknown bool
}

func scriptOf(p *message.Part) script {
	s := script{name: p.Charset()}
	e, ok := message.Encoding(s.name)
	if s.enc, s.unknown = e, !ok; !ok {
		s.enc = encoding.Nop
	}
	return s
}

func (s script) isUTF8() bool { return s.name == "utf-8" || s.name == "utf8" }

// read is the part's content in UTF-8. What means nothing becomes U+FFFD; a charset that is not known is read as it is.
func (s script) read(p *message.Part) io.Reader {
	if s.enc == encoding.Nop {
		return p.Open()
	}
	return transform.NewReader(p.Open(), s.enc.NewDecoder())
}

// holds tells whether the charset can say a text.
func (s script) holds(text string) bool {
	_, err := s.write(text, nil)
	return err == nil
}

// write puts a text into the charset; before is what stands before it in the part.
func (s script) write(text string, before []byte) ([]byte, error) {
	switch {
	case s.isUTF8():
		return []byte(text), nil
	case s.enc == encoding.Nop:
		if !isASCII(text) {
			return nil, errSign
		}
		return []byte(text), nil
	case strings.HasPrefix(s.name, "utf-16"):
		return unicode.UTF16(s.order(before), unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case strings.HasPrefix(s.name, "hz"), strings.HasPrefix(s.name, "iso-2022") && s.name != "iso-2022-jp":
		return nil, errSign // they have a state that is not known here
	}
	b, err := s.enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, errSign
	}
	if s.name == "iso-2022-jp" {
		b = stateful(b, before)
	}
	return b, nil
}

// order is the byte order of UTF-16: what is said, or the mark at the start; else the high byte is first (RFC 2781 4.3).
func (s script) order(text []byte) unicode.Endianness {
	if s.name == "utf-16le" || s.name == "utf-16" && bytes.HasPrefix(text, []byte{0xff, 0xfe}) {
		return unicode.LittleEndian
	}
	return unicode.BigEndian
}

// stateful puts text between what switches ISO-2022-JP to ASCII and back to what was written before (RFC 1468).
func stateful(text, before []byte) []byte {
	i := bytes.LastIndexByte(before, 0x1b)
	if i < 0 || bytes.HasPrefix(before[i:], []byte("\x1b(B")) || len(before) < i+3 {
		return text
	}
	state := before[i : i+3]
	return bytes.Join([][]byte{[]byte("\x1b(B"), text, state}, nil)
}

// source is how many bytes of the part say the first n bytes of UTF-8 that read gives, and the bytes that tell in
// which state the charset is there: the first two, and the last in view.
func (s script) source(p *message.Part, n int64) (at int64, before []byte, err error) {
	if s.enc == encoding.Nop {
		return n, nil, nil
	}
	d, r := s.enc.NewDecoder(), p.Open()
	in, out := make([]byte, 0, 8<<10), make([]byte, 8<<10)
	var said int64
	var head, escape []byte
	eof := false
	for {
		if !eof && len(in) < cap(in) {
			k, err := r.Read(in[len(in):cap(in)])
			in, eof = in[:len(in)+k], err == io.EOF
			if err != nil && !eof {
				return 0, nil, err
			}
		}
		if head == nil && len(in) > 1 {
			head = bytes.Clone(in[:2])
		}
		wrote, took, err := d.Transform(out[:min(int64(len(out)), n-said)], in, eof)
		if i := bytes.LastIndexByte(in[:took], 0x1b); i >= 0 {
			escape = bytes.Clone(in[i:min(i+3, took)])
		}
		said, at = said+int64(wrote), at+int64(took)
		in = append(in[:0], in[took:]...)
		done := said == n && (err == transform.ErrShortDst || len(in) == 0)
		if done || eof && len(in) == 0 {
			return at, append(head, escape...), nil
		}
		if wrote == 0 && took == 0 && (eof || err == transform.ErrShortDst || len(in) == cap(in)) {
			if said == n {
				return at, append(head, escape...), nil
			}
			return 0, nil, errSign
		}
	}
}

// references writes what a charset has no sign for as numeric character references, so that an HTML part keeps the
// charset that it, and a <meta> in it, declare.
func references(words string, holds func(string) bool) string {
	fits := map[rune]bool{}
	var b strings.Builder
	for _, r := range words {
		is, known := fits[r]
		if r < utf8.RuneSelf {
			is = true
		} else if !known {
			is = holds(string(r))
			fits[r] = is
		}
		if is {
			b.WriteRune(r)
		} else {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
