package message

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// attached is a mail with a text, an HTML text and an attachment of about size bytes.
func attached(size int) (Header, Body) {
	h := Header{NewField("Content-Type", "multipart/mixed; boundary=outer")}
	var b strings.Builder
	b.WriteString("--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n")
	for _, kind := range []string{"plain", "html"} {
		fmt.Fprintf(&b, "--inner\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s\r\n",
			kind, strings.Repeat("some text and more\r\n", 40))
	}
	b.WriteString("--inner--\r\n--outer\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	b.WriteString(strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", max(size-b.Len(), 0)/78))
	b.WriteString("--outer--\r\n")
	return h, Bytes(b.String())
}

func benchmarkRoot(b *testing.B, size int, file bool) {
	h, body := attached(size)
	if file {
		body = hidden{body}
	}
	b.SetBytes(body.Size())
	b.ReportAllocs()
	for b.Loop() {
		if New(h, body).Root().IsLeaf() {
			b.Fatal("no parts")
		}
	}
}

func BenchmarkRoot10KB(b *testing.B)     { benchmarkRoot(b, 10<<10, false) }
func BenchmarkRoot10KBFile(b *testing.B) { benchmarkRoot(b, 10<<10, true) }
func BenchmarkRoot1MB(b *testing.B)      { benchmarkRoot(b, 1<<20, false) }
func BenchmarkRoot1MBFile(b *testing.B)  { benchmarkRoot(b, 1<<20, true) }

func BenchmarkReplacePart1MB(b *testing.B) {
	h, body := attached(1 << 20)
	m := New(h, hidden{body})
	m.Root()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.ReplacePart(Path{0, 0}, nil, []byte("other text")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteTo1MB(b *testing.B) {
	h, body := attached(1 << 20)
	m := New(h, hidden{body})
	b.SetBytes(m.Size())
	b.ReportAllocs()
	for b.Loop() {
		m.WriteTo(io.Discard)
	}
}

func BenchmarkDecodeBase64(b *testing.B) {
	h, body := attached(1 << 20)
	p := New(h, body).Root().Children[1]
	start, end := p.Span()
	b.SetBytes(end - start)
	b.ReportAllocs()
	for b.Loop() {
		io.Copy(io.Discard, p.Open())
	}
}

func BenchmarkHeaderGet(b *testing.B) {
	h := Header{}
	for i := range 30 {
		h = append(h, NewField(fmt.Sprintf("X-Field-%d", i), "value"))
	}
	h = append(h, NewField("Subject", "the last one"))
	b.ReportAllocs()
	for b.Loop() {
		h.Get("subject")
	}
}
