package message

import (
	"bytes"
	"strings"
	"testing"
)

func answer() *Message {
	h := Header{NewField("From", "room@example.org"), NewField("Subject", "Zugesagt: Grüße"), NewField("Content-Type", "text/html")}
	return Compose(h,
		Alternative{"text/plain", map[string]string{"charset": "utf-8"}, []byte("Blue hat zugesagt. Grüße\n")},
		Alternative{"text/calendar", map[string]string{"method": "REPLY", "charset": "UTF-8"},
			[]byte("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n")})
}

func TestCompose(t *testing.T) {
	m := answer()
	n := parse(bytesOf(t, m))
	if !n.Equal(m) || !sameBytes(n.Body(), m.Body()) {
		t.Fatal("the mail is not read as it was written")
	}
	if n.Header.Count("Content-Type") != 1 || n.Header.Get("MIME-Version") != "1.0" {
		t.Errorf("header is %v", n.Header)
	}
	if outline := outline(n); strings.Count(outline, "\n") != 3 || n.Root().MediaType() != "multipart/alternative" {
		t.Fatalf("tree is\n%s", outline)
	}
	last := n.Root().Children[1]
	if last.MediaType() != "text/calendar" || last.Param("method") != "REPLY" || last.Charset() != "utf-8" {
		t.Fatalf("the last part is %v", last.Header)
	}
	for path, want := range map[string]string{"/0": "Blue hat zugesagt. Grüße\r\n", "/1": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"} {
		p := n.Root().Children[path[1]-'0']
		if got, err := p.Text(1000); err != nil || got != want {
			t.Errorf("part %s is %q, %v", path, got, err)
		}
		if e := p.Encoding(); e != "quoted-printable" && e != "base64" {
			t.Errorf("part %s is in %s", path, e)
		}
	}
	for line := range bytes.Lines(bytesOf(t, m)) {
		if !bytes.HasSuffix(line, []byte("\r\n")) || len(line) > 80 {
			t.Errorf("line %q", line)
		}
	}
}

func TestComposeIsTheSameEveryTime(t *testing.T) {
	first := bytesOf(t, answer())
	for range 20 {
		if !bytes.Equal(bytesOf(t, answer()), first) {
			t.Fatal("the same mail has other bytes")
		}
	}
	other := Compose(nil, Alternative{"text/plain", nil, []byte("a")}, Alternative{"text/html", nil, []byte("b")})
	swapped := Compose(nil, Alternative{"text/plain", nil, []byte("b")}, Alternative{"text/html", nil, []byte("a")})
	if other.Root().Param("boundary") == swapped.Root().Param("boundary") {
		t.Error("two mails have one boundary")
	}
}

func TestComposeOnePart(t *testing.T) {
	m := Compose(nil, Alternative{"text/plain", map[string]string{"charset": "utf-8"}, []byte("Привет")})
	if got, err := m.Root().Text(100); err != nil || got != "Привет" || !m.Root().IsLeaf() {
		t.Errorf("%q, %v", got, err)
	}
	m = Compose(nil, Alternative{"no type", nil, []byte{0, '\n'}})
	if b, _ := m.Root().Bytes(10); m.Root().MediaType() != "application/octet-stream" || string(b) != "\x00\n" {
		t.Errorf("%s %q", m.Root().MediaType(), b)
	}
}
