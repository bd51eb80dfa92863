package message

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"strings"
)

// Alternative is one form of what a mail of our own says. The content of text/* is UTF-8 or ASCII; its line ends
// become CRLF.
type Alternative struct {
	MediaType string
	Params    map[string]string
	Content   []byte
}

// Compose makes a mail of our own: multipart/alternative with the parts in their order, the one that says most
// last (RFC 2046 5.1.4), or a mail without parts if there is but one. It is the same bytes whenever it is the
// same content, so that a mail planned twice is one mail. Content fields in h are replaced.
func Compose(h Header, parts ...Alternative) *Message {
	h = h.Set(NewField("MIME-Version", "1.0")).Without("Content-Type").Without("Content-Transfer-Encoding")
	if len(parts) == 1 {
		fields, content := parts[0].encode()
		return New(append(h, fields...), Bytes(content))
	}
	boundary := boundaryFor(parts)
	h = h.With(contentType("multipart/alternative", map[string]string{"boundary": boundary}))
	var b []byte
	for _, p := range parts {
		fields, content := p.encode()
		b = append(b, "--"+boundary+"\r\n"...)
		for _, f := range fields {
			b = append(b, render(f, "\r\n")...)
		}
		b = append(append(b, "\r\n"...), content...)
		b = append(b, "\r\n"...)
	}
	return New(h, Bytes(append(b, "--"+boundary+"--\r\n"...)))
}

// encode uses quoted-printable or base64 even where 7bit would do (RFC 6047 2.5): nothing on the way may touch
// a calendar.
func (a Alternative) encode() ([]Field, []byte) {
	content := a.Content
	if strings.HasPrefix(strings.ToLower(a.MediaType), "text/") {
		content = crlf(content)
	}
	encoding := BestEncoding(content)
	if encoding == "7bit" {
		encoding = "quoted-printable"
	}
	return []Field{
		contentType(a.MediaType, a.Params),
		NewField("Content-Transfer-Encoding", encoding),
	}, EncodeBody(content, encoding)
}

func contentType(mediaType string, params map[string]string) Field {
	value := mime.FormatMediaType(mediaType, params)
	if value == "" {
		value = "application/octet-stream"
	}
	return NewField("Content-Type", value)
}

// boundaryFor begins with "=_", which neither quoted-printable nor base64 can hold.
func boundaryFor(parts []Alternative) string {
	sum := sha256.New()
	for _, p := range parts {
		sum.Write([]byte(mime.FormatMediaType(p.MediaType, p.Params) + "\n"))
		content := sha256.Sum256(p.Content)
		sum.Write(content[:])
	}
	return "=_usher_" + hex.EncodeToString(sum.Sum(nil)[:12])
}
