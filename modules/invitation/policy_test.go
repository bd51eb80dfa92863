package invitation

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/itip"
)

// TestPolicyNames holds the table of names: which prefix goes with which, and what each means.
func TestPolicyNames(t *testing.T) {
	both := []string{"MANUAL", "ACCEPT", "REJECT", "DELEGATE", "UPDATE", "UPDATE_AND_NOTIFY", "SAVE_TO_FOLDER", "SAVE_AND_FORWARD", "CANCEL_DELETE",
		"CANCEL_DELETE_AND_NOTIFY"}
	events := []string{"TENTATIVE", "ACCEPT_IF_NO_CONFLICT", "TENTATIVE_IF_NO_CONFLICT", "REJECT_IF_CONFLICT", "DELEGATE_IF_CONFLICT"}
	for _, prefix := range []string{"ALL", "EVENT", "TASK", "ACT"} {
		for _, name := range slices.Concat(both, events) {
			p, err := parsePolicy(prefix + "_" + name)
			if want := slices.Contains(both, name) || prefix == "EVENT" || prefix == "ACT"; (err == nil) != want {
				t.Errorf("%s_%s: %v", prefix, name, err)
			}
			if err != nil {
				continue
			}
			if p.about(itip.Event) != (prefix != "TASK") || p.about(itip.Todo) != (prefix != "EVENT" && slices.Contains(both, name)) || p.about(itip.Journal) {
				t.Errorf("%s_%s: %+v", prefix, name, p)
			}
			if p.notify != strings.HasSuffix(name, "_AND_NOTIFY") || p.forward != strings.HasSuffix(name, "_AND_FORWARD") {
				t.Errorf("%s_%s: %+v", prefix, name, p)
			}
		}
	}
}

func TestParsePolicy(t *testing.T) {
	for text, want := range map[string]policy{
		"act_accept": {text: "ACT_ACCEPT", does: accept, events: true, tasks: true},
		" EVENT_REJECT_IF_CONFLICT : Example.ORG ": {text: "EVENT_REJECT_IF_CONFLICT:Example.ORG", does: reject, when: ifBusy, events: true, from: "example.org"},
		"ALL_SAVE_TO_FOLDER:Lucy@Example.org":      {text: "ALL_SAVE_TO_FOLDER:Lucy@Example.org", does: save, events: true, tasks: true, from: "lucy@example.org"},
		"ACT_SAVE_TO_CALENDAR:*":                   {text: "ACT_SAVE_TO_CALENDAR:*", does: save, events: true, tasks: true},
		"TASK_UPDATE:":                             {text: "TASK_UPDATE:", does: update, tasks: true},
	} {
		if p, err := parsePolicy(text); err != nil || p != want {
			t.Errorf("%q: %+v, %v; want %+v", text, p, err, want)
		}
	}
	for _, text := range []string{"", "ACCEPT", "_ACCEPT", "ACT_", "EVENTS_ACCEPT", "ACT_MAYBE", "ACT_ACCEPT:a b", "ACT_ACCEPT:@", "TASK_TENTATIVE", "ALL_REJECT_IF_CONFLICT"} {
		if p, err := parsePolicy(text); !errors.Is(err, errPolicy) {
			t.Errorf("%q: %+v, %v; want an error", text, p, err)
		}
	}
}

// TestOrderOfPolicies: by their places, then as they came; what is none is left out.
func TestOrderOfPolicies(t *testing.T) {
	all, wrong := parsePolicies([]string{"ACT_UPDATE", "{10}ACT_MANUAL", "{2}ACT_REJECT", "nonsense", "{2}ACT_ACCEPT", "TASK_ACCEPT"})
	var got []string
	for _, p := range all {
		got = append(got, p.text)
	}
	if want := []string{"ACT_REJECT", "ACT_ACCEPT", "ACT_MANUAL", "ACT_UPDATE", "TASK_ACCEPT"}; !slices.Equal(got, want) || len(wrong) != 1 {
		t.Errorf("%v, %v; want %v", got, wrong, want)
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, s := range []string{"ACT_ACCEPT", "{1}EVENT_REJECT_IF_CONFLICT:example.org", "TASK_UPDATE:a@b.c", "{99999999999}x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		all, wrong := parsePolicies([]string{value})
		if len(all)+len(wrong) != 1 {
			t.Fatalf("%d policies and %d mistakes", len(all), len(wrong))
		}
		if len(all) == 1 {
			if again, err := parsePolicy(all[0].text); err != nil || again.does != all[0].does || again.from != all[0].from {
				t.Errorf("%q is read again as %+v, %v", all[0].text, again, err)
			}
		}
	})
}
