package resource

import "testing"

func TestPolicyName(t *testing.T) {
	for value, want := range map[string]struct {
		name            string
		numbered, known bool
	}{
		"ACT_ACCEPT":                            {"ACT_ACCEPT", false, true},
		"{1}act_accept":                         {"ACT_ACCEPT", true, true},
		"{12} EVENT_REJECT_IF_CONFLICT:x.org":   {"EVENT_REJECT_IF_CONFLICT", true, true},
		"{}ACT_ACCEPT":                          {"{}ACT_ACCEPT", false, false},
		"{a}ACT_ACCEPT":                         {"{A}ACT_ACCEPT", false, false},
		"{1":                                    {"{1", false, false},
		"ACT_ACCEPT_IF_NO_CONFLICT:example.org": {"ACT_ACCEPT_IF_NO_CONFLICT", false, true},
		"ACCEPT":                                {"ACCEPT", false, false},
		"":                                      {"", false, false},
	} {
		name, numbered := policyName(value)
		if name != want.name || numbered != want.numbered || isPolicy(name) != want.known {
			t.Errorf("%q: %q, numbered %v, known %v", value, name, numbered, isPolicy(name))
		}
	}
}
