package message

import (
	"slices"
	"strings"
	"testing"
)

func TestHeaderLookups(t *testing.T) {
	h := eml("Subject: one\nX-A:no space\nreceived: a\n b\n\tc\nSUBJECT:\n folded at once\nX-Empty:\n\n").Header
	for _, tt := range []struct{ name, want string }{
		{"subject", "one"}, {"x-a", "no space"}, {"Received", "a b\tc"}, {"x-empty", ""}, {"x-not-there", ""},
	} {
		if got := h.Get(tt.name); got != tt.want {
			t.Errorf("Get(%s) = %q; want %q", tt.name, got, tt.want)
		}
	}
	if got := h.Values("Subject"); !slices.Equal(got, []string{"one", "folded at once"}) {
		t.Errorf("Values(Subject) = %q", got)
	}
	if h.Count("subject") != 2 || h.Count("x") != 0 || !h.Has("X-EMPTY") || h.Has("X-Not-There") {
		t.Error("Count or Has is wrong")
	}
	for i, f := range h {
		if f.Origin != i+1 {
			t.Errorf("field %d has origin %d", i, f.Origin)
		}
	}
}

func TestHeaderIsNeverChangedInPlace(t *testing.T) {
	base := make(Header, 0, 8) // room behind it, where an append would write
	for _, n := range []string{"A", "B", "A", "C"} {
		base = append(base, NewField(n, n))
	}
	before := slices.Clone(base)
	one, two := base.With(NewField("X", "1")), base.With(NewField("X", "2"))
	if one.Get("X") != "1" || two.Get("X") != "2" {
		t.Error("two headers made by With share their last field")
	}
	base.WithTop(NewField("T", "t"))
	base.Set(NewField("A", "changed"))
	base.Without("A")
	if !slices.Equal(base, before) {
		t.Errorf("header changed to %v", base)
	}
}

func TestHeaderEdits(t *testing.T) {
	h := eml("A: 1\nB: 2\na: 3\nC: 4\n\n").Header
	tests := []struct {
		name string
		got  Header
		want string
	}{
		{"With", h.With(NewField("A", "5")), "A:1 B:2 a:3 C:4 A:5"},
		{"WithTop", h.WithTop(NewField("T", "5")), "T:5 A:1 B:2 a:3 C:4"},
		{"Set several", h.Set(NewField("A", "5")), "A:5 B:2 C:4"},
		{"Set last", h.Set(NewField("c", "5")), "A:1 B:2 a:3 c:5"},
		{"Set new", h.Set(NewField("D", "5")), "A:1 B:2 a:3 C:4 D:5"},
		{"Without", h.Without("A"), "B:2 C:4"},
		{"Without none", h.Without("D"), "A:1 B:2 a:3 C:4"},
	}
	for _, tt := range tests {
		var all []string
		for _, f := range tt.got {
			all = append(all, f.Name+":"+f.Value())
		}
		if got := strings.Join(all, " "); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.name, got, tt.want)
		}
	}
	if f := h.Set(NewField("A", "5"))[0]; f.Origin != h[0].Origin {
		t.Errorf("a field that was set has origin %d, the one it replaces %d", f.Origin, h[0].Origin)
	}
}
