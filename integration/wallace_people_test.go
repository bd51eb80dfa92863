package integration

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"usher/itip/imapcal/imaptest"
)

// sendToPerson hands a mail in as its sender, logged in, and looks at what became of the envelope.
func (h *house) sendToPerson(s sendStep) {
	h.t.Helper()
	if s.As == "previous" {
		s = h.previous(s)
	}
	if s.Payload != "" {
		s.UID = h.drafted
	}
	h.sends = append(h.sends, s)
	to, uid := h.person(s.To), h.uid(s.UID)
	data := h.peopleMail(s, to.Mail, uid)
	from := h.speaker(s, data)
	h.last = sent{person: to, organizer: addressIn("mailto:" + organizerOf(data)), uid: uid,
		sequence: valueOf(data, "SEQUENCE"), summary: valueOf(data, "SUMMARY")}
	if by := h.person(cmp.Or(s.EnvelopeFrom, from)).Key; by != from {
		h.forged(h.person(by).Mail, to, data)
	}
	if s.From == "" {
		h.newest[to.Mail+" "+uid] = string(data)
	}
	came := h.deliver(h.person(from).Mail, to.Mail, data)
	h.checkWhatCame(s, data, came)
}

// previous is the mail before with some of it changed.
func (h *house) previous(s sendStep) sendStep {
	p := h.sends[len(h.sends)-1]
	p.As, p.Summary, p.Sequence, p.Partstat = s.As, s.Summary, s.Sequence, s.Partstat
	return p
}

// speaker is the key of the person whose word the mail is: of who answers, else of the organizer.
func (h *house) speaker(s sendStep, data []byte) string {
	if s.From != "" {
		return s.From
	}
	organizer := organizerOf(data)
	for _, p := range h.fixture.Users {
		if p.Mail == organizer {
			return p.Key
		}
	}
	h.t.Fatalf("nobody is the organizer %q", organizer)
	return ""
}

// organizerOf is the address of the organizer.
func organizerOf(data []byte) string {
	for line := range strings.SplitSeq(string(data), "\r\n") {
		if strings.HasPrefix(line, "ORGANIZER") {
			return strings.ToLower(line[strings.LastIndex(line, ":")+1:])
		}
	}
	return ""
}

// forged hands in what the ancestor's tests sent as somebody else than the organizer: it passes and changes nothing
// (S6047-01).
func (h *house) forged(from string, to wallacePerson, data []byte) {
	h.t.Helper()
	before := h.imap.Messages(to.Mail, calendarFolder)
	came := h.deliver(from, to.Mail, data)
	if len(came) != 1 || !h.untouched(came[0], data) {
		h.differ("a mail of somebody who is not the organizer does not just pass: %v", came)
	}
	same := func(a, b imaptest.Message) bool { return a.UID == b.UID && bytes.Equal(a.Body, b.Body) }
	if after := h.imap.Messages(to.Mail, calendarFolder); !slices.EqualFunc(before, after, same) {
		h.differ("a mail of somebody who is not the organizer changes the calendar")
	}
	h.otherwise("S6047-01")
}

// untouched tells whether a letter is the mail byte for byte.
func (h *house) untouched(l *letter, data []byte) bool {
	return bytes.Equal([]byte(withoutReceived(h.t, string(l.Data))), data)
}

// checkWhatCame: the mail is done with, or passes byte for byte where the policy or the file has it so. All else is
// automatic mail to people of ours.
func (h *house) checkWhatCame(s sendStep, data []byte, came []*letter) {
	h.t.Helper()
	passed := slices.IndexFunc(came, func(l *letter) bool { return h.untouched(l, data) })
	switch goes := h.goesOn(s); {
	case goes == "must" && passed < 0:
		h.differ("%s does not go on to %s: %v", s.Template, s.To, came)
	case goes == "not" && passed >= 0:
		h.differ("%s goes on to %s", s.Template, s.To)
	}
	for i, l := range came {
		if i == passed {
			continue
		}
		if l.From != "" || l.header.Get("Auto-Submitted") == "" {
			h.differ("%s is not automatic: from <%s>", l, l.From)
		}
		for _, to := range l.To() {
			if !slices.ContainsFunc(h.fixture.Users, func(p wallacePerson) bool { return p.Mail == to && !p.Elsewhere }) {
				h.differ("%s goes to %s", l, to)
			}
		}
	}
}

// goesOn tells whether a mail is delivered as well: must, not or may.
func (h *house) goesOn(s sendStep) string {
	method := peopleTemplates[s.Template].method
	switch {
	case s.As != "": // it is outdated
		return "may"
	case method == "REPLY" && s.UID == "M": // as is this answer, which is for people then
		return "must"
	case s.To == "lucy" && method == "REQUEST": // ALL_SAVE_AND_FORWARD
		return "must"
	}
	return "not"
}

const (
	calendarFolder = "Calendar"
	taskFolder     = "Tasks"
)

// layFolders makes everybody's mailbox with the folders that Kolab makes, and those of the fixture.
func (h *house) layFolders() {
	h.t.Helper()
	if !h.fixture.ofPeople() {
		return
	}
	people := slices.DeleteFunc(slices.Clone(h.fixture.Users), func(p wallacePerson) bool { return p.Elsewhere })
	for _, p := range people { // all of them first: Dovecot looks for new ones once in a second
		h.imap.AddUser(p.Mail)
	}
	for _, p := range people {
		for _, folder := range [][2]string{{calendarFolder, "event.default"}, {calendarFolder + "/Personal Calendar", "event"}, {taskFolder, "task.default"}} {
			h.imap.CreateFolder(p.Mail, folder[0], folder[1])
		}
	}
	for _, f := range h.fixture.Folders {
		h.imap.CreateFolder(h.person(f.Owner).Mail, f.Name, f.Annotations["/private/vendor/kolab/folder-type"])
	}
}

// ofPeople tells whether the calendars of people are the matter.
func (f wallaceFixture) ofPeople() bool { return len(f.Resources) == 0 }

// peopleSites are the servers that the entries about people are run over, each with a directory of its own kind.
var peopleSites = []struct {
	name     string
	numbered bool
	houseOptions
}{
	{"cyrus", false, houseOptions{imap: imaptest.Cyrus, modules: peopleModules}},
	{"dovecot", true, houseOptions{imap: imaptest.Dovecot, modules: peopleModules}},
}

const peopleModules = "resource: {enabled: true}\n  invitation: {enabled: true, timeout: 1m, update_attendees: true}"
