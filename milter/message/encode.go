package message

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"
)

// maxLine is how long a line may be, its end not counted (RFC 5322 2.1.1).
const maxLine = 998

// BestEncoding is the transfer encoding that suits a text: 7bit if it can travel as it is, quoted-printable
// if most of it stays readable, else base64.
func BestEncoding(text []byte) string {
	odd := 0
	for _, c := range text {
		if c >= utf8.RuneSelf || c == '=' || c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			odd++
		}
	}
	switch {
	case plain(text):
		return "7bit"
	case odd*6 <= len(text): // three signs for one against four for three
		return "quoted-printable"
	}
	return "base64"
}

// plain tells whether a text survives any mailer as it is (RFC 2045 2.7).
func plain(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = chomp(line)
		if len(line) > maxLine || isSpace(line[max(len(line)-1, 0):]) || bytes.HasPrefix(line, []byte("From ")) {
			return false
		}
		for _, c := range line {
			if c >= 0x7f || c < ' ' && c != '\t' {
				return false
			}
		}
	}
	return true
}

// EncodeBody puts bytes into a transfer encoding. Lines end with CRLF afterwards, those of the text too; base64
// and what is not known here take the bytes as they are, since they may be a UTF-16 text or no text at all.
func EncodeBody(text []byte, encoding string) []byte {
	switch encoding {
	case "7bit", "8bit":
		return crlf(text)
	case "quoted-printable":
		return encodeQP(text)
	case "base64":
		return encodeBase64(text)
	}
	return text
}

// crlf ends every line with CRLF.
func crlf(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/32+2)
	for i, c := range text {
		switch {
		case c == '\r' || c == '\n' && (i == 0 || text[i-1] != '\r'):
			out = append(out, '\r', '\n')
		case c != '\n':
			out = append(out, c)
		}
	}
	return out
}

// QuotedPrintable is like EncodeBody, but only the line breaks that are eol stay; a CR or LF that is not part of one is
// written as a byte.
func QuotedPrintable(text []byte, eol string) []byte {
	var out []byte
	for len(text) > 0 {
		n := bytes.Index(text, []byte(eol))
		line, end := text, ""
		if n >= 0 {
			line, end = text[:n], eol
		}
		out = append(appendQP(out, line, eol), end...)
		text = text[len(line)+len(end):]
	}
	return out
}

// appendQP writes one line, without its end, as lines of 76 at most.
func appendQP(out, line []byte, eol string) []byte {
	col := 0
	for i := range line {
		sign := qpSign(line[i:], col == 0)
		if col+len(sign) > 75 {
			out, col = append(out, "="+eol...), 0
			sign = qpSign(line[i:], true)
		}
		out, col = append(out, sign...), col+len(sign)
	}
	return out
}

// encodeQP keeps line breaks and makes no line longer than 76 (RFC 2045 6.7).
func encodeQP(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8+8)
	for line := range bytes.Lines(crlf(text)) {
		body := chomp(line)
		out = append(appendQP(out, body, "\r\n"), line[len(body):]...)
	}
	return out
}

// qpSign is how the first byte of rest is written. At the start of a line, a full stop could end the mail for
// a careless relay, and mbox writers put ">" before "From " and so break signatures (RFC 2049 3).
func qpSign(rest []byte, first bool) []byte {
	const hex = "0123456789ABCDEF"
	c := rest[0]
	escape := c == '=' || c >= 0x7f || c < ' ' && c != '\t' ||
		isSpace(rest) && len(rest) == 1 ||
		first && (c == '.' || bytes.HasPrefix(rest, []byte("From ")))
	if escape {
		return []byte{'=', hex[c>>4], hex[c&15]}
	}
	return rest[:1]
}

// encodeBase64 makes lines of 76 signs.
func encodeBase64(data []byte) []byte {
	const perLine = 57
	out := make([]byte, 0, (len(data)+perLine-1)/perLine*78)
	for len(data) > 0 {
		n := min(perLine, len(data))
		out = base64.StdEncoding.AppendEncode(out, data[:n])
		out = append(out, '\r', '\n')
		data = data[n:]
	}
	return out
}
