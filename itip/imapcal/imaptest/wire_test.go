package imaptest

import "testing"

func TestLiterals(t *testing.T) {
	tests := []struct {
		line  string
		size  int64
		waits bool
		ok    bool
	}{
		{"a APPEND x {12}\r\n", 12, true, true},
		{"a APPEND x {0+}\r\n", 0, false, true},
		{"a NOOP\r\n", 0, false, false},
		{"* OK {x}\r\n", 0, true, false},
		{"* OK {-1}\r\n", -1, true, false},
		{"}{\r\n", 0, false, false},
	}
	for _, tt := range tests {
		if size, waits, ok := literal([]byte(tt.line)); ok != tt.ok || ok && (size != tt.size || waits != tt.waits) {
			t.Errorf("literal(%q) = %d, %v, %v", tt.line, size, waits, ok)
		}
	}
}

func FuzzWire(f *testing.F) {
	for _, line := range []string{"a NOOP\r\n", "a APPEND x {12+}\r\n", "a UID FETCH 1 x\r\n", "* 1 FETCH (BODY[] {3}\r\n", "DONE\r\n", "{}"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if size, _, ok := literal(line); ok && size < 0 {
			t.Errorf("literal(%q) has %d bytes", line, size)
		}
		if tag, name := split(line); (tag == "") != (name == "") {
			t.Errorf("split(%q) = %q, %q", line, tag, name)
		}
	})
}
