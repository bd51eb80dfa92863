package envelope

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"usher/address"
	"usher/milter/message"
)

func TestMailboxes(t *testing.T) {
	tests := []struct{ field, want string }{ // "" is malformed, "[]" none
		{"a@example.org", "[a@example.org]"},
		{"A@Example.org", "[a@example.org]"},
		{"Alice <a@example.org>", "[a@example.org]"},
		{"<a@example.org>", "[a@example.org]"},
		{`"Alice, CEO" <a@example.org>, b@example.org`, "[a@example.org b@example.org]"},
		{`"b@example.org" <a@example.org>`, "[a@example.org]"},
		{"a@example.org (b@example.org)", "[a@example.org]"},
		{"(b@example.org) a@example.org", "[a@example.org]"},
		{"(nested (comment) <b@example.org>) Alice <a@example.org>", "[a@example.org]"},
		{`(\)) a@example.org`, "[a@example.org]"},
		{"=?utf-8?q?b=40example=2Eorg?= <a@example.org>", "[a@example.org]"},
		{`"quinn jones"@example.org`, `["quinn jones"@example.org]`},
		{`"a"@example.org`, "[a@example.org]"},
		{"Group: a@example.org, Bob <b@example.org>; , c@example.org", "[a@example.org b@example.org c@example.org]"},
		{"undisclosed:;", "[]"},
		{", a@example.org,, b@example.org,", "[a@example.org b@example.org]"},
		{"a@[192.0.2.1]", "[a@[192.0.2.1]]"},
		{"J. R. Doe <a@example.org>", "[a@example.org]"},
		{"jürgen@bücher.example", "[jürgen@xn--bcher-kva.example]"},
		{"M\xfcller <a@example.org>", "[a@example.org]"}, // Latin-1 in a name, as old programs write it
		{"", "[]"},

		{"b@example.org <a@example.org>", ""},
		{"<a@example.org> <b@example.org>", ""},
		{"a@example.org b@example.org", ""},
		{"<a@example.org, b@example.org>", ""},
		{"a@example.org@example.net", ""},
		{"<@b.example:a@example.org>", ""},
		{"<a@example.org", ""},
		{"a@example.org>", ""},
		{`"a@example.org`, ""},
		{"(a@example.org", ""},
		{"a@example.org)", ""},
		{"Group: a@example.org", ""},
		{"Outer: Inner: a@example.org;;", ""},
		{": a@example.org;", ""},
		{"<>", ""},
		{"alice", ""},
		{"@example.org", ""},
		{"a@", ""},
		{"a@b\x00c.example", ""},
		{"a@example.org\x00, b@example.org", ""},
		{"a\r\nb@example.org", ""},
		{"a b@example.org", ""},
		{`"a".b@example.org`, ""},
		{`a."b"@example.org`, ""},
		{`a@"example.org"`, ""},
		{"a@example.org; b@example.org", ""},
		{`\a@example.org`, ""},
		{"\xff@example.org", ""},
		{strings.Repeat("a@example.org,", 1001), ""},
		{strings.Repeat("(", 70_000), ""},
	}
	for _, tt := range tests {
		boxes, err := mailboxes(tt.field)
		got := fmt.Sprint(boxes)
		if err != nil {
			got = ""
		}
		if got != tt.want {
			t.Errorf("mailboxes(%.60q) = %s, %v; want %s", tt.field, got, err, tt.want)
		}
	}
}

// FuzzMailboxes: whenever another reader also makes addresses of a field, it makes the same of it. Where it does
// not, a forger would show one address to us and another to the reader of the mail.
func FuzzMailboxes(f *testing.F) {
	for _, s := range []string{"a@b.c", `"x" <a@b.c>, (c) d@e.f`, "g: a@b.c;", "<@a:b@c.d>", `"a\"b"@c.d`, "a@[1.2.3.4]", "a (x\\)y) <b@c.d>", "=?utf-8?q?a?= <b@c.d>", "a.@b.c", ".a@b.c", "a..b@c.d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		boxes, err := mailboxes(s)
		if err != nil {
			return
		}
		for _, a := range boxes {
			if again, err := address.Parse(a.String()); err != nil || again != a {
				t.Errorf("%q: %q is not canonical", s, a)
			}
		}
		theirs, err := mail.ParseAddressList(s)
		if err != nil {
			return
		}
		var want []address.Address
		for _, a := range theirs {
			b, err := address.Parse(quotedIfNeeded(a.Address))
			if err != nil {
				return
			}
			want = append(want, b)
		}
		if fmt.Sprint(boxes) != fmt.Sprint(want) {
			t.Errorf("%q is %q to us and %q to net/mail", s, boxes, want)
		}
	})
}

// quotedIfNeeded undoes that net/mail takes the quotes off a local part.
func quotedIfNeeded(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s[:at]) + `"` + s[at:]
}

func TestAuthors(t *testing.T) {
	field := func(name, raw string) message.Field { return message.Field{Name: name, Raw: raw} }
	tests := []struct {
		name string
		h    message.Header
		ok   bool
	}{
		{"one", message.Header{field("From", " a@example.org")}, true},
		{"folded", message.Header{field("from", " Alice\r\n <a@example.org>")}, true},
		{"none", nil, false},
		{"two", message.Header{field("From", " a@example.org"), field("FROM", " a@example.org")}, false},
		{"a second one with space", message.Header{field("From", " a@example.org"), field("From\t", " b@example.org")}, false},
		{"one with space", message.Header{field("From ", " a@example.org")}, false},
		{"a line break that is no fold", message.Header{field("From", " a@example.org\nFrom: b@example.org")}, false},
		{"a bare CR", message.Header{field("From", " a@example.org\rX: b")}, false},
	}
	for _, tt := range tests {
		if _, ok := authors(tt.h); ok != tt.ok {
			t.Errorf("%s: %v", tt.name, ok)
		}
	}
}
