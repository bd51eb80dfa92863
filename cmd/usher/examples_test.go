package main

import (
	"strings"
	"testing"
)

// TestExampleWords: the example with signatures is without mistakes, and its templates say something of a person.
func TestExampleWords(t *testing.T) {
	const config = "../../examples/words/usher.yaml"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"check", "-config", config}, "on_error: pass"},
		{[]string{"signature", "render", "-config", config, "-user", "doe"}, "\nTelephone +49 30 555-0101\njohn.doe@example.org\n"},
		{[]string{"signature", "render", "-config", config, "-user", "doe", "-html"}, `<a href="tel:&#43;49305550101">`},
		{[]string{"footer", "render", "-config", config, "-user", "doe", "-lang", "de"}, "nur für ihre Empfänger"},
	} {
		var out, errs strings.Builder
		if code := run(tt.args, stdio{out: &out, errout: &errs}); code != exitOK || !strings.Contains(out.String(), tt.want) {
			t.Errorf("usher %v: %d\n%s%s\nwant %q", tt.args, code, &out, &errs, tt.want)
		}
	}
}
