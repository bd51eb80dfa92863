package addendum

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"usher/milter/message"
)

// replacement is another content for a part, and fields its header is to have.
type replacement struct {
	path    message.Path
	fields  []message.Field
	content []byte
}

// add plans the words for one body part. ok is false when there are none of its kind, or it must stay.
func (w Words) add(p *message.Part) (edit replacement, ok bool, err error) {
	words := w.of(p)
	if words == "" || !known(p.Encoding()) { // what cannot be decoded cannot be added to
		return edit, false, nil
	}
	old, err := p.Bytes(maxText)
	if errors.Is(err, message.ErrTooLarge) || err == nil && armored(old) {
		return edit, false, nil
	}
	if err != nil {
		return edit, false, err
	}
	fitted, ok := fit(p, old, words)
	if !ok {
		return edit, false, nil
	}
	edit, err = rewrite(p, fitted)
	return edit, err == nil, err
}

// armored tells whether a text is, or holds, something OpenPGP made (RFC 4880 6.2).
func armored(text []byte) bool { return bytes.Contains(text, []byte("-----BEGIN PGP ")) }

// insert puts the words behind a text, or before the end of an HTML body. Whether there is a last line break is
// the old text's choice.
func insert(p *message.Part, f fitted) []byte {
	eol := []byte("\r\n")
	if bytes.IndexByte(f.old, '\n') >= 0 && !bytes.Contains(f.old, eol) {
		eol = eol[1:]
	}
	added := bytes.ReplaceAll(f.added, []byte("\n"), eol)
	if p.MediaType() == "text/html" {
		at := bodyEnd(f.old)
		if lineBefore(f.old, at)+len(added) > maxLine {
			added = append(bytes.Clone(eol), added...)
		}
		return bytes.Join([][]byte{f.old[:at], added, eol, f.old[at:]}, nil)
	}
	before, after := behind(p, f.old, eol), eol
	if len(f.old) > 0 && !bytes.HasSuffix(f.old, []byte("\n")) {
		after = nil
	}
	return bytes.Join([][]byte{f.old, before, added, after}, nil)
}

// behind is what separates a plain text from what comes behind it: its last line has to end, and where a space at
// its end says that it flows on (RFC 3676 4.1), an empty line stops it.
func behind(p *message.Part, old, eol []byte) (sep []byte) {
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		sep = append(sep, eol...)
	}
	last := bytes.TrimRight(old, "\r\n")
	if isFlowed(p) && bytes.HasSuffix(last, []byte(" ")) && len(old)-len(last) <= len(eol) {
		sep = append(sep, eol...)
	}
	return sep
}

// maxLine is the longest line a mail may have (RFC 5322 2.1.1).
const maxLine = 998

// lineBefore is how much of a line stands before an offset.
func lineBefore(text []byte, at int) int { return at - bytes.LastIndexByte(text[:at], '\n') - 1 }

func hasLongLine(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(bytes.TrimRight(line, "\r\n")) > maxLine {
			return true
		}
	}
	return false
}

// rewrite keeps the part's transfer encoding where it can still carry the text. What comes as it is stays as it
// is, 8-bit where 7-bit is declared included.
func rewrite(p *message.Part, f fitted) (replacement, error) {
	edit := replacement{path: p.Path}
	text := insert(p, f)
	encoding := p.Encoding()
	if encoding == "7bit" && (!isASCII(f.added) || f.charset != "" && !isASCII(text)) || literal(encoding) && hasLongLine(f.added) {
		encoding = "quoted-printable"
	}
	lf := false
	if encoding == "quoted-printable" && bareBreak(text) {
		raw, err := io.ReadAll(io.LimitReader(p.Raw(), 4*maxText))
		if err != nil {
			return edit, fmt.Errorf("read part %s: %w", p.Path, err)
		}
		if lf = bytes.IndexByte(raw, '\n') >= 0 && bytes.IndexByte(raw, '\r') < 0 && bytes.IndexByte(text, '\r') < 0; !lf {
			encoding = "base64" // quoted-printable would make CRLF of line breaks that are none
		}
	}
	if f.charset != "" {
		edit.fields = append(edit.fields, message.NewField("Content-Type", withCharset(p, f.charset)))
	}
	if encoding != p.Encoding() {
		edit.fields = append(edit.fields, message.NewField("Content-Transfer-Encoding", encoding))
	}
	if len(edit.fields) > 0 && len(p.Path) == 0 && !p.Header.Has("MIME-Version") {
		edit.fields = append(edit.fields, message.NewField("MIME-Version", "1.0"))
	}
	edit.content = text
	if !literal(encoding) {
		edit.content = message.EncodeBody(text, encoding)
	}
	if lf { // a file with LF line ends stays one
		edit.content = bytes.ReplaceAll(edit.content, []byte("\r\n"), []byte("\n"))
	}
	return edit, nil
}

func known(encoding string) bool {
	return literal(encoding) || encoding == "quoted-printable" || encoding == "base64"
}

// literal are the transfer encodings that are none.
func literal(encoding string) bool {
	return encoding == "7bit" || encoding == "8bit" || encoding == "binary"
}

// bareBreak tells whether there is a CR or LF that is not part of a CRLF.
func bareBreak(text []byte) bool {
	n := bytes.Count(text, []byte("\r\n"))
	return bytes.Count(text, []byte("\r")) != n || bytes.Count(text, []byte("\n")) != n
}

func isFlowed(p *message.Part) bool {
	return p.MediaType() == "text/plain" && strings.EqualFold(p.Param("format"), "flowed")
}

// flowed writes words for a format=flowed part: no line flows into the next, and those a reader would take for
// quoted or stuffed are stuffed (RFC 3676 4.2, 4.4). The signature's "-- " is what it is (4.3).
func flowed(words string) string {
	lines := strings.Split(words, "\n")
	for i, l := range lines {
		if l != "-- " {
			l = strings.TrimRight(l, " ")
		}
		if strings.HasPrefix(l, " ") || strings.HasPrefix(l, ">") || strings.HasPrefix(l, "From ") {
			l = " " + l
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}
