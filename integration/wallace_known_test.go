package integration

// notYet are the entries whose feature is still to be built. One that passes fails the test, so that it is taken out.
var notYet = map[string]string{}

// deviations are the entries where we do something else on purpose, which the checks look for where it comes up, and
// the rows that have it so: of the standards' statements, or the page on what the modules decide.
var deviations = map[string]string{
	"R-005a-reschedule-collection-member-busy": "S5546-55", // so is what moved to another member
	"R-006-cancel":                   "S5546-55", // what is cancelled is remembered; the ancestor removed it
	"R-010-invalid":                  "D-08",     // a mail that invites somebody else passes; the ancestor sent it back
	"R-014-owner-confirm-decline":    "S5546-55", // and what an owner declined
	"R-019-cancel-single-occurrence": "S5546-55",

	"P-010-propagation-to-attendees": "S5546-01",               // who is not on the organizer's newest list is not on it
	"P-011-manual-then-auto-update":  "S6047-01",               // an update that the organizer has not sent changes nothing
	"P-017c-cancel-this-and-future":  "S5545-26 scheduling.md", // it ends right before; answers are for the organizer to read
}

// ancestorsFaults are entries that the ancestor passed without doing what they ask for.
var ancestorsFaults = map[string]string{
	"R-017-reschedule-single-occurrence": "it declined the freed slot; an older answer was taken for the newer",
}

// factsOf are what the file says beside the steps, and what is checked of it.
var factsOf = map[string]func(*house){
	"R-004-collection": func(h *house) {
		h.delegation(h.mail("cars"), h.mail("M"), "ACCEPTED")
	},
	"R-005a-reschedule-collection-member-busy": func(h *house) {
		h.delegation(h.mail("M"), h.mail("N"), "ACCEPTED")
	},
	"R-016-collection-owner-confirmation": func(h *house) {
		h.delegation(h.mail("viprooms"), h.mail("room3"), "TENTATIVE")
	},
	"P-001-accept-then-update": func(h *house) { h.answeredOnce("jane", "A") },
	"P-002-conflict-reject":    func(h *house) { h.isDeclined("jane", "B") },
	"P-020-task-accept":        func(h *house) { h.answeredOnce("jane", "T1") },
	"R-020-owner-confirmation-single-occurrence": func(h *house) { // what is declined blocks neither where it was nor where it should go (D-12)
		h.isFree("room3", "2015-05-02T14:00")
		h.isFree("room3", "2015-05-02T18:00")
	},
	"R-011b-owner-info-from-collection": func(h *house) { // the policy, too, is the collection's
		h.expectMail(mailWant{Mailbox: "jane", From: "room2", Subject: "Booking for Conference Room B-222 has been Accepted"})
	},
}

// mail is the address of a resource, or of the member that a letter stands for; "" of one that nobody has named.
func (h *house) mail(key string) string {
	r, _ := h.resource(key)
	return r.Mail
}
