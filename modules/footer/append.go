package footer

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"golang.org/x/net/html"

	"usher/milter/filter"
	"usher/milter/message"
)

// append plans the footer for one body part. ok is false when there is none of its kind, or it must stay.
func (m *module) append(p *message.Part) (edit filter.ReplacePart, ok bool, err error) {
	words := m.text
	if p.MediaType() == "text/html" {
		words = m.html
	}
	if words == "" {
		return edit, false, nil
	}
	old, err := p.Bytes(maxText)
	if errors.Is(err, message.ErrTooLarge) || err == nil && armored(old) {
		return edit, false, nil
	}
	if err != nil {
		return edit, false, err
	}
	added, charset := inCharset(words, p.Charset())
	if charset != "" { // the part has to be raised to another charset
		text, err := p.Text(maxText)
		if err != nil {
			return edit, false, nil // mislabelled text stays byte for byte
		}
		old = []byte(text)
	}
	return rewrite(p, insert(p.MediaType(), old, added), charset), true, nil
}

// armored tells whether a text is, or holds, something OpenPGP made (RFC 4880 6.2).
func armored(text []byte) bool { return bytes.Contains(text, []byte("-----BEGIN PGP ")) }

// inCharset writes words in a part's charset; where it cannot hold them, in UTF-8, and names that.
func inCharset(words, charset string) (encoded []byte, raised string) {
	if !wide(charset) {
		if b, err := message.EncodeText(words, charset); err == nil {
			return b, ""
		}
	}
	return []byte(words), "utf-8"
}

// wide are charsets whose bytes cannot be appended to as they are: two bytes a character, or with a state.
func wide(charset string) bool {
	c := strings.ToLower(charset)
	return strings.HasPrefix(c, "utf-16") || strings.HasPrefix(c, "utf-32") || strings.HasPrefix(c, "iso-2022") || c == "utf-7" || c == "hz-gb-2312"
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// insert puts the footer behind a text, or before the end of an HTML body.
func insert(mediaType string, old, added []byte) []byte {
	added = bytes.ReplaceAll(added, []byte("\n"), []byte("\r\n"))
	if mediaType == "text/html" {
		at := bodyEnd(old)
		return bytes.Join([][]byte{old[:at], added, []byte("\r\n"), old[at:]}, nil)
	}
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		old = append(old[:len(old):len(old)], "\r\n"...)
	}
	return bytes.Join([][]byte{old, added, []byte("\r\n")}, nil)
}

// bodyEnd is the offset of the last real </body> or </html>, or the end. A tokenizer finds it, so that one
// in a script, a comment or an attribute does not count.
func bodyEnd(doc []byte) int {
	z := html.NewTokenizer(bytes.NewReader(doc))
	at, body, root := 0, -1, -1
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := len(z.Raw())
		if kind == html.EndTagToken {
			switch name, _ := z.TagName(); string(name) {
			case "body":
				body = at
			case "html":
				root = at
			}
		}
		at += raw
	}
	switch {
	case z.Err() != io.EOF:
		return len(doc)
	case body >= 0:
		return body
	case root >= 0:
		return root
	}
	return len(doc)
}

// rewrite keeps the part's transfer encoding where it can still carry the text.
func rewrite(p *message.Part, text []byte, charset string) filter.ReplacePart {
	edit := filter.ReplacePart{Path: p.Path}
	encoding := p.Encoding()
	if encoding == "7bit" && !isASCII(string(text)) || !known(encoding) {
		encoding = "quoted-printable"
	}
	if charset != "" {
		edit.Fields = append(edit.Fields, message.NewField("Content-Type", withCharset(p, charset)))
	}
	if encoding != p.Encoding() {
		edit.Fields = append(edit.Fields, message.NewField("Content-Transfer-Encoding", encoding))
	}
	if len(edit.Fields) > 0 && len(p.Path) == 0 && !p.Header.Has("MIME-Version") {
		edit.Fields = append(edit.Fields, message.NewField("MIME-Version", "1.0"))
	}
	edit.Content = message.EncodeBody(text, encoding)
	return edit
}

func known(encoding string) bool {
	switch encoding {
	case "7bit", "8bit", "binary", "quoted-printable", "base64":
		return true
	}
	return false
}

// withCharset is the part's content type with another charset and all other parameters kept.
func withCharset(p *message.Part, charset string) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		params = map[string]string{}
	}
	params["charset"] = charset
	return mime.FormatMediaType(p.MediaType(), params)
}
