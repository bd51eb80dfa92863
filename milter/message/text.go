package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// ErrCharset says that a charset is not known, or cannot express a text.
var ErrCharset = errors.New("charset")

// toUTF8 converts; bytes that mean nothing in their charset become U+FFFD. Text that claims to be ASCII and is
// not is UTF-8 where that is possible and else windows-1252, which is what such mail usually is.
func toUTF8(name string, b []byte) (string, error) {
	switch name = strings.ToLower(name); name {
	case "utf-8", "utf8":
		return validUTF8(b), nil
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us":
		if utf8.Valid(b) {
			return string(b), nil
		}
		name = "windows-1252"
	}
	r, err := charset.Reader(name, bytes.NewReader(b))
	if err != nil {
		return "", fmt.Errorf("%w: %q is not known", ErrCharset, name)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrCharset, name, err)
	}
	return string(text), nil
}

// EncodeText writes a text in a charset. It is ErrCharset if that is not known or has no sign for some of it.
func EncodeText(text, name string) ([]byte, error) {
	switch name = strings.ToLower(name); name {
	case "utf-8", "utf8":
		return []byte(text), nil
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us":
		if !isASCII(text) {
			return nil, fmt.Errorf("%w: text does not fit into ASCII", ErrCharset)
		}
		return []byte(text), nil
	}
	enc := findEncoding(name)
	if enc == nil {
		return nil, fmt.Errorf("%w: %q is not known", ErrCharset, name)
	}
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%w: text does not fit into %s: %w", ErrCharset, name, err)
	}
	return b, nil
}

// Encoding is how a charset is read and written; ok is false for one that is not known. ASCII is UTF-8 that fits.
func Encoding(name string) (e encoding.Encoding, ok bool) {
	switch name = strings.ToLower(name); name {
	case "utf-8", "utf8", "", "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us":
		return encoding.Nop, true
	}
	e = findEncoding(name)
	return e, e != nil
}

// findEncoding looks where the reader of go-message looks, so that a text is written as it was read.
func findEncoding(name string) encoding.Encoding {
	if name == "ansi_x3.110-1983" {
		return charmap.ISO8859_1
	}
	for _, alias := range []string{name, "cs" + name} {
		if enc, err := ianaindex.MIME.Encoding(alias); err == nil && enc != nil {
			return enc
		}
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return enc
}
