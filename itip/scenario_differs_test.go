package itip_test

// deviations are the scenarios of our own file in which we do something else than they expect, and the rows that
// have it so: of the standards' statements, or the page on what the modules decide. What we do instead is looked for
// where it comes up (verdict.differ), and these rows are all that may come up here.
var deviations = map[string]string{
	"sabre.ProcessReply.testReplyPartyCrasher":                              "D-03",
	"sabre.ProcessReply.testReplyPartyCrashCreateException":                 "D-03",
	"sabre.UpdateEvent.testInviteChangeFromSchedulingToNonSchedulingObject": "S5546-40",
	"stalwart.google_calendar.01":                                           "S5546-02 S5546-14",
	"stalwart.itip_incoming.02":                                             "S5546-02",
	"stalwart.put_validation.06":                                            "S5546-02",
	"stalwart.put_validation.11":                                            "S5546-02",
	"stalwart.put_validation.12":                                            "S5546-02",
	"stalwart.rfc5546_event_single.01":                                      "S5546-02 S5546-28 S5546-30 S5546-37 S5546-47 S5546-56 S5546-66 S6638-01 S6638-02 S6638-15 scheduling.md",
	"stalwart.rfc5546_todo.01":                                              "S5546-02 S5546-28 S5546-32 S5546-56 S5546-66 S5546-72 S6638-03 scheduling.md",
	"stalwart.rfc6638_recurring.01":                                         "S5545-25 S5546-02 S5546-28 S5546-30 S5546-32 S5546-66",
	"stalwart.rfc6638_single.01":                                            "S5546-02 S5546-28 S5546-30 S5546-66",
}

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
