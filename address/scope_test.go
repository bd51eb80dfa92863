package address

import (
	"errors"
	"testing"
)

func TestScope(t *testing.T) {
	for _, test := range []struct {
		scope, address string
		want           bool
	}{
		{"", "ann@example.org", true},
		{" * ", "ann@example.org", true},
		{"Ann@Example.ORG", "ann@example.org", true},
		{"ann@example.org", "joann@example.org", false},
		{"ann@example.org", "ann@sub.example.org", false},
		{"example.org", "ann@example.org", true},
		{"Example.org", "ann@deep.sub.example.org", true},
		{"example.org", "ann@notexample.org", false},
		{"example.org", "ann@example.org.evil.test", false},
		{"sub.example.org", "ann@example.org", false},
		{"example.org", "", false},
		{"bücher.example", "ann@xn--bcher-kva.example", true},
	} {
		s, err := ParseScope(test.scope)
		if a := Must(test.address); err != nil || s.Covers(a) != test.want {
			t.Errorf("%q covers %q: %v, %v; want %v", test.scope, a, s.Covers(a), err, test.want)
		}
	}
	for _, text := range []string{"<>@", "ann@", "a b.org", "@"} {
		if s, err := ParseScope(text); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %q, %v; want ErrSyntax", text, s, err)
		}
	}
}
