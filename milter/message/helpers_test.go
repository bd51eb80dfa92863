package message

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// eml turns a text with LF into a mail with CRLF.
func eml(text string) *Message { return parse([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) }

// bytesOf is the mail as it is written.
func bytesOf(t testing.TB, m *Message) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if err != nil || n != int64(b.Len()) || n != m.Size() {
		t.Fatalf("WriteTo = %d, %v with %d bytes written and a size of %d", n, err, b.Len(), m.Size())
	}
	return b.Bytes()
}

// multi is a multipart/kind of these parts.
func multi(kind string, parts ...string) string {
	b := fmt.Sprintf("b%d%s", len(strings.Join(parts, "")), kind)
	s := "Content-Type: multipart/" + kind + "; boundary=" + b + "\n\n"
	for _, p := range parts {
		s += "--" + b + "\n" + p + "\n"
	}
	return s + "--" + b + "--"
}

// outline is the tree with one line a part: path, type, content.
func outline(m *Message) string {
	var b strings.Builder
	for p := range m.Parts() {
		fmt.Fprintf(&b, "%s %s", p.Path, p.MediaType())
		if p.IsLeaf() {
			start, end := p.Span()
			span := make([]byte, end-start)
			m.Body().ReadAt(span, start)
			fmt.Fprintf(&b, " %q", span)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// corpus are the mails of testdata, by name.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	return mailsIn(t, "testdata/footer")
}

func mailsIn(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no mails in %s: %v", dir, err)
	}
	mails := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mails[filepath.Base(name)] = data
	}
	return mails
}

// hidden is a body that is read through ReadAt alone, as one in a file.
type hidden struct{ Body }

// leaves are all parts without children.
func leaves(m *Message) []*Part {
	var all []*Part
	for p := range m.Parts() {
		if p.IsLeaf() {
			all = append(all, p)
		}
	}
	return all
}
