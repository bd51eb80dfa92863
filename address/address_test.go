package address

import "testing"

func TestParse(t *testing.T) {
	tests := []struct {
		in   string
		want Address
		ok   bool
	}{
		{"john.doe@example.org", "john.doe@example.org", true},
		{"<John.Doe@Example.ORG.>", "john.doe@example.org", true},
		{"MAILTO:room@example.org", "room@example.org", true},
		{"mailto://room@example.org", "room@example.org", true},
		{"<mailto:room@example.org>", "room@example.org", true},
		{`"john.doe"@example.org`, "john.doe@example.org", true},
		{`"john doe"@example.org`, `"john doe"@example.org`, true},
		{`"a\"b"@example.org`, `"a\"b"@example.org`, true},
		{"straße@bücher.example", "straße@xn--bcher-kva.example", true},
		{"x@faß.example", "x@xn--fa-hia.example", true}, // non-transitional: ß is not ss
		{"mu\u0308ller@example.org", "müller@example.org", true},
		{"x@[192.0.2.1]", "x@[192.0.2.1]", true},
		{"x@[ipv6:2001:DB8::1]", "x@[ipv6:2001:db8::1]", true},
		{"x@[192.0.2.1\n]", "", false},
		{"x@[]", "", false},
		{"", "", true},
		{"<>", "", true},
		{"nobody", "", false},
		{"@example.org", "", false},
		{"x@", "", false},
		{"a b@example.org", "", false},
		{"a\x00b@example.org", "", false},
		{"a@b@c", "", false},
		{"a@exa mple.org", "", false},
	}
	for _, tt := range tests {
		got, err := Parse(tt.in)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("Parse(%q) = %q, %v; want %q, ok %v", tt.in, got, err, tt.want, tt.ok)
		}
	}
}

func TestUntagged(t *testing.T) {
	tests := []struct {
		in, delim string
		want      Address
		ok        bool
	}{
		{"a+b@c.example", "+", "a@c.example", true},
		{"a-b+c@c.example", "+-", "a@c.example", true},
		{"+a@c.example", "+", "+a@c.example", false},
		{"a@c.example", "+", "a@c.example", false},
		{"a+b@c.example", "", "a+b@c.example", false},
		{`"a +b"@c.example`, "+", `"a +b"@c.example`, false},
	}
	for _, tt := range tests {
		got, ok := Must(tt.in).Untagged(tt.delim)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q.Untagged(%q) = %q, %v; want %q, %v", tt.in, tt.delim, got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzParse holds that a canonical address is its own canonical form.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a@b", `"x y"@z.example`, "<MAILTO:Ä@Ö.example>", "@", `"\"@x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(a.String())
		if err != nil || again != a {
			t.Errorf("Parse(%q) = %q, but again %q, %v", s, a, again, err)
		}
	})
}
