package integration

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// peopleTemplate is what a template of suite P says.
type peopleTemplate struct {
	method, kind, stamp string
	body                func(*house, *lines, sendStep, string)
}

var peopleTemplates = map[string]peopleTemplate{
	"P.request":         {"REQUEST", "VEVENT", "20140213T125414Z", (*house).peopleRequest},
	"P.update":          {"REQUEST", "VEVENT", "20140213T125414Z", (*house).peopleUpdate},
	"P.recurring":       {"REQUEST", "VEVENT", "20140213T125414Z", (*house).peopleSeries},
	"P.cancel":          {"CANCEL", "VEVENT", "20140218T125414Z", (*house).peopleCancel},
	"P.reply":           {"REPLY", "VEVENT", "20140706T171038Z", (*house).peopleReply},
	"P.reply_delegated": {"REPLY", "VEVENT", "20140706T171038Z", (*house).peopleDelegation},
	"P.todo_request":    {"REQUEST", "VTODO", "20140820T101333Z", (*house).todoRequest},
	"P.todo_reply":      {"REPLY", "VTODO", "20140821T085424Z", (*house).todoReply},
	"P.todo_cancel":     {"CANCEL", "VTODO", "20140820T101333Z", (*house).todoCancel},
}

// peopleMail makes the mail of a step to one of the people. Its header is the same whoever sends it.
func (h *house) peopleMail(s sendStep, to, uid string) []byte {
	h.t.Helper()
	method, kind := "REQUEST", "VEVENT"
	l := lines{}
	switch t, known := peopleTemplates[s.Template]; {
	case known:
		method, kind = t.method, t.kind
		l.add("UID:%s\nDTSTAMP:%s", uid, h.stampOf(t.stamp))
		t.body(h, &l, s, to)
	case s.Payload != "": // what was stored, from the organizer's own client
		l = h.drafts[uid]
	default:
		h.t.Fatalf("no template %q", s.Template)
	}
	object := changed(h, strings.Join(l, "\n"), s.Change)
	text := fmt.Sprintf(invitationMail, to, method, object)
	text = strings.NewReplacer("method=REQUEST;", "method="+method+";", ":VEVENT", ":"+kind).Replace(text)
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}

// stampOf is a DTSTAMP of the file, which are all of 2014, in this hour: they keep their order and what is the same. A
// client's own entry is older than all of them.
func (h *house) stampOf(stamp string) string {
	earlier := map[string]bool{}
	for _, t := range peopleTemplates {
		if t.stamp < stamp {
			earlier[t.stamp] = true
		}
	}
	return h.began.Add(time.Duration(len(earlier)) * time.Second).UTC().Format("20060102T150405Z")
}

// peopleRequest has John as the organizer and an outsider beside the recipient.
func (h *house) peopleRequest(l *lines, s sendStep, to string) {
	h.peopleEvent(l, s)
	h.invites(l, s, to)
	l.add("ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE;RSVP=FALSE:mailto:somebody@else.com")
}

func (h *house) peopleUpdate(l *lines, s sendStep, to string) {
	s.Sequence, s.Partstat = cmp.Or(s.Sequence, "1"), cmp.Or(s.Partstat, "ACCEPTED")
	h.peopleRequest(l, s, to)
}

func (h *house) peopleSeries(l *lines, s sendStep, to string) {
	l.add("RRULE:FREQ=WEEKLY;INTERVAL=1;COUNT=10")
	h.peopleEvent(l, s)
	h.invites(l, s, to)
}

func (h *house) peopleEvent(l *lines, s sendStep) {
	h.peopleTimes(l, s, "", "DTEND")
	l.add("SUMMARY:%s\nDESCRIPTION:test\nTRANSP:OPAQUE\nSEQUENCE:%s", cmp.Or(s.Summary, "test"), cmp.Or(s.Sequence, "0"))
	l.add(johnOrganizes)
}

func (h *house) invites(l *lines, s sendStep, to string) {
	l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=%s;RSVP=TRUE:mailto:%s", cmp.Or(s.Partstat, "NEEDS-ACTION"), to)
}

// peopleCancel has times that are not the event's.
func (h *house) peopleCancel(l *lines, s sendStep, to string) {
	l.add("DTSTART;TZID=Europe/Berlin:20120713T100000\nDTEND;TZID=Europe/Berlin:20120713T110000")
	h.peopleInstance(l, s, "")
	l.add("SUMMARY:%s\nDESCRIPTION:test\nSEQUENCE:%s\nTRANSP:OPAQUE", cmp.Or(s.Summary, "test"), cmp.Or(s.Sequence, "1"))
	l.add(johnOrganizes)
	l.add("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:%s", to)
}

// peopleReply says of its times what goes without saying.
func (h *house) peopleReply(l *lines, s sendStep, to string) {
	h.answerHead(l, s, to)
	l.add("ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=%s;ROLE=REQ-PARTICIPANT:mailto:%s", cmp.Or(s.Partstat, "ACCEPTED"), h.person(s.From).Mail)
}

func (h *house) peopleDelegation(l *lines, s sendStep, to string) {
	const delegate = "jack@ripper.com"
	from := h.person(s.From).Mail
	h.answerHead(l, s, to)
	l.add(`ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:%s";ROLE=NON-PARTICIPANT:mailto:%s`, delegate, from)
	l.add(`ATTENDEE;PARTSTAT=%s;DELEGATED-FROM="mailto:%s";ROLE=REQ-PARTICIPANT:mailto:%s`, s.Partstat, from, delegate)
}

func (h *house) answerHead(l *lines, s sendStep, to string) {
	h.peopleTimes(l, s, ";VALUE=DATE-TIME", "DTEND")
	l.add("SUMMARY:test\nPRIORITY:0\nSEQUENCE:%s", cmp.Or(s.Sequence, "0"))
	l.add(`ORGANIZER;CN="Doe, John":MAILTO:%s`, to)
}

func (h *house) todoRequest(l *lines, s sendStep, to string) {
	h.todo(l, s, "0")
	l.add(johnOrganizes)
	l.add("ATTENDEE;PARTSTAT=%s;ROLE=REQ-PARTICIPANT:mailto:%s", cmp.Or(s.Partstat, "NEEDS-ACTION"), to)
}

func (h *house) todoReply(l *lines, s sendStep, to string) {
	h.todo(l, s, "40")
	l.add(`ORGANIZER;CN="Doe, John":mailto:%s`, to)
	l.add("ATTENDEE;PARTSTAT=%s;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:mailto:%s", s.Partstat, h.person(s.From).Mail)
}

func (h *house) todo(l *lines, s sendStep, percent string) {
	l.add("CREATED:20140731T100704Z")
	h.peopleTimes(l, s, "", "DUE")
	l.add("SUMMARY:%s\nPRIORITY:1\nSTATUS:NEEDS-ACTION\nPERCENT-COMPLETE:%s\nSEQUENCE:%s", cmp.Or(s.Summary, "test"), percent, cmp.Or(s.Sequence, "0"))
}

// todoCancel has no times.
func (h *house) todoCancel(l *lines, s sendStep, to string) {
	l.add("CREATED:20140731T100704Z\nSUMMARY:%s\nPRIORITY:1\nSTATUS:CANCELLED\nSEQUENCE:1", s.Summary)
	l.add(johnOrganizes)
	l.add("ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:%s", to)
}

// peopleTimes writes DTSTART, the end four hours later, and RECURRENCE-ID. Where a step names no start it is the one
// that the UID had last.
func (h *house) peopleTimes(l *lines, s sendStep, value, end string) {
	h.t.Helper()
	uid := h.uid(s.UID)
	if s.Start == "" {
		s.Start = h.starts[uid]
	}
	h.starts[uid] = s.Start
	start, zone := h.placed(s.Start)
	l.add("DTSTART%s;TZID=%s:%s", value, zone, start.Format(stamp))
	l.add("%s%s;TZID=%s:%s", end, value, zone, start.Add(4*time.Hour).Format(stamp))
	h.peopleInstance(l, s, value)
}

func (h *house) peopleInstance(l *lines, s sendStep, value string) {
	h.t.Helper()
	if s.Instance == "" {
		return
	}
	at, zone := h.placed(s.Instance)
	if s.Range != "" {
		value += ";RANGE=" + s.Range
	}
	l.add("RECURRENCE-ID%s;TZID=%s:%s", value, zone, at.Format(stamp))
}

// placed is a time of the file with its zone, Berlin's unless it is said: "2015-03-07T10:00 Europe/Zurich". What is
// now is not moved.
func (h *house) placed(text string) (at time.Time, zone string) {
	h.t.Helper()
	text, zone, _ = strings.Cut(text, " ")
	zone = cmp.Or(zone, "Europe/Berlin")
	if text != "now" {
		at, _ = h.moved(text)
		return at, zone
	}
	berlin, err := time.LoadLocation(zone)
	if err != nil {
		h.t.Fatal(err)
	}
	return time.Now().In(berlin).Truncate(time.Minute), zone
}
