package integration

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/itip/imapcal/imaptest"
)

// sent is a mail that was handed in.
type sent struct {
	to        wallaceResource
	person    wallacePerson // instead of a resource
	organizer string
	uid       string // of the booking it is about
	sequence  string
	summary   string
}

// send hands a mail in as its sender, logged in, and looks at what became of the envelope.
func (h *house) send(s sendStep) {
	h.t.Helper()
	switch {
	case s.Template == "R.owner_reply":
		h.ownerReply(s)
		return
	case h.fixture.ofPeople():
		h.sendToPerson(s)
		return
	}
	to, ok := h.resource(s.To)
	if _, member, delegated := strings.Cut(s.Template, withMember); !ok || delegated && h.members[member] == "" {
		h.differ("no answer has named a member, so %s is not sent to %s", s.Template, s.To)
		return
	}
	uid := h.uid(s.UID)
	data := h.invitation(s, to.Mail, uid)
	h.last = sent{to: to, uid: uid, sequence: valueOf(data, "SEQUENCE"), summary: valueOf(data, "SUMMARY")}
	came := h.deliver("john.doe@example.org", to.Mail, data)
	h.checkEnvelope(s, data, came)
}

// deliver hands one mail in and gives what was delivered because of it, when all of it was.
func (h *house) deliver(from, to string, data []byte) (came []*letter) {
	h.t.Helper()
	c := smtptest.Dial(h.t, h.Addr(postfix.Submission))
	defer c.Quit()
	if r := c.AuthPlain(from, imaptest.Password); !r.OK() {
		h.t.Fatalf("AUTH as %s is answered %s", from, r)
	}
	if o := c.Send(smtptest.Mail{From: from, To: []string{to}, Data: data}); !o.Taken() {
		h.differ("the mail to %s is answered %d %s", to, worst(o), o.Data.Text())
	}
	h.AwaitEmpty(h.t)
	for _, m := range h.Sink.Messages()[len(h.letters):] {
		came = append(came, readLetter(m))
	}
	h.letters = append(h.letters, came...)
	for _, l := range came {
		if l.broken != "" {
			h.differ("%s cannot be read: %s", l, l.broken)
		}
	}
	return came
}

// checkEnvelope: the resource's mail is done with, or passes byte for byte where it is none of its business (D-08).
// Nobody is answered a cancellation, or the news that a collection has delegated.
func (h *house) checkEnvelope(s sendStep, data []byte, came []*letter) {
	passed := slices.IndexFunc(came, func(l *letter) bool { return l.HasRcpt(h.last.to.Mail) })
	if strings.HasPrefix(s.Change, "resource attendee is some-other") {
		if passed < 0 || !bytes.Equal([]byte(withoutReceived(h.t, string(came[passed].Data))), data) || len(came) != 1 {
			h.differ("a mail that invites another resource does not just pass: %v", came)
		}
		h.otherwise("D-08")
		return
	}
	if passed >= 0 {
		h.differ("the mail goes on to %s", h.last.to.Mail)
		came = slices.Delete(slices.Clone(came), passed, passed+1)
	}
	silent := s.Template == "R.cancel" || strings.HasPrefix(s.Template, "R.delegated_update") && h.last.to.collection()
	if silent && len(came) > 0 {
		h.differ("%s leads to mail: %v", s.Template, came)
	}
}

// uid is what the file calls A, always the same for the same name, or a new one.
func (h *house) uid(name string) string {
	switch {
	case name == "same":
		return h.last.uid
	case strings.Contains(name, "://"):
		return name
	case name == "" || name == "new":
		return rand.Text()
	case h.uids[name] == "":
		h.uids[name] = rand.Text()
	}
	return h.uids[name]
}

// purge forgets what lies in a mailbox, or removes what lies in a calendar.
func (h *house) purge(what string) {
	h.t.Helper()
	key, place, _ := strings.Cut(what, " ")
	switch place {
	case "INBOX":
		for _, l := range h.letters {
			if l.HasRcpt(h.person(key).Mail) {
				l.purged = true
			}
		}
	case "calendar":
		h.empty(h.fixture.resource(key).calendar())
	case calendarFolder:
		h.expunge(h.person(key).Mail, place, imap.UIDSet{{Start: 1}})
	default:
		h.t.Fatalf("no way to purge %q", what)
	}
}

// empty deletes all messages of a folder as a client does.
func (h *house) empty(folder string) {
	h.t.Helper()
	h.expunge("", folder, imap.UIDSet{{Start: 1}})
}

// expunge deletes some messages of somebody's folder, or of a shared one.
func (h *house) expunge(user, folder string, which imap.UIDSet) {
	h.t.Helper()
	c := h.imap.Client(user)
	defer c.Close()
	if _, err := c.Select(folder, nil).Wait(); err != nil {
		h.t.Fatal(err)
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := c.Store(which, deleted, nil).Close(); err != nil {
		h.t.Fatal(err)
	}
	if err := c.Expunge().Close(); err != nil {
		h.t.Fatal(err)
	}
}

// valueOf is the value of a property of the mail's calendar, or "".
func valueOf(data []byte, name string) string {
	_, calendar, _ := strings.Cut(strings.ReplaceAll(string(data), "BEGIN:VTODO", "BEGIN:VEVENT"), "BEGIN:VEVENT")
	_, value, _ := strings.Cut(calendar, "\n"+name+":")
	value, _, _ = strings.Cut(value, "\r")
	return value
}
