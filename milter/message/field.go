package message

import (
	"mime"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// lineLength is how long a line should be at most (RFC 5322 2.1.1).
const lineLength = 78

// NewField makes a field from an unfolded value in UTF-8: a leading space, RFC 2047 words where ASCII does not
// do, folded at 78. CR, LF and NUL in the value become spaces and characters no name may have are left out of
// the name, so that whatever the caller was handed cannot become a second field.
func NewField(name, value string) Field {
	name = cleanName(name)
	return Field{Name: name, Raw: fold(name, encodeValue(name, cleanValue(value)))}
}

// Decoded is the value with its RFC 2047 words in UTF-8. What cannot be decoded stays as it is.
func (f Field) Decoded() string { return decodeWords(f.Value()) }

var breaks = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", " ")

func cleanValue(value string) string {
	return strings.Trim(breaks.Replace(strings.ToValidUTF8(value, "\uFFFD")), " \t")
}

// cleanName keeps what RFC 5322 3.6.8 allows in a name.
func cleanName(name string) string {
	if validName(name) {
		return name
	}
	clean := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && isNameByte(byte(r)) {
			return r
		}
		return -1
	}, name)
	if clean == "" {
		return "X-Unnamed"
	}
	return clean
}

func validName(name string) bool {
	for i := range len(name) {
		if !isNameByte(name[i]) {
			return false
		}
	}
	return name != ""
}

func isNameByte(c byte) bool { return c > ' ' && c < 0x7f && c != ':' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// structured are the fields in which an encoded word may not stand just anywhere (RFC 2047 5).
var structured = []string{"from", "sender", "reply-to", "to", "cc", "bcc",
	"resent-from", "resent-sender", "resent-reply-to", "resent-to", "resent-cc", "resent-bcc"}

func encodeValue(name, value string) string {
	name = strings.ToLower(name)
	switch {
	case isASCII(value):
		return value
	case slices.Contains(structured, name):
		return encodeAddresses(value)
	case name == "content-type" || name == "content-disposition":
		return encodeParams(value)
	}
	return encodeWords(value)
}

// encodeAddresses encodes display names only; what is not an address list stays 8-bit (RFC 6532).
func encodeAddresses(value string) string {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return value
	}
	var all []string
	for _, a := range list {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}

// encodeParams uses RFC 2231 for the parameters; what cannot be parsed stays 8-bit.
func encodeParams(value string) string {
	main, params, err := mime.ParseMediaType(value)
	if err != nil {
		return value
	}
	if s := mime.FormatMediaType(main, params); s != "" {
		return s
	}
	return value
}

// fold breaks before white space, so that unfolding gives the value back. It never leaves a line of white
// space alone (RFC 5322 3.2.2), and a word that is too long stays whole.
func fold(name, value string) string {
	var b strings.Builder
	b.Grow(len(value) + len(value)/lineLength*2 + 3)
	col, first := len(name)+1, true
	for rest := " " + value; rest != ""; first = false {
		n := len(rest) - len(strings.TrimLeft(rest, " \t"))
		if i := strings.IndexAny(rest[n:], " \t"); i >= 0 {
			n += i
		} else {
			n = len(rest)
		}
		if col+n > lineLength && !first {
			b.WriteString("\r\n")
			col = 0
		}
		b.WriteString(rest[:n])
		col, rest = col+n, rest[n:]
	}
	return b.String()
}
