package message

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestReplacePart(t *testing.T) {
	m := parse(corpus(t)["24-preamble-epilogue-odd-boundary.eml"])
	content := EncodeBody([]byte("neuer Text: Grüße\n"), "quoted-printable")
	fields := []Field{NewField("content-type", "text/plain; charset=utf-8"), NewField("Content-Transfer-Encoding", "quoted-printable")}
	n, err := m.ReplacePart(Path{0}, fields, content)
	if err != nil {
		t.Fatal(err)
	}
	want := string(bytesOf(t, m))
	want = strings.Replace(want, "Content-Type: text/plain; charset=us-ascii\r\n",
		"content-type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n", 1)
	want = strings.Replace(want, "body with a lookalike line:\r\n--=_(.*)+?:/= b24'x\r\nstill body", string(content), 1)
	if got := string(bytesOf(t, n)); got != want {
		t.Errorf("written as\n%s\nwant\n%s", got, want)
	}
	if !n.BodyChanged() || n.SameBody(m) || m.BodyChanged() {
		t.Error("the change is not told, or the old mail changed")
	}
}

func TestReplaceRoot(t *testing.T) {
	m := parse(corpus(t)["28-mislabelled-8bit.eml"])
	n, err := m.ReplacePart(nil, []Field{NewField("Content-Type", "text/plain; charset=utf-8")}, []byte("Grüße\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	old, now := string(bytesOf(t, m)), string(bytesOf(t, n))
	want := strings.Replace(old, "Content-Type: text/plain; charset=us-ascii", "Content-Type: text/plain; charset=utf-8", 1)
	want = want[:strings.Index(want, "\r\n\r\n")+4] + "Grüße\r\n"
	if now != want {
		t.Errorf("written as %q; want %q", now, want)
	}
	if text, _ := n.Root().Text(100); text != "Grüße\r\n" {
		t.Errorf("text is %q", text)
	}
}

// Every leaf of every mail takes a new content, and everything else stays as it was.
func TestReplaceEveryLeaf(t *testing.T) {
	for name, data := range allMails(t) {
		m := parse(data)
		for _, p := range leaves(m) {
			replaceAndCheck(t, name, m, p, []byte("new\r\n content"))
		}
	}
}

// replaceAndCheck gives a leaf a content and takes it back.
func replaceAndCheck(t *testing.T, name string, m *Message, p *Part, content []byte) {
	t.Helper()
	n, err := m.ReplacePart(p.Path, nil, content)
	if err != nil {
		if !errors.Is(err, ErrStructure) {
			t.Errorf("%s: part %s: %v", name, p.Path, err)
		}
		return
	}
	q, ok := n.Part(p.Path)
	if !ok || !sameShape(m.Root(), n.Root(), p.Path) {
		t.Errorf("%s: replacing part %s makes\n%sof\n%s", name, p.Path, outline(n), outline(m))
		return
	}
	if raw := decodeAll(q.Raw()); q.IsLeaf() && !bytes.Equal(raw, content) {
		t.Errorf("%s: part %s is %q; want %q", name, p.Path, raw, content)
	}
	if !m.Root().sep || !p.sep || p.flush || !q.IsLeaf() {
		return // what had to be put around the content stays
	}
	back, err := n.ReplacePart(p.Path, nil, decodeAll(p.Raw()))
	if err != nil {
		t.Errorf("%s: part %s cannot be taken back: %v", name, p.Path, err)
	} else if !back.Equal(m) {
		t.Errorf("%s: part %s taken back is\n%q; want\n%q", name, p.Path, bytesOf(t, back), bytesOf(t, m))
	}
}

func TestReplaceRefuses(t *testing.T) {
	mails := corpus(t)
	nested := eml(multi("mixed", multi("alternative", "\none", "\ntwo"), "\nthree"))
	outer := nested.Root().Param("boundary")
	inner := nested.Root().Children[0].Param("boundary")
	typed := func(value string) []Field { return []Field{NewField("Content-Type", value)} }
	tests := []struct {
		name    string
		mail    *Message
		path    Path
		fields  []Field
		content string
		ok      bool
	}{
		{"plain", nested, Path{0, 1}, nil, "x", true},
		{"boundary of its own multipart", nested, Path{0, 1}, nil, "x\r\n--" + inner + " \r\ny", false},
		{"boundary of the outer multipart", nested, Path{0, 1}, nil, "--" + outer, false},
		{"closing boundary, LF", nested, Path{0, 1}, nil, "x\n--" + outer + "--", false},
		{"boundary of another multipart", nested, Path{1}, nil, "--" + inner, true},
		{"boundary with more behind it", nested, Path{0, 1}, nil, "--" + inner + "x", true},
		{"boundary inside a line", nested, Path{0, 1}, nil, "x --" + inner, true},
		{"half a line break before LF", parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n")), Path{0}, nil, "x\r", false},
		{"half a line break before CRLF", nested, Path{1}, nil, "x\r", true},
		{"no such part", nested, Path{2}, nil, "x", false},
		{"no leaf", nested, Path{0}, nil, "x", false},
		{"signed", parse(mails["10-pgpmime-signed.eml"]), Path{0}, nil, "x", false},
		{"encrypted", parse(mails["14-pgpmime-encrypted.eml"]), Path{1}, nil, "x", false},
		{"truncated", nested.WithLimits(Limits{Parts: 2}), Path{0, 0}, nil, "x", false},
		{"field without a name", nested, Path{1}, []Field{{Name: "a\r\nb"}}, "x", false},
		{"becomes a multipart", nested, Path{0, 1}, typed("multipart/mixed; boundary=new"), "--new\r\n\r\nx\r\n--new--", true},
		{"becomes a multipart never closed", nested, Path{0, 0}, typed("multipart/mixed; boundary=new"), "--new\r\n\r\nx", true},
		{"becomes a multipart that takes the next part", nested, Path{0, 0}, typed("multipart/mixed; boundary=" + inner), "x", false},
		{"becomes a mail that takes the next part", nested, Path{0, 0}, typed("message/rfc822"),
			"Content-Type: multipart/mixed; boundary=" + inner + "\r\n\r\n", false},
	}
	for _, tt := range tests {
		n, err := tt.mail.ReplacePart(tt.path, tt.fields, []byte(tt.content))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrStructure) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && !sameShape(tt.mail.Root(), n.Root(), tt.path) {
			t.Errorf("%s: tree is\n%s", tt.name, outline(n))
		}
	}
}

func TestReplaceWithTheSame(t *testing.T) {
	m := eml(multi("mixed", "\none", "\ntwo"))
	n, err := m.ReplacePart(Path{1}, nil, []byte("two"))
	if err != nil || n.BodyChanged() || !n.SameBody(m) {
		t.Errorf("%v, changed %v", err, n.BodyChanged())
	}
}

func TestSplice(t *testing.T) {
	body := "0123456789"
	for from := int64(0); from <= 10; from++ {
		for to := from; to <= 10; to++ {
			for _, with := range []string{"", "ab", body[from:to]} {
				m := New(Header{NewField("Subject", "x")}, hidden{Bytes(body)})
				n := m.Splice(from, to, []byte(with))
				want := body[:from] + with + body[to:]
				if got := decodeAll(n.Root().Raw()); string(got) != want || n.Body().Size() != int64(len(want)) {
					t.Fatalf("Splice(%d, %d, %s) = %s; want %s", from, to, with, got, want)
				}
				if n.BodyChanged() != (want != body) {
					t.Errorf("Splice(%d, %d, %s): changed %v", from, to, with, n.BodyChanged())
				}
			}
		}
	}
}

func TestSpliceOutside(t *testing.T) {
	m := New(nil, Bytes("0123"))
	for _, tt := range []struct {
		from, to int64
		want     string
	}{{-5, 1, "x123"}, {3, 99, "012x"}, {9, 99, "0123x"}, {3, 1, "012x3"}} {
		if got := decodeAll(m.Splice(tt.from, tt.to, []byte("x")).Root().Raw()); string(got) != tt.want {
			t.Errorf("Splice(%d, %d) = %s; want %s", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestSpliceOfSplices(t *testing.T) {
	want := strings.Repeat("0123456789", 20)
	m := New(nil, hidden{Bytes(want)})
	for i := range 60 {
		from := i * 37 % len(want)
		to := min(from+i%5, len(want))
		with := strings.Repeat(string(rune('a'+i%26)), i%4)
		want = want[:from] + with + want[to:]
		m = m.Splice(int64(from), int64(to), []byte(with))
		for at := range len(want) {
			b := make([]byte, 7)
			n, _ := m.Body().ReadAt(b, int64(at))
			if string(b[:n]) != want[at:min(at+7, len(want))] {
				t.Fatalf("after %d edits %q at %d; want %q", i, b[:n], at, want[at:min(at+7, len(want))])
			}
		}
	}
}

// A large mail is edited without being read: only the spans that are asked for are.
func TestReplaceReadsNoContent(t *testing.T) {
	big := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 300000)
	src := eml(multi("mixed", "\ntext", "Content-Transfer-Encoding: base64\n\n@")).Body().(Bytes)
	body := &counting{Body: Bytes(bytes.Replace(src, []byte("@"), []byte(big), 1))}
	m := New(eml(multi("mixed", "\ntext", "Content-Transfer-Encoding: base64\n\n@")).Header, body)
	m.Root()
	body.read = 0
	n, err := m.ReplacePart(Path{0}, nil, []byte("longer text"))
	if err != nil || body.read > 1000 {
		t.Fatalf("%d bytes read, %v", body.read, err)
	}
	if n.Size() != m.Size()+7 {
		t.Errorf("size %d; was %d", n.Size(), m.Size())
	}
}

type counting struct {
	Body
	read int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	c.read += len(p)
	return c.Body.ReadAt(p, off)
}

func FuzzReplacePart(f *testing.F) {
	for _, data := range allMails(f) {
		if len(data) < 10000 {
			f.Add(data, []byte("new content\r\n--b25\r\n"))
		}
	}
	f.Fuzz(func(t *testing.T, data, content []byte) {
		m := parse(data)
		for i, p := range leaves(m) {
			if i == 20 {
				return
			}
			replaceAndCheck(t, "fuzz", m, p, content)
			n, err := m.ReplacePart(p.Path, []Field{NewField("Content-Type", "text/plain"), NewField("X", "y")}, content)
			if err != nil {
				continue
			}
			q, _ := n.Part(p.Path)
			if q.MediaType() != "text/plain" || q.Header.Get("X") != "y" || !bytes.Equal(decodeAll(q.Raw()), content) {
				t.Fatalf("part %s is %q with %v", p.Path, decodeAll(q.Raw()), q.Header)
			}
			if !sameShape(m.Root(), n.Root(), p.Path) {
				t.Fatalf("the tree was\n%sand is\n%s", outline(m), outline(n))
			}
		}
	})
}
