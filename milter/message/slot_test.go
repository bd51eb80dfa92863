package message

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// TestSlot: at every place in a content, bytes can be added; what Open reads then is the content with them, and where
// they come in groups the encoded bytes on both sides stay.
func TestSlot(t *testing.T) {
	for _, tt := range []struct{ encoding, raw string }{
		{"7bit", "one\r\ntwo\r\n"},
		{"8bit", ""},
		{"quoted-printable", "a=3Db =\r\nc  \r\n=\r\nlast=20"},
		{"quoted-printable", "a=\r\r\nb=zz c d=\r\n"},
		{"base64", "aGVs\r\nbG8g\r\nd29ybGQ="},
		{"base64", "aG VsbG8=\r\nd29y\r\nbGQ=\r\n"},
		{"base64", "aGVsb"},
	} {
		m, err := Read(strings.NewReader("Content-Transfer-Encoding: "+tt.encoding+"\r\n\r\n"+tt.raw), 0)
		if err != nil {
			t.Fatal(err)
		}
		was, _ := m.Root().Bytes(1 << 20)
		for at := range len(was) + 1 {
			if at > 0 && at < len(was) && was[at-1] == '\r' {
				continue
			}
			for _, added := range []string{"abc", "abcdef", "\r\nabc=\r\n.", "abc  "} {
				s, err := m.Root().Slot(int64(at))
				if err != nil || len(added)%s.Group() != 0 {
					if err != nil {
						t.Errorf("%q at %d: %v", tt.raw, at, err)
					}
					continue
				}
				n, err := m.Insert(Insertion{Slot: s, Encoded: s.Encode([]byte(added), "\r\n")})
				if err != nil {
					t.Errorf("%q at %d: %v", tt.raw, at, err)
					continue
				}
				now, _ := n.Root().Bytes(1 << 20)
				if want := string(was[:at]) + added + string(was[at:]); string(now) != want {
					b, _ := io.ReadAll(n.Root().Raw())
					t.Errorf("%q at %d: %q reads %q; want %q", tt.raw, at, b, now, want)
				}
			}
		}
		if _, err := m.Root().Slot(int64(len(was)) + 1); !errors.Is(err, ErrStructure) {
			t.Errorf("%q: %v for a place behind the end", tt.raw, err)
		}
	}
}

// TestInsertKeepsBoundaries: what would become a boundary line is not inserted.
func TestInsertKeepsBoundaries(t *testing.T) {
	m, err := Read(strings.NewReader("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nb--\r\n--b--\r\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := m.Part(Path{0})
	s, err := p.Slot(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Insert(Insertion{Slot: s, Encoded: []byte("--")}); !errors.Is(err, ErrStructure) {
		t.Errorf("a boundary was written: %v", err)
	}
	if _, err := m.Insert(Insertion{Slot: s, Encoded: []byte("-")}); err != nil {
		t.Error(err)
	}
}

// TestBeside: what was there is a part with its own fields and bytes, at the root and below.
func TestBeside(t *testing.T) {
	words := Compose(nil, Alternative{MediaType: "text/plain", Content: []byte("words")})
	for _, eol := range []string{"\r\n", "\n"} {
		raw := strings.ReplaceAll("Subject: x\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\nX-A: \tb\n\nhi\n--b\nContent-Type: image/png\n\n.\n--b--\n", "\n", eol)
		for _, path := range []Path{nil, {0}, {1}} {
			for _, first := range []bool{true, false} {
				m, err := Read(strings.NewReader(raw), 0)
				if err != nil {
					t.Fatal(err)
				}
				n, err := m.Beside(path, words, first)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				var b strings.Builder
				n.WriteTo(&b)
				out, err := Read(strings.NewReader(b.String()), 0)
				if err != nil {
					t.Fatal(err)
				}
				mine, theirs := 1, 0
				if first {
					mine, theirs = 0, 1
				}
				was, _ := m.Part(path)
				p, ok := out.Part(append(path[:len(path):len(path)], theirs))
				q, there := out.Part(append(path[:len(path):len(path)], mine))
				if !ok || !there || out.Truncated() {
					t.Errorf("%s: not there: %q", path, b.String())
					continue
				}
				x, _ := io.ReadAll(was.Raw())
				y, _ := io.ReadAll(p.Raw())
				said, _ := q.Bytes(100)
				if string(x) != string(y) || p.MediaType() != was.MediaType() || strings.TrimSpace(string(said)) != "words" || p.Header.Get("X-A") != was.Header.Get("X-A") {
					t.Errorf("%s: %q is %q now, beside %q", path, x, y, said)
				}
				if eol == "\n" && strings.Contains(b.String(), "\r") {
					t.Errorf("%s: line ends are mixed: %q", path, b.String())
				}
			}
		}
	}
}
