package integration

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// invitationMail is what the ancestor's tests sent: Subject in quotes, always the same Date and Message-ID, the
// method REQUEST whatever the calendar says, no VTIMEZONE, and an empty line before BEGIN:VCALENDAR.
const invitationMail = `From: "Doe, John" <john.doe@example.org>
To: %[1]s
Subject: "test"
Date: Tue, 25 Feb 2014 13:54:14 +0100
Message-ID: <constant@client.example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_constant"

--=_constant
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

*test*

--=_constant
Content-Type: text/calendar; charset=UTF-8; method=REQUEST; name=event.ics
Content-Disposition: attachment; filename=event.ics
Content-Transfer-Encoding: 8bit


BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Wallace scenarios//EN
CALSCALE:GREGORIAN
METHOD:%[2]s
BEGIN:VEVENT
%[3]s
END:VEVENT
END:VCALENDAR

--=_constant--
`

// withMember stands between a template's name and the member it is about.
const withMember = " with member "

// lines are content lines being written.
type lines []string

func (l *lines) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// invitation makes the mail of a step for one recipient.
func (h *house) invitation(s sendStep, to, uid string) []byte {
	h.t.Helper()
	method := "REQUEST"
	if s.Template == "R.cancel" {
		method = "CANCEL"
	}
	l := lines{"UID:" + uid}
	switch template, member, _ := strings.Cut(s.Template, withMember); template {
	case "R.request", "R.allday", "R.recurring":
		l.add("DTSTAMP:20140213T125414Z")
		h.request(&l, s, to)
		if template == "R.request" {
			l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=TENTATIVE;CN=Somebody Else:mailto:somebody@else.com")
		}
	case "R.update":
		s.Sequence = cmp.Or(s.Sequence, "2")
		l.add("DTSTAMP:20140215T125414Z")
		h.request(&l, s, to)
	case "R.delegated_update":
		h.delegated(&l, s, to, h.fixture.resource(h.members[member]).Mail)
	case "R.cancel":
		h.cancel(&l, s, to)
	default:
		h.t.Fatalf("no template %q", s.Template)
	}
	event := changed(h, strings.Join(l, "\n"), s.Change)
	return []byte(strings.ReplaceAll(fmt.Sprintf(invitationMail, to, method, event), "\n", "\r\n"))
}

// request writes what R.request and those like it have in common.
func (h *house) request(l *lines, s sendStep, to string) {
	h.times(l, s)
	if s.Template == "R.recurring" {
		l.add("RRULE:FREQ=WEEKLY;INTERVAL=1;COUNT=10")
	}
	l.add("SUMMARY:test\nDESCRIPTION:test\nTRANSP:OPAQUE")
	l.add(`ORGANIZER;CN="Doe, John":mailto:john.doe@example.org`)
	l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;CUTYPE=RESOURCE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:%s", to)
}

// delegated is an update as the organizer's client sends it that has read the answers. Addresses of the delegation
// are bare, and lines are folded in the middle of addresses.
func (h *house) delegated(l *lines, s sendStep, to, member string) {
	h.t.Helper()
	s.Sequence = "4"
	l.add("DTSTAMP:20140227T141939Z")
	h.times(l, s)
	l.add("SUMMARY:test\nDESCRIPTION:Sent to %s", to)
	l.add(`ORGANIZER;CN="":mailto:john.doe@example.org`)
	l.add("ATTENDEE;CN=Company Cars;PARTSTAT=DELEGATED;ROLE=NON-PARTICIPANT;CUTYPE=INDIVIDU\n AL;RSVP=TRUE;DELEGATED-TO=%s:mailto:resource-collec\n tion-companycars@example.org", member)
	l.add("ATTENDEE;CN=The Delegate;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDU\n AL;RSVP=TRUE;DELEGATED-FROM=resource-collection-companyc\n ars@example.org:mailto:%s", member)
}

// cancel has times that are not the event's, and an attendee of whose address a soft line break was left.
func (h *house) cancel(l *lines, s sendStep, to string) {
	l.add("DTSTAMP:20140218T125414Z")
	l.add("DTSTART;TZID=Europe/London:20120713T100000\nDTEND;TZID=Europe/London:20120713T110000")
	h.instance(l, s)
	l.add("SUMMARY:test\nDESCRIPTION:test\nSEQUENCE:3\nTRANSP:OPAQUE")
	l.add(`ORGANIZER;CN="Doe, John":mailto:john.doe@example.org`)
	l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailt=o:%s", to)
}

// times writes DTSTART, DTEND (four hours later, or the next day), RECURRENCE-ID and SEQUENCE.
func (h *house) times(l *lines, s sendStep) {
	h.t.Helper()
	start, dateOnly := h.moved(s.Start)
	if dateOnly != (s.Template == "R.allday") {
		h.t.Fatalf("%s starts at %s", s.Template, s.Start)
	}
	if dateOnly {
		l.add("DTSTART;VALUE=DATE:%s\nDTEND;VALUE=DATE:%s", start.Format("20060102"), start.AddDate(0, 0, 1).Format("20060102"))
	} else {
		l.add("DTSTART;TZID=Europe/London:%s\nDTEND;TZID=Europe/London:%s", start.Format(stamp), start.Add(4*time.Hour).Format(stamp))
	}
	h.instance(l, s)
	if s.Sequence != "" {
		l.add("SEQUENCE:%s", s.Sequence)
	}
}

func (h *house) instance(l *lines, s sendStep) {
	h.t.Helper()
	if s.Instance != "" {
		at, _ := h.moved(s.Instance)
		l.add("RECURRENCE-ID;TZID=Europe/London:%s", at.Format(stamp))
	}
}

const johnOrganizes = `ORGANIZER;CN="Doe, John":mailto:john.doe@example.org`

// changed edits an event as a step's change says in words.
func changed(h *house, event, change string) string {
	h.t.Helper()
	edits := map[string]*strings.Replacer{
		"":                               strings.NewReplacer(),
		"COUNT removed: infinite weekly": strings.NewReplacer(";COUNT=10", ""),
		"SUMMARY new":                    strings.NewReplacer("SUMMARY:test", "SUMMARY:new"),
		"CLASS:CONFIDENTIAL instead of DESCRIPTION":     strings.NewReplacer("DESCRIPTION:test", "CLASS:CONFIDENTIAL"),
		"ORGANIZER Lucy Meyer <lucy.meyer@example.org>": strings.NewReplacer(johnOrganizes, `ORGANIZER;CN="Lucy Meyer":mailto:lucy.meyer@example.org`),
		"ORGANIZER Jane Manager <jane.manager@example.org>, RSVP=FALSE for john": strings.NewReplacer(
			johnOrganizes, `ORGANIZER;CN="Jane Manager":mailto:jane.manager@example.org`, "RSVP=TRUE", "RSVP=FALSE"),
		"DTSTART renamed to X-DTSTART": strings.NewReplacer("DTSTART;", "X-DTSTART;"),
		"resource attendee is some-other-resource@example.org (not existing); COMMENT:Sent to <audi>": strings.NewReplacer(
			"mailto:"+h.fixture.resource("audi").Mail, "mailto:some-other-resource@example.org",
			"DESCRIPTION:test", "DESCRIPTION:test\nCOMMENT:Sent to "+h.fixture.resource("audi").Mail),
	}
	edit, ok := edits[change]
	after := ""
	if ok {
		after = edit.Replace(event)
	}
	if !ok || (change != "" && after == event) {
		h.t.Fatalf("a change that changes nothing: %q", change)
	}
	return after
}
