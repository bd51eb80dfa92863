package imapcal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"usher/itip"
)

// writeICal makes a mail with one text/calendar part. Its Subject is the object's UID, as in Kolab's mails.
func writeICal(l letter) []byte {
	lines := append([]string{
		"Date: " + l.date.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"),
		fold("Subject", mime.QEncoding.Encode("utf-8", l.object.UID())),
	}, l.fields...)
	lines = append(lines, "MIME-Version: 1.0", "Content-Type: text/calendar; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "")
	return append([]byte(strings.Join(lines, "\r\n")), l.object.Encode()...)
}

// Bounds of a mail.
const (
	maxParts = 1000
	maxDepth = 10
)

var errParts = errors.New("broken or too many MIME parts")

// readICal finds the first text/calendar part. A mail without one is no object.
func readICal(mail []byte, h header) (*itip.Object, error) {
	f := finder{left: maxParts}
	_, body, _ := cutHeader(mail)
	text, err := f.find(h["content-type"], h["content-transfer-encoding"], body, 0)
	if err != nil {
		if meant(mail, h) {
			return nil, err
		}
		return nil, nil
	}
	if text == nil {
		return nil, nil
	}
	objects, err := itip.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(objects) > 1 {
		return nil, errSeveral
	}
	if len(objects) == 0 {
		return nil, nil
	}
	return objects[0], nil
}

// cutHeader splits a mail at its first empty line.
func cutHeader(mail []byte) (head, body []byte, ok bool) {
	if bytes.HasPrefix(mail, []byte("\r\n")) {
		return nil, mail[2:], true
	}
	if head, body, ok = bytes.Cut(mail, []byte("\r\n\r\n")); ok {
		return head, body, ok
	}
	return bytes.Cut(mail, []byte("\n\n"))
}

// finder looks for a calendar in the parts of a mail.
type finder struct{ left int }

// find gives the decoded text of the first calendar part; nil: there is none.
func (f *finder) find(contentType, encoding string, body []byte, depth int) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if kind == "" {
		return nil, nil
	}
	if kind == "text/calendar" {
		return decode(body, encoding, params["charset"])
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return nil, nil
	}
	if err != nil || depth == maxDepth || params["boundary"] == "" {
		return nil, errParts
	}
	for parts := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil, nil
		}
		if f.left--; err != nil || f.left < 0 {
			return nil, errParts
		}
		inner, err := io.ReadAll(part)
		if err != nil {
			return nil, errParts
		}
		text, err := f.find(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), inner, depth+1)
		if text != nil || err != nil {
			return text, err
		}
	}
}

// decode undoes transfer encoding and charset.
func decode(body []byte, encoding, charset string) ([]byte, error) {
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "7bit", "8bit", "binary":
	case "base64":
		body, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
	case "quoted-printable":
		body, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	default:
		err = fmt.Errorf("unknown transfer encoding of %d bytes", len(encoding))
	}
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(charset) {
	case "", "utf-8", "us-ascii":
		return append([]byte{}, body...), nil
	}
	set, err := htmlindex.Get(charset)
	if err != nil {
		return nil, errors.New("unknown charset")
	}
	return set.NewDecoder().Bytes(body)
}
