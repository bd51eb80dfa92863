package invitation

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever somebody writes into an event, a notice is bounded, and ends with whole lines.
func TestNoticesAreBounded(t *testing.T) {
	line := strings.Repeat("ü", 150)
	for n := range 60 {
		text := strings.Repeat(line[:len(line)-n*2]+"\n", 40)
		got := short(text)
		if len(text) <= maxNotice != (got == text) || len(got) > maxNotice || !utf8.ValidString(got) {
			t.Errorf("of %d bytes %d are left", len(text), len(got))
		}
		if rest, cut := strings.CutSuffix(got, "\n…"); cut && !strings.HasPrefix(text, rest+"\n") {
			t.Errorf("a line is cut: %q", got[len(got)-50:])
		}
	}
	if got := short(strings.Repeat("ü", maxNotice)); got != "\n…" {
		t.Errorf("of one line %d bytes are left", len(got))
	}
}
