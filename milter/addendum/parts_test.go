package addendum

import (
	"fmt"
	"strings"
	"testing"
)

// tree writes a mail of parts: "mixed(plain image plain:name.txt)".
func tree(s string) string {
	var b strings.Builder
	n := 0
	var part func() string
	part = func() string {
		i := strings.IndexAny(s, "( )")
		if i < 0 {
			i = len(s)
		}
		word := s[:i]
		s = s[i:]
		kind, extra, _ := strings.Cut(word, ":")
		if strings.HasPrefix(s, "(") {
			n++
			mark := fmt.Sprintf("b%d", n)
			text := fmt.Sprintf("Content-Type: multipart/%s; boundary=%s%s\r\n\r\n", kind, mark, extra)
			for s = s[1:]; !strings.HasPrefix(s, ")"); s = strings.TrimPrefix(s, " ") {
				text += "--" + mark + "\r\n" + part() + "\r\n"
			}
			s = s[1:]
			return text + "--" + mark + "--"
		}
		types := map[string]string{"plain": "text/plain", "html": "text/html", "image": "image/png", "mail": "message/rfc822", "ics": "text/calendar",
			"p7m": "application/pkcs7-mime", "pgp": "application/pgp-encrypted"}
		text := "Content-Type: " + types[kind] + "\r\n"
		if extra != "" {
			text += extra + "\r\n"
		}
		if kind == "mail" {
			return text + "\r\nSubject: inner\r\n\r\ninner"
		}
		return text + "\r\nhi"
	}
	b.WriteString(part())
	return "MIME-Version: 1.0\r\n" + b.String() + "\r\n"
}

// TestBodies: which parts get the words, and why none.
func TestBodies(t *testing.T) {
	const attached, inline, named = ":Content-Disposition:attachment", ":Content-Disposition:inline", ":Content-Disposition:inline;filename=a.txt"
	for _, tt := range []struct {
		tree string
		want string
	}{
		{"plain", "/"},
		{"html", "/"},
		{"image", "no text"},
		{"ics", "calendar"},
		{"p7m", "encrypted"},
		{"alternative(plain html)", "/0 /1"},
		{"alternative(plain html ics)", "/0 /1"},
		{"alternative(plain plain html)", "/1 /2"},
		{"alternative(plain related(html image))", "/0 /1/0"},
		{"alternative(plain mixed(html image html))", "/0 /1/2"},
		{"mixed(plain image)", "/0"},
		{"mixed(plain image plain)", "/2"},
		{"mixed(plain image html)", "/2"},
		{"mixed(plain" + inline + " plain" + named + ")", "/0"},
		{"mixed(plain plain" + attached + ")", "/0"},
		{"mixed(image plain" + attached + ")", "no text"},
		{"mixed(alternative(plain related(html image)) image)", "/0/0 /0/1/0"},
		{"mixed(mixed(plain image) image)", "/0/0"},
		{"mixed(plain mail)", "/0"},
		{"mixed(mail)", "no text"},
		{"x-unknown(plain image)", "/0"},
		{"related(image html)", "no text"},
		{"digest(mail mail)", "no text"},
		{"mixed(plain digest(mail))", "/0"},
		{"mixed(plain report(plain))", "/0"},
		{"report(plain mail)", "a report"},
		{"signed(plain image)", "signed"},
		{"mixed(plain signed(plain image))", "signed"},
		{"mixed(plain mixed(signed(plain image)))", "signed"},
		{"mixed(pgp image)", "encrypted"},
		{"mixed(plain p7m)", "encrypted"},
		{"form-data(plain)", "no text"},
	} {
		r, err := Add(read(t, tree(tt.tree)), everything, Options{})
		if err == nil {
			err = undo(read(t, tree(tt.tree)), r)
		}
		var got []string
		for _, a := range r.Added {
			got = append(got, a.Path.String())
		}
		if r.Left != "" {
			got = []string{string(r.Left)}
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, %v; want %s", tt.tree, got, err, tt.want)
		}
	}
}

// TestTop: the words stand in the first text then.
func TestTop(t *testing.T) {
	r, err := Add(read(t, tree("mixed(plain image plain)")), everything, Options{Place: Top})
	if err != nil || len(r.Added) != 1 || r.Added[0].Path.String() != "/0" {
		t.Errorf("%+v, %v; want the first part", r.Added, err)
	}
}

// TestBounded: a mail made to be hard is left alone, or done, at once.
func TestBounded(t *testing.T) {
	n := 200_000
	for name, raw := range map[string]string{
		"depth":         "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>", n) + "hi",
		"hidden depth":  "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div hidden>", n) + "hi",
		"end tags":      "Content-Type: text/html\r\n\r\n" + strings.Repeat("<table><a hidden>", 100) + strings.Repeat("</i>", n),
		"quotes":        "\r\n" + strings.Repeat("On Monday 2026 he wrote:\r\n", n/10),
		"colons":        "\r\n" + strings.Repeat("On wrote "+strings.Repeat("x", 900)+":\r\n", n/400),
		"marks":         "\r\n" + strings.Repeat("> ", n),
		"like the key":  "\r\n" + strings.Repeat("ab", n),
		"a long token":  "Content-Type: text/html\r\n\r\n<p title=\"" + strings.Repeat("x", maxToken),
		"rules":         "\r\n" + strings.Repeat("____________________\r\n", n/10),
		"encoded depth": "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("<b style=3D\"display:none\">=\r\n", n/10),
	} {
		in := read(t, "Subject: x\r\n"+raw)
		r, err := Add(in, Words{Text: strings.Repeat("ab", 500) + "c"}, Options{Once: true, Place: AboveQuote})
		if err == nil {
			err = undo(in, r)
		}
		if err != nil {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
