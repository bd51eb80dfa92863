package imip

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"usher/milter/message"
)

// text is the content of a calendar part for itip.Parse: UTF-8, or what claims to be and is looked at line by line
// there, because lines may be folded within a character. All else is converted here (S5545-02, S6047-15).
func (r *reader) text(p *message.Part) ([]byte, error) {
	b, err := p.Bytes(maxPart)
	if err != nil {
		return nil, err
	}
	charset := p.Charset()
	if order, bom, ok := wide(b); ok {
		r.note(p, fmt.Sprintf("UTF-16 converted, charset is %.40q", charset))
		return unicode.UTF16(order, bom).NewDecoder().Bytes(b[:len(b)&^1])
	}
	r.noteEncoding(p, b)
	if narrow(charset, b) {
		return b, nil
	}
	text, err := p.Text(maxPart)
	if err != nil {
		return nil, err
	}
	r.note(p, fmt.Sprintf("charset %.40q converted", charset))
	return []byte(text), nil
}

// noteEncoding says what is against RFC 2045 and taken all the same (DEV-22).
func (r *reader) noteEncoding(p *message.Part, b []byte) {
	eightBit := bytes.ContainsFunc(b, func(c rune) bool { return c >= 0x80 })
	switch e := p.Encoding(); e {
	case "base64", "quoted-printable", "8bit", "binary":
	case "7bit":
		if eightBit {
			r.note(p, "8-bit text in a part sent as 7bit")
		}
	default:
		r.note(p, fmt.Sprintf("transfer encoding %.40q is not known, taken as it is", e))
	}
	if eightBit && p.Param("charset") == "" {
		r.note(p, "no charset, taken for UTF-8")
	}
}

// narrow tells whether a text is UTF-8 or to be taken for it.
func narrow(charset string, b []byte) bool {
	switch charset {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return strings.HasPrefix(charset, "utf-16") && bytes.IndexByte(b, 0) < 0 // in UTF-16 every second byte is 0
}

// wide finds UTF-16 by its byte order mark, or by its first letter, which is that of BEGIN. Mails call it what they
// like.
func wide(b []byte) (unicode.Endianness, unicode.BOMPolicy, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return unicode.BigEndian, unicode.ExpectBOM, true
	case bytes.HasPrefix(b, []byte("B\x00")), bytes.HasPrefix(b, []byte("b\x00")):
		return unicode.LittleEndian, unicode.IgnoreBOM, true
	case bytes.HasPrefix(b, []byte("\x00B")), bytes.HasPrefix(b, []byte("\x00b")):
		return unicode.BigEndian, unicode.IgnoreBOM, true
	}
	return unicode.BigEndian, unicode.IgnoreBOM, false
}
