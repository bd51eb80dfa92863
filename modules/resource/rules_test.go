package resource

import (
	"strings"
	"testing"
	"time"
)

func TestSetRule(t *testing.T) {
	tests := []struct {
		key, values, want, wrong string // values and want: separated by |
	}{
		{"policy", "accept", "accept", ""},
		{"policy", "ACT_ACCEPT:example.org|manual", "accept:example.org, manual", ""},
		{"policy", "perhaps", "", "want a policy"},
		{"policy", "ACT_UPDATE", "", "says nothing about"},
		{"booking_window", "180d", "180d", ""},
		{"booking_window", "1w1d12h", "204h", ""},
		{"booking_window", "180", "", "want a duration"},
		{"booking_window", "-1h", "", "want a duration"},
		{"booking_window", "99w99w", "", "want a duration"},
		{"booking_window", "4000d", "", "want between 0s and 3650d"},
		{"booking_window", "", "", "want a duration"},
		{"buffer_before", "25h", "", "want between 0s and 1d"},
		{"buffer_before", "1h30m", "1h30m", ""},
		{"buffer_after", "90s", "1m30s", ""},
		{"capacity", "8", "8", ""},
		{"capacity", " 8 ", "8", ""},
		{"capacity", "many", "", `want a whole number, not "many"`},
		{"capacity", "-1", "", "want between"},
		{"capacity", "8|9", "", "want one value, not 2"},
		{"parallel", "0", "", "want between 1 and 1000"},
		{"max_conflict_percent", "101", "", "want between 0 and 100"},
		{"alternatives", "4", "", "want between 0 and 3"},
		{"allow_recurring", "FALSE", "false", ""},
		{"allow_recurring", "no", "", "want true or false"},
		{"strategy", "Least_Used", "least_used", ""},
		{"strategy", "best", "", "want first, random"},
		{"work_hours", "07:30-24:00", "07:30-24:00", ""},
		{"work_hours", "17:00-08:00", "", "want hours"},
		{"work_hours", "8-17", "", "want hours"},
		{"work_days", "mon-wed, Sunday", "mon, tue, wed, sun", ""},
		{"work_days", "sat-mon", "mon, sat, sun", ""},
		{"work_days", "someday", "", "want days"},
		{"zone", "Europe/Berlin", "Europe/Berlin", ""},
		{"zone", "Berlin", "", "want a time zone"},
		{"book_in_policy", "Everybody|John@Example.org|@example.ORG|cn=staff,dc=example,dc=org", "everybody, John@example.org, @example.org, cn=staff,dc=example,dc=org", ""},
		{"book_in_policy", "joe", "", "want everybody"},
		{"book_in_policy", "@", "", "want everybody"},
		{"answer", "Keys are at the desk.", "Keys are at the desk.", ""},
		{"answer", strings.Repeat("x", maxRuleText+1), "", "want at most"},
		{"features", "beamer|board", "beamer, board", ""},
		{"features", strings.Repeat("x|", maxRuleValues), "", "want at most"},
	}
	for _, tt := range tests {
		f, ok := ruleNamed(tt.key)
		if !ok {
			t.Fatal(tt.key)
		}
		r := defaultRules
		err := f.set(&r, strings.Split(tt.values, "|"))
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) || f.text(&r) != f.text(&defaultRules) {
				t.Errorf("%s=%s: %v, now %s; want %s, unchanged", tt.key, tt.values, err, f.text(&r), tt.wrong)
			}
			continue
		}
		if got := f.text(&r); err != nil || !strings.EqualFold(got, tt.want) {
			t.Errorf("%s=%s: %s, %v; want %s", tt.key, tt.values, got, err, tt.want)
		}
	}
}

// TestRulesAreWrittenAsTheyAreRead: every default can be given as it is shown.
func TestRulesAreWrittenAsTheyAreRead(t *testing.T) {
	for _, f := range ruleFields {
		r := defaultRules
		text := f.text(&r)
		values := []string{text}
		if f.list() {
			values = strings.Split(text, ", ")
		}
		if text == "" && f.list() || len(f.oneOf) == 0 && text == "" {
			continue
		}
		if err := f.set(&r, values); err != nil || f.text(&r) != text {
			t.Errorf("%s: %q is read as %q, %v", f.key, text, f.text(&r), err)
		}
	}
}

func TestPoliciesInOrder(t *testing.T) {
	tests := []struct{ values, john, jane, ann string }{ // john@a.example.org, jane@example.org, ann@notexample.org
		{"ACT_ACCEPT", "accept", "accept", "accept"},
		{"{2}ACT_ACCEPT|{1}ACT_MANUAL", "manual", "manual", "manual"},
		{"ACT_ACCEPT|ACT_MANUAL", "manual", "manual", "manual"},
		{"ACT_ACCEPT|ACT_REJECT", "reject", "reject", "reject"},
		{"{1}ACT_ACCEPT:example.org|{2}ACT_REJECT", "accept", "accept", "reject"},
		{"ACT_REJECT|ACT_ACCEPT:example.org", "accept", "accept", "reject"},
		{"ACT_REJECT|ACT_ACCEPT:example.org|ACT_MANUAL:jane@example.org", "accept", "manual", "reject"},
		{"ACT_ACCEPT:a.example.org", "accept", "manual", "manual"},
		{"ACT_ACCEPT:*", "accept", "accept", "accept"},
		{"act_accept_and_notify", "accept_and_notify", "accept_and_notify", "accept_and_notify"},
		{"ACT_STORE_AND_NOTIFY", "store_and_notify", "store_and_notify", "store_and_notify"},
		{"ACT_ALWAYS_ACCEPT", "accept", "accept", "accept"},
		{"ACT_ALWAYS_REJECT", "reject", "reject", "reject"},
		{"ACT_REJECT_IF_CONFLICTS", "accept", "accept", "accept"},
		{"ACT_MANUAL_IF_CONFLICTS", "manual", "manual", "manual"},
		{"EVENT_ACCEPT_IF_NO_CONFLICT|TASK_REJECT|ALL_CANCEL_DELETE", "accept", "accept", "accept"},
	}
	for _, tt := range tests {
		var ps policies
		for _, v := range strings.Split(tt.values, "|") {
			var p policyFor
			if err := p.UnmarshalText([]byte(v)); err != nil {
				t.Fatal(v, err)
			}
			ps = append(ps, p)
		}
		ps = ps.inOrder()
		got := []policy{ps.of("john@a.example.org"), ps.of("jane@example.org"), ps.of("ann@notexample.org")}
		if string(got[0]) != tt.john || string(got[1]) != tt.jane || string(got[2]) != tt.ann {
			t.Errorf("%s: %v; want %s %s %s", tt.values, got, tt.john, tt.jane, tt.ann)
		}
	}
	for _, wrong := range []string{"", "ACT_PERHAPS", "{1", "{x}ACT_ACCEPT", "ACT_ACCEPT:a b", "ACT_ACCEPT:x@", "FOO_ACCEPT"} {
		var p policyFor
		if err := p.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q is read as %v", wrong, p)
		}
	}
}

func TestWorkdays(t *testing.T) {
	w := days(time.Saturday, time.Sunday)
	if !w.has(time.Sunday) || !w.has(time.Saturday) || w.has(time.Monday) {
		t.Errorf("%b", w)
	}
}

func FuzzSetRule(f *testing.F) {
	for _, field := range ruleFields {
		f.Add(field.key, field.text(&Rules{}))
		f.Add(field.key, field.text(&defaultRules))
	}
	f.Add("work_days", "sat-mon")
	f.Add("policy", "{1}ACT_ACCEPT:example.org")
	f.Fuzz(func(t *testing.T, key, value string) {
		field, ok := ruleNamed(key)
		if !ok {
			return
		}
		r := defaultRules
		if field.set(&r, []string{value}) != nil {
			return
		}
		again := defaultRules
		if err := field.set(&again, []string{field.text(&r)}); err != nil || field.text(&again) != field.text(&r) {
			t.Errorf("%s=%q is written as %q, and that read as %q, %v", key, value, field.text(&r), field.text(&again), err)
		}
	})
}
