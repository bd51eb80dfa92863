package integration

import (
	"fmt"
	"strings"
	"time"
)

// checkConfirmation is the form of the question to an owner: a REQUEST of the resource with a UID of its own, from an
// address of the resource that holds the reference, to the owner alone.
func (h *house) checkConfirmation(w mailWant, l *letter) {
	h.t.Helper()
	c := l.object.Scheduled()[0]
	organizer, _ := c.Prop("ORGANIZER")
	resource, _, _ := strings.Cut(l.author, "+")
	owner := c.All("ATTENDEE")
	if l.object.UID() == h.last.uid || addressIn(organizer.Value) != strings.ToLower(l.author) || resource+"@"+mailDomain != h.memberOrLast(resource) {
		h.differ("%s is about %s and from %s, %s", l, l.object.UID(), l.author, organizer)
	}
	if len(owner) != 1 || !l.HasRcpt(addressIn(owner[0].Value)) || owner[0].Param("PARTSTAT") != "NEEDS-ACTION" || owner[0].Param("RSVP") != "TRUE" || owner[0].Param("ROLE") != "REQ-PARTICIPANT" {
		h.differ("%s asks %v", l, owner)
	}
	if c.Text("DTSTAMP") == "" {
		h.differ("%s has no DTSTAMP", l)
	}
	start, _ := c.Prop("DTSTART")
	if at, _ := time.Parse(stamp, start.Value); w.StartHour != nil && (at.Hour() != *w.StartHour || start.Param("TZID") != "Europe/London") {
		h.differ("%s asks about %s", l, start)
	}
	h.asked[""] = l
}

// memberOrLast is the address of the resource that is to be confirmed, if its local part is this.
func (h *house) memberOrLast(local string) string {
	r := h.fixture.resource(local + "@" + mailDomain)
	if r.Key == h.last.to.Key {
		return r.Mail
	}
	for _, m := range h.last.to.Members {
		if m == r.Key {
			return r.Mail
		}
	}
	return ""
}

const ownersMail = `From: %[1]s
To: %[2]s
Subject: %[3]s
Date: %[4]s
Message-ID: <%[5]s@client.example.org>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_owner"

--=_owner
Content-Type: text/plain; charset=UTF-8

%[6]s

--=_owner
Content-Type: text/calendar; method=REPLY; charset=UTF-8

%[7]s
--=_owner--
`

// ownerReply is the answer that the owner's client sends: to the organizer of the question, with the owner as the only
// attendee. An answer to a question that is not the newest changes nothing, and nobody hears of it.
func (h *house) ownerReply(s sendStep) {
	h.t.Helper()
	question := h.asked[s.ToRequest]
	if question == nil {
		h.differ("%s has not been asked and cannot answer", s.From)
		return
	}
	owner := h.person(s.From)
	to := question.author
	c := question.object.Scheduled()[0]
	l := lines{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wallace scenarios//EN", "METHOD:REPLY", "BEGIN:VEVENT"}
	for _, name := range []string{"UID", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND", "ORGANIZER"} {
		if p, ok := c.Prop(name); ok {
			l.add("%s", p)
		}
	}
	l.add("DTSTAMP:%s", time.Now().UTC().Format(stamp+"Z"))
	l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=%s;RSVP=FALSE:mailto:%s\nEND:VEVENT\nEND:VCALENDAR", s.Partstat, owner.Mail)
	text := fmt.Sprintf(ownersMail, owner.Mail, to, s.Subject, time.Now().Format(time.RFC1123Z), h.uid(""), s.Partstat, strings.Join(l, "\n"))
	came := h.deliver(owner.Mail, to, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if question != h.asked[""] && len(came) > 0 {
		h.differ("an answer to an outdated question leads to mail: %v", came)
	}
	for _, m := range came {
		if m.HasRcpt(to) {
			h.differ("the owner's answer goes on to %s", to)
		}
	}
}
