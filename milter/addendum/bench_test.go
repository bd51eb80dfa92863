package addendum

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"usher/milter/message"
)

// mailOf is an alternative of so many bytes in each form, and an attachment of the rest.
func mailOf(text, rest int) string {
	line := "The quick brown fox jumps over the lazy dog and reads what else there is: nothing.\r\n"
	attached := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", rest/78)
	return "Message-ID: <x@y>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" +
		"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
		strings.Repeat(line, max(1, text/len(line)/2)) + "\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<body>" +
		strings.Repeat("<p class=3Da>"+line+"</p>", max(1, text/len(line)/2)) + "</body>\r\n--a--\r\n--m\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		attached + "\r\n--m--\r\n"
}

// BenchmarkAdd: a mail of 10 KB and of 10 MB, all text or almost none, is read, gets the words and is written. To hold
// it against: the same mail read and written.
func BenchmarkAdd(b *testing.B) {
	for name, raw := range map[string]string{
		"10KB": mailOf(9<<10, 0), "10MB_text": mailOf(10<<20, 0), "10MB_attached": mailOf(9<<10, 10<<20),
	} {
		for how, o := range map[string]*Options{"copy": nil, "bottom": {}, "above_once": {Place: AboveQuote, Once: true}} {
			b.Run(name+"/"+how, func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					m := read(b, raw)
					if o != nil {
						r, err := Add(m, everything, *o)
						if err != nil || r.Mail == nil {
							b.Fatal(r.Why, err)
						}
						m = r.Mail
					}
					if _, err := m.WriteTo(io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// spooled is a mail that lies elsewhere than in memory.
type spooled struct{ pattern, head, tail string }

const spooledSize = 100 << 20

func (s spooled) Size() int64 { return spooledSize }

func (s spooled) ReadAt(p []byte, off int64) (int, error) {
	n, tail := 0, spooledSize-int64(len(s.tail))
	for n < len(p) {
		switch at := off + int64(n); {
		case at >= spooledSize:
			return n, io.EOF
		case at < int64(len(s.head)):
			n += copy(p[n:], s.head[at:])
		case at >= tail:
			n += copy(p[n:], s.tail[at-tail:])
		default:
			n += copy(p[n:min(int64(len(p)), int64(n)+tail-at)], s.pattern[(at-int64(len(s.head)))%int64(len(s.pattern)):])
		}
	}
	return n, nil
}

// TestMemory: a mail of 100 MB, most of it one text or one attachment, takes no more than 8 MB beside its spool.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 300 MB")
	}
	line := "The quick brown fox jumps over the lazy dog.\r\n"
	for name, tt := range map[string]struct {
		kind string
		body spooled
	}{
		"text":     {"text/plain; charset=utf-8", spooled{strings.Repeat(line, 1000), "", ""}},
		"HTML":     {"text/html; charset=utf-8", spooled{strings.Repeat("<p>"+line+"</p>", 1000), "<body>", "</body>"}},
		"attached": {"multipart/mixed; boundary=b", spooled{strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 1000), "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi\r\n--b\r\nContent-Type: image/png\r\n\r\n", "\r\n--b--\r\n"}},
	} {
		h := message.Header{message.NewField("Content-Type", tt.kind), message.NewField("MIME-Version", "1.0"), message.NewField("Content-Transfer-Encoding", "8bit")}
		m := message.New(h, tt.body)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r, err := Add(m, everything, Options{Place: AboveQuote, Once: true})
		if err != nil || r.Mail == nil || r.Mail.Size() <= m.Size() {
			t.Errorf("%s: %s, %v", name, r.Why, err)
			continue
		}
		runtime.ReadMemStats(&after)
		if kept := int64(after.HeapSys) - int64(before.HeapSys); kept > 8<<20 {
			t.Errorf("%s: the heap grew by %d bytes", name, kept)
		}
	}
}
