package message

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// nest is a mail with n multiparts in each other and a text in the innermost.
func nest(n int) ([]byte, string) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\ninnermost")
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "\r\n--b%d--", i)
	}
	return []byte(b.String()), "innermost"
}

func TestTree(t *testing.T) {
	tests := []struct{ name, mail, want string }{
		{"plain", "Subject: x\n\nbody\n", "/ text/plain \"body\\r\\n\"\n"},
		{"invalid type", "Content-Type: text\n\nbody", "/ text/plain \"body\"\n"},
		{"type with comment", "Content-Type: Text/HTML (x); charset=utf-8\n\nb", "/ text/html \"b\"\n"},
		{"preamble and epilogue", `Content-Type: multipart/mixed; boundary=b

preamble
--b

one
--b
Content-Type: text/html

two

--b--
epilogue
--b
`, `/ multipart/mixed
/0 text/plain "one"
/1 text/html "two\r\n"
`},
		{"boundary prefix of another", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=bb

--bb

one
--b-
--bbb
--bb--
--b

two
--b--
`, `/ multipart/mixed
/0 multipart/alternative
/0/0 text/plain "one\r\n--b-\r\n--bbb"
/1 text/plain "two"
`},
		{"same boundary inside", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=b

--b

one
--b--
--b

two
--b--
`, `/ multipart/mixed
/0 multipart/alternative
/0/0 text/plain "one"
/1 text/plain "two"
`},
		{"missing close inside", `Content-Type: multipart/mixed; boundary=out

--out
Content-Type: multipart/alternative; boundary=in

--in

one
--out

two
`, `/ multipart/mixed
/0 multipart/alternative
/0/0 text/plain "one"
/1 text/plain "two\r\n"
`},
		{"no boundary found", "Content-Type: multipart/mixed; boundary=b\n\nbody\n", "/ multipart/mixed \"body\\r\\n\"\n"},
		{"no boundary declared", "Content-Type: multipart/mixed\n\n--\n\nbody\n", "/ multipart/mixed \"--\\r\\n\\r\\nbody\\r\\n\"\n"},
		{"only the close", "Content-Type: multipart/mixed; boundary=b\n\n--b--\n", "/ multipart/mixed \"--b--\\r\\n\"\n"},
		{"boundary with spaces at the end", "Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b \t \n\none\n--b--  \n", `/ multipart/mixed
/0 text/plain "one"
`},
		{"quoted and folded boundary", "Content-Type: multipart/mixed;\n\tBoundary = \"a\\\"; b:\\\\c\"\n\n--a\"; b:\\c\n\none\n--a\"; b:\\c--\n", `/ multipart/mixed
/0 text/plain "one"
`},
		{"boundary in pieces", "Content-Type: multipart/mixed; boundary*1=b; boundary*0=\"a \"\n\n--a b\n\none\n--a b--\n", `/ multipart/mixed
/0 text/plain "one"
`},
		{"empty parts", "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\n--b\nContent-Type: text/html\n--b\n\n\n--b--", `/ multipart/mixed
/0 text/plain ""
/1 text/plain ""
/2 text/html ""
/3 text/plain ""
`},
		{"header without empty line", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\nno field\n\nx\n--b--", `/ multipart/mixed
/0 text/html "no field\r\n\r\nx"
`},
		{"boundary that looks like a field", "Content-Type: multipart/mixed; boundary=\"a: b\"\n\n--a: b\nContent-Type: text/html\n--a: b\n\nx\n--a: b--", `/ multipart/mixed
/0 text/html ""
/1 text/plain "x"
`},
		{"mail in mail", `Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

From alice Thu Jan  1 10:00:00 2026
Content-Type: multipart/mixed; boundary=i

--i
Content-Type: text/html

inner
--i--
--b

outer
--b--
`, `/ multipart/mixed
/0 message/rfc822
/0/0 multipart/mixed
/0/0/0 text/html "inner"
/1 text/plain "outer"
`},
		{"digest", `Content-Type: multipart/digest; boundary=b

--b

Subject: one

text
--b
Content-Type: text/plain

two
--b--
`, `/ multipart/digest
/0 message/rfc822
/0/0 text/plain "text"
/1 text/plain "two"
`},
		{"mail in base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==\n", "/ message/rfc822 \"U3ViamVjdDogeA==\\r\\n\"\n"},
		{"encoding on a multipart counts for nothing", "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\none\n--b--\n", `/ multipart/mixed
/0 text/plain "one"
`},
		{"epilogue before an outer boundary", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--i--\nepilogue\n--i\n--o--", `/ multipart/mixed
/0 multipart/mixed
/0/0 text/plain "one"
`},
	}
	for _, tt := range tests {
		m := eml(tt.mail)
		if got := outline(m); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, got, tt.want)
		}
		if got := outline(New(m.Header, hidden{m.Body()})); got != tt.want {
			t.Errorf("%s, read from a file:\n%swant\n%s", tt.name, got, tt.want)
		}
		if m.Truncated() {
			t.Errorf("%s: truncated", tt.name)
		}
	}
}

func TestTreeOfLFMail(t *testing.T) {
	m := parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\n\n--b--\n"))
	if got, want := outline(m), "/ multipart/mixed\n/0 text/plain \"one\"\n/1 text/plain \"\"\n"; got != want {
		t.Errorf("tree is\n%swant\n%s", got, want)
	}
}

func TestNestedFiftyDeep(t *testing.T) {
	data, text := nest(50)
	m := parse(data)
	all := leaves(m)
	if len(all) != 1 || len(all[0].Path) != 50 || m.Truncated() {
		t.Fatalf("%d leaves, truncated %v", len(all), m.Truncated())
	}
	if got, err := all[0].Bytes(100); err != nil || string(got) != text {
		t.Errorf("innermost is %q, %v", got, err)
	}
}

func TestLimits(t *testing.T) {
	many := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 30) + "--b--\n"
	deep, _ := nest(20)
	long := "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: " + strings.Repeat("y", 3000) +
		"\nContent-Type: text/html\n\nhidden\n--b\n\nlast\n--b--\n"
	tests := []struct {
		name   string
		mail   *Message
		limits Limits
		parts  int
		opaque string
	}{
		{"parts", eml(many), Limits{Parts: 10}, 12, "/10"},
		{"depth", parse(deep), Limits{Depth: 10}, 11, "/0/0/0/0/0/0/0/0/0/0"},
		{"part header", eml(long), Limits{PartHeader: 1000}, 3, "/0"},
		{"all headers", eml(long), Limits{Headers: 1000}, 3, "/0"},
	}
	for _, tt := range tests {
		m := tt.mail.WithLimits(tt.limits)
		count, opaque := 0, ""
		for p := range m.Parts() {
			if count++; p.Opaque && p.IsLeaf() {
				opaque = p.Path.String()
			}
		}
		if count != tt.parts || opaque != tt.opaque || !m.Truncated() {
			t.Errorf("%s: %d parts, opaque %s, truncated %v", tt.name, count, opaque, m.Truncated())
		}
		if tt.mail.Truncated() {
			t.Errorf("%s: truncated without the limit", tt.name)
		}
		if !m.Equal(tt.mail) {
			t.Errorf("%s: the limit changes the mail", tt.name)
		}
	}
}

// What lies beyond the limit of parts is still there to be searched.
func TestRestIsOneLeaf(t *testing.T) {
	m := eml("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\n").WithLimits(Limits{Parts: 1})
	p, ok := m.Part(Path{1})
	if !ok || p.MediaType() != "application/octet-stream" {
		t.Fatalf("no rest in\n%s", outline(m))
	}
	if b, _ := p.Bytes(1000); string(b) != "\r\n2\r\n--b\r\n\r\n3\r\n--b--\r\n" {
		t.Errorf("rest is %q", b)
	}
}

func TestTreeOfAnUnreadableBody(t *testing.T) {
	m := New(eml("Content-Type: multipart/mixed; boundary=b\n\n").Header, failing{})
	if !m.Root().IsLeaf() || !m.Truncated() {
		t.Error("a body that cannot be read is not a truncated leaf")
	}
	if _, err := m.Root().Bytes(1000); err == nil {
		t.Error("reading it gives no error")
	}
}

// Boundaries are found wherever they lie in the blocks that are read.
func TestBoundariesAcrossBlocks(t *testing.T) {
	for shift := range 40 {
		size := blockSize - 60 + shift
		text := strings.Repeat("x", size-2) + "\r\n"
		body := "--b\r\n\r\n" + text + "\r\n--b\r\nContent-Type: text/html\r\n\r\n" + text + "\r\n--b--\r\n" + text
		m := New(Header{NewField("Content-Type", "multipart/mixed; boundary=b")}, hidden{Bytes(body)})
		all := leaves(m)
		if len(all) != 2 || all[1].MediaType() != "text/html" {
			t.Fatalf("shift %d: %d leaves", shift, len(all))
		}
		for _, p := range all {
			if b, _ := p.Bytes(1 << 20); string(b) != text {
				t.Errorf("shift %d: part %s has %d bytes; want %d", shift, p.Path, len(b), len(text))
			}
		}
	}
}

func TestPartFlags(t *testing.T) {
	m := parse(corpus(t)["10-pgpmime-signed.eml"])
	for _, p := range m.Root().Children {
		if !p.Sealed || p.Embedded {
			t.Errorf("part %s of a signed mail: sealed %v, embedded %v", p.Path, p.Sealed, p.Embedded)
		}
	}
	m = parse(corpus(t)["22-forward-rfc822.eml"])
	for p := range m.Parts() {
		if want := len(p.Path) == 2; p.Embedded != want || p.Sealed {
			t.Errorf("part %s of a forward: embedded %v", p.Path, p.Embedded)
		}
	}
}

func TestTreeIsSharedWhereTheStructureIs(t *testing.T) {
	m := parse(corpus(t)["07-alternative.eml"])
	n := m.WithHeader(m.Header.With(NewField("X", "1"))).WithHeader(m.Header.With(NewField("Y", "1")))
	if n.Root().Header.Get("Y") != "1" || m.Root().Header.Has("Y") {
		t.Error("the roots do not have the headers of their mails")
	}
	if n.Root().Children[0] != m.Root().Children[0] {
		t.Error("the tree was made twice")
	}
	o := m.WithHeader(m.Header.Set(NewField("Content-Type", "text/plain")))
	if !o.Root().IsLeaf() {
		t.Error("a mail with another type kept the old tree")
	}
}

func TestRootFromSeveralGoroutines(t *testing.T) {
	m := parse(corpus(t)["08-mixed-alt-related-attach.eml"])
	n := m.WithHeader(m.Header.With(NewField("X", "1")))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for p := range n.Parts() {
				p.Text(1 << 20)
			}
		})
	}
	wg.Wait()
}

func TestWalkAndParts(t *testing.T) {
	m := parse(corpus(t)["08-mixed-alt-related-attach.eml"])
	var seen []string
	m.Walk(func(p *Part) bool {
		seen = append(seen, p.Path.String())
		return p.MediaType() != "multipart/related"
	})
	if got := strings.Join(seen, " "); got != "/ /0 /0/0 /0/1 /1" {
		t.Errorf("visited %s", got)
	}
	seen = nil
	for p := range m.Parts() {
		if p.MediaType() == "image/png" {
			break
		}
		seen = append(seen, p.Path.String())
	}
	if got := strings.Join(seen, " "); got != "/ /0 /0/0 /0/1 /0/1/0" {
		t.Errorf("went through %s", got)
	}
}

func TestPartByPath(t *testing.T) {
	m := parse(corpus(t)["08-mixed-alt-related-attach.eml"])
	for p := range m.Parts() {
		if q, ok := m.Part(p.Path); !ok || q != p {
			t.Errorf("Part(%s) = %v, %v", p.Path, q, ok)
		}
	}
	for _, path := range []Path{{2}, {-1}, {0, 0, 0}} {
		if _, ok := m.Part(path); ok {
			t.Errorf("Part(%s) is there", path)
		}
	}
}

// Lines of dashes are what a scan for boundaries has to look at; they must not cost their square.
func TestManyCandidates(t *testing.T) {
	deep, _ := nest(90)
	noise := bytes.Repeat([]byte("--x\r\n"), 1<<18)
	m := parse(append(deep, noise...))
	if got := len(leaves(m)); got != 1 {
		t.Errorf("%d leaves", got)
	}
}
