package message

import (
	"fmt"
	"io"
	"strings"
)

// Part is a node of the MIME tree: a leaf, a multipart, or a message/rfc822 with the mail in it as its one
// child. It is read-only.
type Part struct {
	Header   Header
	Path     Path
	Children []*Part

	Embedded bool // below a message/*: somebody else's mail
	Sealed   bool // below a multipart/signed or multipart/encrypted: no byte may change
	Opaque   bool // a limit was met here: there is more in it than the tree shows

	message    *Message
	mediaType  string
	head       int64 // where the header begins; -1 for the root
	start, end int64 // the content
	sep        bool  // an empty line ends the header
	flush      bool  // the content is empty, and the line break before the delimiter is the header's
}

// MediaType is type and subtype in lower case: text/plain if nothing valid is said, message/rfc822 in a digest
// (RFC 2045 5.2, RFC 2046 5.1.5).
func (p *Part) MediaType() string { return p.mediaType }

// IsMultipart tells whether the type is multipart/*; one without parts is a leaf all the same.
func (p *Part) IsMultipart() bool { return strings.HasPrefix(p.mediaType, "multipart/") }

// IsLeaf tells whether there is nothing below.
func (p *Part) IsLeaf() bool { return len(p.Children) == 0 }

// Param is a parameter of Content-Type, decoded to UTF-8 (RFC 2231, and RFC 2047 as many write it), or "".
func (p *Part) Param(name string) string { return param(p.Header.Get("Content-Type"), name) }

// Charset is the charset parameter in lower case; us-ascii if there is none (RFC 2046 4.1.2).
func (p *Part) Charset() string {
	if c := strings.Trim(strings.ToLower(p.Param("charset")), "' "); c != "" {
		return c
	}
	return "us-ascii"
}

// Disposition is the kind of Content-Disposition in lower case, or "", and the file name from there or from
// the name parameter of Content-Type. Neither can be trusted to be a path.
func (p *Part) Disposition() (kind, filename string) {
	d := p.Header.Get("Content-Disposition")
	if filename = param(d, "filename"); filename == "" {
		filename = p.Param("name")
	}
	return token(d), filename
}

// Encoding is the transfer encoding in lower case; 7bit if none is said (RFC 2045 6.1).
func (p *Part) Encoding() string {
	if e := token(p.Header.Get("Content-Transfer-Encoding")); e != "" {
		return e
	}
	return "7bit"
}

// Span is where the content of the part stands in the body of the mail, its header not counted.
func (p *Part) Span() (start, end int64) { return p.start, p.end }

// Raw reads the content as it was sent.
func (p *Part) Raw() io.Reader {
	return io.NewSectionReader(p.message.Body(), p.start, p.end-p.start)
}

// Open reads the content with the transfer encoding taken off. Garbage in it is passed over; an error is one
// of reading. What has an unknown encoding is read as it was sent.
func (p *Part) Open() io.Reader {
	switch p.Encoding() {
	case "base64":
		return newBase64Reader(p.Raw())
	case "quoted-printable":
		return newQPReader(p.Raw())
	}
	return p.Raw()
}

// Bytes is what Open reads, or ErrTooLarge if that is more than limit.
func (p *Part) Bytes(limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(p.Open(), limit+1))
	if err != nil {
		return nil, fmt.Errorf("read part %s: %w", p.Path, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read part %s: %w: more than %d bytes", p.Path, ErrTooLarge, limit)
	}
	return b, nil
}

// Text is Bytes in UTF-8. A charset that is not known is ErrCharset; single bytes that mean nothing in theirs
// become U+FFFD. Text marked as ASCII that is none is read as UTF-8 or windows-1252.
func (p *Part) Text(limit int64) (string, error) {
	b, err := p.Bytes(limit)
	if err != nil {
		return "", err
	}
	text, err := toUTF8(p.Charset(), b)
	if err != nil {
		return "", fmt.Errorf("read part %s: %w", p.Path, err)
	}
	return text, nil
}

// boundary is what separates the parts of a multipart; ok is false if p is none or has none that can be used.
func (p *Part) boundary() (boundary string, ok bool) {
	if !p.IsMultipart() {
		return "", false
	}
	b := strings.TrimRight(rawParam(p.Header.Get("Content-Type"), "boundary"), " \t\r\n")
	return b, b != "" && len(b) <= maxBoundary
}

// isMail tells whether a mail stands in p as it is. Where it is encoded (RFC 6532 3.5 allows that for
// message/global) p is a leaf that Open decodes.
func (p *Part) isMail() bool {
	switch p.mediaType {
	case "message/rfc822", "message/global", "message/news":
		e := p.Encoding()
		return e != "base64" && e != "quoted-printable"
	}
	return false
}

// defaultType is the type of a part of p that says none.
func (p *Part) defaultType() string {
	if p.mediaType == "multipart/digest" {
		return "message/rfc822"
	}
	return "text/plain"
}
