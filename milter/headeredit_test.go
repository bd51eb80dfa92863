package milter

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/message"
	"usher/milter/miltertest"
)

var full = agreement{ourVersion, ourActions, ourProtocol}

func arrived(fields ...string) message.Header {
	var h message.Header
	for i, f := range fields {
		name, raw, _ := strings.Cut(f, ":")
		h = append(h, message.Field{Name: name, Raw: raw, Origin: i + 1})
	}
	return h
}

func TestHeaderEdits(t *testing.T) {
	old := arrived("A: 1", "B: 1", "a: 2", "C: 1", "A: 3")
	added := func(name, raw string) message.Field { return message.Field{Name: name, Raw: raw} }
	set := func(i int, name, raw string) message.Header {
		h := slices.Clone(old)
		h[i].Name, h[i].Raw = name, raw
		return h
	}
	tests := []struct {
		name string
		now  message.Header
		want string
	}{
		{"nothing", old, ""},
		{"a copy", slices.Clone(old), ""},
		{"one gone", slices.Delete(slices.Clone(old), 2, 3), "m 2 a:"},
		{"all of a name gone, last first", message.Header{old[1], old[3]}, "m 3 A:|m 2 a:|m 1 A:"},
		{"changed", set(4, "A", " new"), "m 3 A: new"},
		{"changed to nothing is not deleted", set(1, "B", ""), "m 1 B: "},
		{"case of the name", set(2, "A", " 2"), "m 2 A: 2"},
		{"another name", set(1, "X", " 1"), "m 1 B:|h X: 1"},
		{"at the end", append(slices.Clone(old), added("X", " 1"), added("Y", " 2")), "h X: 1|h Y: 2"},
		{"on top, in order", append(message.Header{added("X", " 1"), added("Y", " 2")}, old...), "i 0 Y: 2|i 0 X: 1"},
		{"in the middle goes to the end", slices.Insert(slices.Clone(old), 2, added("X", " 1")), "h X: 1"},
		{"another mail, below what the mail server wrote", message.Header{added("X", " 1"), added("A", " 2")}, "m 3 A:|m 1 C:|m 2 a:|m 1 B:|m 1 A:|h X: 1|h A: 2"},
		{"all at once", message.Header{added("T", " t"), {Name: "A", Raw: " one", Origin: 1}, old[3], added("E", " e")},
			"m 3 A:|m 2 a:|m 1 B:|m 1 A: one|i 0 T: t|h E: e"},
		{"a place twice", append(slices.Clone(old), old[0]), "h A: 1"},
		{"a place there is not", append(slices.Clone(old), message.Field{Name: "Z", Raw: " z", Origin: 99}), "h Z: z"},
	}
	for _, tt := range tests {
		var got []string
		for _, e := range full.headerEdits(old, tt.now) {
			got = append(got, miltertest.Action{Code: byte(e.code), Index: e.index, Name: e.name, Value: e.value}.String())
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

func TestHeaderValues(t *testing.T) {
	bare := agreement{ourVersion, ourActions, ourProtocol &^ gomilter.OptHeaderLeadingSpace}
	tests := []struct {
		a    agreement
		raw  string
		want string
	}{
		{full, " x", " x"},
		{full, "x", "x"},
		{full, "", " "},
		{full, " a\r\n\tb\r\n c", " a\n\tb\n c"},
		{full, " a\nBcc: evil", " a\n\tBcc: evil"},
		{full, " a\r\n\r\nbody", " a\n\tbody"},
		{full, " a\r\n \t\r\n b", " a\n b"},
		{full, " a\rb\x00c", " a\n\tbc"},
		{bare, " x", "x"},
		{bare, "  x", " x"},
		{bare, "\tx", "\tx"},
		{bare, " ", " "},
	}
	for _, tt := range tests {
		if got := tt.a.value(tt.raw); got != tt.want {
			t.Errorf("value(%q) = %q, want %q", tt.raw, got, tt.want)
		}
	}
	for _, raw := range []string{" x", "  x", "\tx", "", " a\n\tb"} {
		for _, a := range []agreement{full, bare} {
			seen := raw
			if a == bare {
				seen = strings.TrimPrefix(raw, " ")
			}
			if got := a.raw(seen); got != raw {
				t.Errorf("raw(%q) = %q, want %q", seen, got, raw)
			}
		}
	}
}

// FuzzHeaderEdits holds that the edits, applied as a mail server does, lead where they should: every field that arrived is in
// its place or gone, new ones are on top or at the end.
func FuzzHeaderEdits(f *testing.F) {
	f.Add("ABAC", []byte{0, 1, 2, 3, 4, 5})
	f.Add("aAaA", []byte{9, 9, 0, 1, 0})
	f.Fuzz(func(t *testing.T, names string, ops []byte) {
		if len(names) > 50 || len(ops) > 50 {
			return
		}
		var old message.Header
		for i, b := range []byte(names) {
			old = append(old, message.Field{Name: string('A' + b%3), Raw: fmt.Sprint(" ", i), Origin: i + 1})
		}
		now := mangle(old, ops)
		got := slices.Clone(old)
		for _, e := range full.headerEdits(old, now) {
			got = applyEdit(got, e)
		}
		if a, b := text(got), text(now); a != b {
			t.Errorf("got  %s\nwant %s", a, b)
		}
	})
}

// mangle drops and changes fields that arrived and adds some before and after them.
func mangle(old message.Header, ops []byte) message.Header {
	var top, kept, bottom message.Header
	for i, f := range old {
		op := byte(0)
		if i < len(ops) {
			op = ops[i]
		}
		switch op % 3 {
		case 1:
			f.Raw = " changed"
		case 2:
			continue
		}
		kept = append(kept, f)
	}
	for i, op := range ops {
		f := message.Field{Name: string('A' + op%4), Raw: fmt.Sprint(" new ", i)}
		if op%2 == 0 || len(kept) == 0 {
			top = append(top, f)
		} else {
			bottom = append(bottom, f)
		}
	}
	return slices.Concat(top, kept, bottom)
}

func applyEdit(h message.Header, e edit) message.Header {
	f := message.Field{Name: e.name, Raw: e.value}
	switch e.code {
	case gomilter.ActAddHeader:
		return append(h, f)
	case gomilter.ActInsertHeader:
		return slices.Insert(h, e.index, f)
	}
	n := 0
	for i := range h {
		if !h[i].Is(e.name) {
			continue
		}
		if n++; n == e.index && e.value == "" {
			return slices.Delete(h, i, i+1)
		} else if n == e.index {
			h[i].Raw = e.value
			return h
		}
	}
	panic("there is no such field")
}

func text(h message.Header) string {
	var b strings.Builder
	for _, f := range h {
		b.WriteString(f.Name + ":" + f.Raw + "|")
	}
	return b.String()
}
