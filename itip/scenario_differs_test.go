package itip_test

// deviation is what we do otherwise than a scenario expects, and the row of the standards' statements or of the
// house's policy that has it so.
type deviation struct{ row, instead string }

// deviations are those that are known one by one: each has to be there, word by word. Others are recognised by
// what they are, wherever they come up: see the calls of verdict.differ.
var deviations = map[string][]deviation{
	"sabre.UpdateEvent.testInviteChangeFromSchedulingToNonSchedulingObject": {
		{"S5546-40", "VEVENT: SEQUENCE 3, want 1"}, // 2 was sent before
	},
}

// skipped are scenarios that are not ours to decide.
var skipped = map[string]string{}

// unusable tells why a scenario does not say what was changed: an object that something is expected of is lost.
func unusable(s mapping) string {
	want, _ := s["expect"].(mapping)
	for _, n := range list(want["messages"]) {
		m, _ := n.(mapping)
		if s["new"] == nil && m["method"] == nil && m["message"] == nil && len(m) > 0 {
			return "the changed object is not in the file, only that a message is expected of it"
		}
	}
	return ""
}
