package message

import (
	"bytes"
	"strings"
	"testing"
)

func TestEncodeBody(t *testing.T) {
	tests := []struct{ text, encoding, want string }{
		{"a\nb\r\nc\rd", "7bit", "a\r\nb\r\nc\r\nd"},
		{"ü\n", "8bit", "ü\r\n"},
		{"ü = x \n.\nFrom me\nfrom.\t", "quoted-printable", "=C3=BC =3D x=20\r\n=2E\r\n=46rom me\r\nfrom.=09"},
		{"", "quoted-printable", ""},
		{"\n", "quoted-printable", "\r\n"},
		{"a\n", "base64", "YQo=\r\n"},
		{strings.Repeat("x", 60), "base64", strings.Repeat("eHh4", 19) + "\r\neHh4\r\n"},
		{"a\n", "binary", "a\n"},
	}
	for _, tt := range tests {
		if got := string(EncodeBody([]byte(tt.text), tt.encoding)); got != tt.want {
			t.Errorf("EncodeBody(%q, %s) = %q; want %q", tt.text, tt.encoding, got, tt.want)
		}
	}
}

func TestEncodedLinesAreShort(t *testing.T) {
	text := []byte(strings.Repeat("ü.=From ", 100) + strings.Repeat(".", 200) + strings.Repeat("y", 75) + "ü")
	for _, encoding := range []string{"quoted-printable", "base64"} {
		for line := range bytes.Lines(EncodeBody(text, encoding)) {
			if line = chomp(line); len(line) > 76 || bytes.HasPrefix(line, []byte(".")) {
				t.Errorf("%s: line %q", encoding, line)
			}
		}
	}
}

func TestBestEncoding(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"ascii", "hello\r\nworld\n", "7bit"},
		{"empty", "", "7bit"},
		{"long line", strings.Repeat("x", 999), "quoted-printable"},
		{"line as long as may be", strings.Repeat("x", 998) + "\r\n", "7bit"},
		{"space at the end of a line", "hello \nworld", "quoted-printable"},
		{"From", "From here on", "quoted-printable"},
		{"control", "a\x00b", "base64"},
		{"some umlauts", "Viele Grüße aus Köln und Umgebung", "quoted-printable"},
		{"another script", "Привет, Боб!", "base64"},
	}
	for _, tt := range tests {
		if got := BestEncoding([]byte(tt.text)); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}
