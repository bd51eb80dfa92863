package kolab

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"usher/itip"
)

// entity is a MIME part: its header and what follows.
type entity struct {
	raw, body []byte
	fields    []string // with their folds, without the last line end
}

// parseEntity cuts the header off. Lines may end in LF alone.
func parseEntity(raw []byte) entity {
	e := entity{raw: raw}
	rest := raw
	for len(rest) > 0 {
		var l []byte
		l, rest, _ = bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(l), "\r")
		if text == "" {
			break
		}
		if (text[0] == ' ' || text[0] == '\t') && len(e.fields) > 0 {
			e.fields[len(e.fields)-1] += "\r\n" + text
		} else {
			e.fields = append(e.fields, text)
		}
	}
	e.body = rest
	return e
}

// field is the value of the first header field of this name, unfolded; "" if there is none.
func (e entity) field(name string) string {
	for _, f := range e.fields {
		n, value, _ := strings.Cut(f, ":")
		if strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(strings.ReplaceAll(value, "\r\n", ""))
		}
	}
	return ""
}

// contentType is the type in lower case, and its parameters as far as they can be read.
func (e entity) contentType() (string, map[string]string) {
	value := e.field("Content-Type")
	if value == "" {
		return "text/plain", nil
	}
	t, params, err := mime.ParseMediaType(value)
	if err != nil || params == nil {
		t, _, _ = strings.Cut(value, ";")
		t = strings.ToLower(strings.TrimSpace(t))
	}
	return t, params
}

// decoded is the body without its transfer encoding.
func (e entity) decoded() ([]byte, error) {
	var r io.Reader = bytes.NewReader(e.body)
	switch strings.ToLower(e.field("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		compact := bytes.TrimRight(bytes.Join(bytes.Fields(e.body), nil), "=")
		r = base64.NewDecoder(base64.RawStdEncoding, bytes.NewReader(compact))
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err == nil && len(data) > MaxDocument {
		return nil, fmt.Errorf("%w: document", itip.ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: transfer encoding: %w", ErrFormat, err)
	}
	return data, nil
}

// document is the body as the document that it holds.
func (e entity) document() (body, error) {
	data, err := e.decoded()
	if err != nil {
		return body{}, err
	}
	_, params := e.contentType()
	label := strings.ToLower(params["charset"])
	if label == "" || label == "us-ascii" || label == "ascii" {
		return body{data, charsetReader}, nil
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return body{}, fmt.Errorf("%w: unknown charset", ErrFormat)
	}
	if data, err = enc.NewDecoder().Bytes(data); err != nil {
		return body{}, fmt.Errorf("%w: charset: %w", ErrFormat, err)
	}
	return body{data, func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}, nil
}

// multipart cuts a multipart's parts apart.
func (e entity) multipart(boundary string) []entity {
	var parts []entity
	begin := -1
	for at, rest := 0, e.body; len(rest) > 0; {
		l, after, _ := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(l), " \t\r")
		if end := text == "--"+boundary+"--"; end || text == "--"+boundary {
			if begin >= 0 {
				parts = append(parts, parseEntity(withoutLineEnd(e.body[begin:at])))
			}
			begin = at + len(rest) - len(after)
			if end || len(parts) > MaxParts {
				return parts
			}
		}
		at, rest = at+len(rest)-len(after), after
	}
	if begin >= 0 { // cut off, or the end was forgotten
		parts = append(parts, parseEntity(e.body[begin:]))
	}
	return parts
}

func withoutLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// takeApart finds the document and what else the mail has. The first part of the type is it, as for Kolab's readers.
func takeApart(mail []byte) (*Message, body, error) {
	top := parseEntity(mail)
	if v := top.field("X-Kolab-Mime-Version"); v != "3.0" && !strings.HasPrefix(v, "3.") {
		return nil, body{}, ErrVersion
	}
	m := &Message{From: top.field("From"), To: top.field("To"), Date: parseDate(top.field("Date")), Fields: foreign(top.fields)}
	f := finder{m: m}
	if err := f.look(top, 0); err != nil {
		return nil, body{}, err
	}
	if f.document == nil {
		return nil, body{}, fmt.Errorf("%w: no part of type application/calendar+xml", ErrFormat)
	}
	b, err := f.document.document()
	return m, b, err
}

// finder walks through the parts.
type finder struct {
	m        *Message
	document *entity
	parts    int
}

func (f *finder) look(e entity, depth int) error {
	if f.parts++; f.parts > MaxParts || depth > maxDepth {
		return fmt.Errorf("%w: parts", itip.ErrTooLarge)
	}
	t, params := e.contentType()
	if strings.HasPrefix(t, "multipart/") {
		for _, part := range e.multipart(params["boundary"]) {
			if err := f.look(part, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	id := strings.Trim(e.field("Content-ID"), "<> ")
	switch {
	case t == "application/calendar+xml" && f.document == nil:
		f.document = &e
	case depth > 0 && !(t == "text/plain" && id == "" && f.document == nil): // that one tells people what this is
		f.m.Parts = append(f.m.Parts, Part{id, e.raw})
	}
	return nil
}

// foreign are the fields that nobody else writes.
func foreign(fields []string) []string {
	var keep []string
	for _, f := range fields {
		name := strings.ToLower(f)
		if strings.HasPrefix(name, "x-") && !strings.HasPrefix(name, "x-kolab-") {
			keep = append(keep, f)
		}
	}
	return keep
}

func parseDate(s string) time.Time {
	if i := strings.Index(s, " ("); i > 0 {
		s = s[:i]
	}
	for _, form := range []string{"Mon, 2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST"} {
		if t, err := time.Parse(form, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
