package ldapdir

import "testing"

func TestCutPlace(t *testing.T) {
	for value, want := range map[string]struct {
		rest  string
		place int
		ok    bool
	}{
		"ACT_ACCEPT":         {"ACT_ACCEPT", 0, false},
		"{0}ACT_ACCEPT":      {"ACT_ACCEPT", 0, true},
		" {12} act_accept:x": {"act_accept:x", 12, true},
		"{}ACT_ACCEPT":       {"{}ACT_ACCEPT", 0, false},
		"{a}ACT_ACCEPT":      {"{a}ACT_ACCEPT", 0, false},
		"{-1}ACT_ACCEPT":     {"{-1}ACT_ACCEPT", 0, false},
		"{99999999}X":        {"{99999999}X", 0, false},
		"1}ACT_ACCEPT":       {"1}ACT_ACCEPT", 0, false},
		"{1":                 {"{1", 0, false},
		"":                   {"", 0, false},
	} {
		if rest, place, ok := CutPlace(value); rest != want.rest || place != want.place || ok != want.ok {
			t.Errorf("%q: %q, %d, %v", value, rest, place, ok)
		}
	}
}
