package invitation

import (
	"testing"

	"usher/itip"
	"usher/ldapdir"
)

// TestAnswersItself: whose answer is waited for.
func TestAnswersItself(t *testing.T) {
	tests := []struct {
		name     string
		kind     ldapdir.Kind
		policies []string
		events   bool
		tasks    bool
	}{
		{"a room", ldapdir.Resource, nil, true, true},
		{"a choice of rooms", ldapdir.Collection, []string{"ACT_MANUAL"}, true, true},
		{"a list", ldapdir.Group, []string{"ALL_ACCEPT"}, false, false},
		{"nobody has said anything", ldapdir.Person, nil, false, false},
		{"always", ldapdir.Person, []string{"ALL_ACCEPT"}, true, true},
		{"passed on", ldapdir.Person, []string{"ALL_DELEGATE"}, true, true},
		{"in both cases", ldapdir.Person, []string{"EVENT_ACCEPT_IF_NO_CONFLICT", "EVENT_REJECT_IF_CONFLICT"}, true, false},
		{"if free tentatively, if busy by somebody else", ldapdir.Person, []string{"EVENT_DELEGATE_IF_CONFLICT", "ALL_UPDATE", "EVENT_TENTATIVE_IF_NO_CONFLICT"}, true, false},
		{"if free", ldapdir.Person, []string{"EVENT_ACCEPT_IF_NO_CONFLICT"}, false, false},
		{"if free, else it is kept", ldapdir.Person, []string{"EVENT_ACCEPT_IF_NO_CONFLICT", "ALL_SAVE_TO_FOLDER", "ALL_REJECT"}, false, false},
		{"by himself first", ldapdir.Person, []string{"ALL_MANUAL", "ALL_ACCEPT"}, false, false},
		{"updates alone", ldapdir.Person, []string{"ALL_UPDATE_AND_NOTIFY", "ALL_CANCEL_DELETE"}, false, false},
		{"tasks alone", ldapdir.Person, []string{"TASK_ACCEPT"}, false, true},
		{"for the organizer's domain", ldapdir.Person, []string{"ALL_ACCEPT:example.org"}, true, true},
		{"for other people", ldapdir.Person, []string{"ALL_ACCEPT:example.net"}, false, false},
		{"by himself for other people", ldapdir.Person, []string{"ALL_MANUAL:example.net", "ALL_REJECT"}, true, true},
	}
	m := &module{Config: defaults}
	m.policies, _ = parsePolicies(defaults.DefaultPolicy)
	for _, tt := range tests {
		e := &ldapdir.Entry{Kind: tt.kind, Policies: tt.policies}
		if is := m.answersItself(e, "john@example.org", itip.Event); is != tt.events {
			t.Errorf("%s: %v for events", tt.name, is)
		}
		if is := m.answersItself(e, "john@example.org", itip.Todo); is != tt.tasks {
			t.Errorf("%s: %v for tasks", tt.name, is)
		}
	}
	m.policies, _ = parsePolicies([]string{"ALL_ACCEPT"})
	if !m.answersItself(&ldapdir.Entry{Kind: ldapdir.Person}, "john@example.org", itip.Event) {
		t.Error("who has no policies goes by those of the configuration")
	}
}
