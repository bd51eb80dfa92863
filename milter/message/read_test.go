package message

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

// oddMails are whole mails that a parser would like to be different.
var oddMails = map[string]string{
	"empty":                    "",
	"only a line break":        "\r\n",
	"only LF":                  "\n",
	"only CR":                  "\r",
	"header without end":       "Subject: x",
	"header without empty":     "Subject: x\r\n",
	"empty body":               "Subject: x\r\n\r\n",
	"no final newline":         "Subject: x\r\n\r\nbody",
	"bare LF":                  "Subject: x\nTo: y\n\nbody\n",
	"mixed line ends":          "Subject: x\r\nTo: y\n z\r\n\nbody\r\nmore\n",
	"bare CR":                  "Subject: x\ry\r\n\r\nbo\rdy\r",
	"mbox From":                "From alice Thu Jan  1 10:00:00 2026\nSubject: x\n\nbody\n",
	"mbox From only":           "From alice",
	"junk ends header":         "Subject: x\r\njunk line\r\nTo: y\r\n\r\nbody\r\n",
	"junk first":               "junk line\r\nSubject: x\r\n\r\nbody\r\n",
	"fold first":               " fold\r\nSubject: x\r\n\r\nbody\r\n",
	"space before colon":       "Subject : x\r\nTo\t:y\r\n\r\nbody\r\n",
	"no space after colon":     "Subject:x\r\n\r\nbody\r\n",
	"no name":                  ": x\r\n\r\nbody\r\n",
	"fold of white space":      "Subject: x\r\n \t\r\nTo: y\r\n\r\nbody\r\n",
	"8-bit header":             "Subject: Gr\xfc\xdfe\r\nT\xfc: y\r\n\r\nbody\r\n",
	"NUL":                      "Subject: x\x00y\r\n\r\nbo\x00dy\r\n",
	"byte order mark":          "\xef\xbb\xbfSubject: x\r\n\r\nbody\r\n",
	"long line":                "Subject: " + strings.Repeat("x", 100000) + "\r\n\r\n" + strings.Repeat("y", 100000),
	"CR CR LF":                 "Subject: x\r\r\n\r\r\nbody\r\r\n",
	"8-bit where 7bit is said": "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\nGr\xfc\xdfe\r\n",
}

func allMails(t testing.TB) map[string][]byte {
	mails := corpus(t)
	for name, text := range oddMails {
		mails[name] = []byte(text)
	}
	mails["nested 50"], _ = nest(50)
	mails["nested 500"], _ = nest(500)
	return mails
}

func TestUnchangedMailIsWrittenAsItWasRead(t *testing.T) {
	for name, data := range allMails(t) {
		sameRoundTrip(t, name, data)
	}
}

func TestForeignMailsRoundTrip(t *testing.T) {
	dir := os.Getenv("USHER_IMIP")
	if dir == "" {
		t.Skip("USHER_IMIP is not set: no mails of real calendar programs are read")
	}
	for name, data := range mailsIn(t, dir) {
		sameRoundTrip(t, name, data)
		m := parse(data)
		if m.Truncated() {
			t.Errorf("%s: tree is truncated", name)
		}
		for p := range m.Parts() {
			if p.MediaType() != "text/calendar" {
				continue
			}
			if text, err := p.Text(1 << 20); err != nil || !strings.Contains(text, "BEGIN:VCALENDAR") {
				t.Errorf("%s: calendar part %s cannot be read: %v", name, p.Path, err)
			}
		}
	}
}

func sameRoundTrip(t *testing.T, name string, data []byte) {
	t.Helper()
	m, err := Read(bytes.NewReader(data), 0)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	m.Root()
	if got := bytesOf(t, m); !bytes.Equal(got, data) {
		t.Errorf("%s: written as\n%.300q; want\n%.300q", name, got, data)
	}
	if again := m.WithHeader(m.Header).Splice(0, 0, nil); !again.Equal(m) || again.BodyChanged() {
		t.Errorf("%s: edits that change nothing change something", name)
	}
}

// A field that is added must stay a field, and the body must stay the body, however the header ended.
func TestAddedFieldDoesNotMoveTheBody(t *testing.T) {
	for name, data := range allMails(t) {
		m := parse(data)
		for _, h := range []Header{m.Header.With(NewField("X-New", "1")), m.Header.WithTop(NewField("X-New", "1"))} {
			n := parse(bytesOf(t, m.WithHeader(h)))
			if len(n.Header) != len(m.Header)+1 || n.Header.Get("X-New") != "1" {
				t.Errorf("%s: %d fields became %d", name, len(m.Header), len(n.Header))
			}
			if !sameBytes(n.Body(), m.Body()) {
				t.Errorf("%s: the body is not the same", name)
			}
		}
	}
}

func TestReadOddParts(t *testing.T) {
	tests := []struct {
		name, fields, body string
	}{
		{"mbox From", "Subject=x", "body\n"},
		{"junk ends header", "Subject=x", "junk line\r\nTo: y\r\n\r\nbody\r\n"},
		{"junk first", "", "junk line\r\nSubject: x\r\n\r\nbody\r\n"},
		{"space before colon", "Subject=x To=y", "body\r\n"},
		{"header without end", "Subject=x", ""},
		{"bare LF", "Subject=x To=y", "body\n"},
		{"only a line break", "", ""},
		{"mbox From only", "", "From alice"},
	}
	for _, tt := range tests {
		m := parse([]byte(oddMails[tt.name]))
		var fields []string
		for _, f := range m.Header {
			fields = append(fields, f.Name+"="+f.Value())
		}
		if got := strings.Join(fields, " "); got != tt.fields {
			t.Errorf("%s: fields %q; want %q", tt.name, got, tt.fields)
		}
		if got := string(m.Body().(Bytes)); got != tt.body {
			t.Errorf("%s: body %q; want %q", tt.name, got, tt.body)
		}
	}
}

func TestEditsKeepTheLineEndsOfTheMail(t *testing.T) {
	m := parse([]byte("Subject: x\nTo: y\n\nbody\n"))
	long := NewField("X-Long", strings.Repeat("word ", 30))
	got := string(bytesOf(t, m.WithHeader(m.Header.Set(NewField("Subject", "z")).With(long))))
	if strings.Contains(got, "\r") || !strings.HasPrefix(got, "Subject: z\nTo: y\nX-Long: word") {
		t.Errorf("written as %q", got)
	}
}

func TestFieldsOfAMilterCannotBreakOut(t *testing.T) {
	h := Header{
		{Name: "Subject", Raw: " a\n b", Origin: 1}, // Postfix hands folds over with LF
		{Name: "X", Raw: " a\nEvil: b\r\n\r\nc\x00\rd", Origin: 2},
		{Name: "Bad name:", Raw: " v"},
	}
	got := string(bytesOf(t, New(h, Bytes("body"))))
	want := "Subject: a\r\n b\r\nX: a\r\n\tEvil: b\r\n\tc \r\n\td\r\nBadname: v\r\n\r\nbody"
	if got != want {
		t.Errorf("written as %q; want %q", got, want)
	}
}

func TestReadLimit(t *testing.T) {
	if _, err := Read(strings.NewReader("Subject: x\n\n1234"), 15); !errors.Is(err, ErrTooLarge) {
		t.Errorf("16 bytes with a limit of 15: %v", err)
	}
	if m, err := Read(strings.NewReader("Subject: x\n\n1234"), 16); err != nil || m.Size() != 16 {
		t.Errorf("16 bytes with a limit of 16: %v", err)
	}
	if _, err := Read(failing{}, 0); !errors.Is(err, errDisk) {
		t.Errorf("a reader that fails: %v", err)
	}
}

var errDisk = errors.New("disk on fire")

// failing is a reader and a body that cannot be read.
type failing struct{}

func (failing) Read([]byte) (int, error)          { return 0, errDisk }
func (failing) ReadAt([]byte, int64) (int, error) { return 0, errDisk }
func (failing) Size() int64                       { return 100 }

func TestZeroMessage(t *testing.T) {
	m := &Message{Header: Header{NewField("Subject", "x")}}
	if got := string(bytesOf(t, m)); got != "Subject: x\r\n\r\n" {
		t.Errorf("written as %q", got)
	}
	if !m.Root().IsLeaf() || m.Truncated() || m.BodyChanged() {
		t.Error("the zero message is not an unchanged leaf")
	}
}

func TestEqual(t *testing.T) {
	m := eml("Subject: x\n\nbody\n")
	for _, tt := range []struct {
		name string
		o    *Message
		want bool
	}{
		{"itself", m, true},
		{"same bytes", eml("Subject: x\n\nbody\n"), true},
		{"same bytes elsewhere", New(m.Header, hidden{m.Body()}), true},
		{"other header", eml("Subject: y\n\nbody\n"), false},
		{"other body", eml("Subject: x\n\nbady\n"), false},
		{"longer body", eml("Subject: x\n\nbody\n\n"), false},
		{"unreadable body", New(m.Header, failing{}), false},
	} {
		if got := m.Equal(tt.o); got != tt.want {
			t.Errorf("Equal to %s = %v", tt.name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, data := range allMails(f) {
		if len(data) < 10000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Depth: 10, Parts: 50, PartHeader: 500, Headers: 2000}
		m := parse(data).WithLimits(limits)
		count := 0
		for p := range m.Parts() {
			count++
			start, end := p.Span()
			if start > end || end > m.Body().Size() || len(p.Path) > limits.Depth+1 {
				t.Fatalf("part %s spans %d to %d", p.Path, start, end)
			}
			p.Disposition()
			p.Text(1 << 20)
			at := start
			for _, c := range p.Children {
				if c.start < at || c.end > end {
					t.Fatalf("part %s at %d to %d lies outside of its place in %s", c.Path, c.start, c.end, p.Path)
				}
				at = c.end
			}
		}
		if count > limits.Parts+limits.Depth+2 {
			t.Fatalf("%d parts", count)
		}
		if got := bytesOf(t, m); !bytes.Equal(got, data) {
			t.Fatalf("written as %q; want %q", got, data)
		}
		file := New(m.Header, hidden{m.Body()}).WithLimits(limits)
		if a, b := outline(m), outline(file); a != b {
			t.Fatalf("the tree is\n%s in memory and\n%s in a file", a, b)
		}
		n := parse(bytesOf(t, m.WithHeader(m.Header.With(NewField("X-New", "1")))))
		if len(n.Header) != len(m.Header)+1 || !sameBytes(n.Body(), m.Body()) {
			t.Fatalf("an added field moved the body: %q", bytesOf(t, n))
		}
	})
}
