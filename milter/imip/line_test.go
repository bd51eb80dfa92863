package imip

import "testing"

func TestLine(t *testing.T) {
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{" Budget ", 10, "Budget"},
		{"a\r\nBcc: b@example.org\x00c\u2028d", 100, "a Bcc: b@example.org c d"},
		{"gnp\u202egpj.exe", 100, "gnpgpj.exe"},
		{"0123456789abc", 10, "0123456789…"},
		{"ä12345678 9", 10, "ä12345678…"},
		{"ä123456789", 10, "ä123456789"},
		{"\xff", 10, "\uFFFD"},
	}
	for _, tt := range tests {
		if got := Line(tt.in, tt.limit); got != tt.want {
			t.Errorf("Line(%q, %d) = %q; want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}
