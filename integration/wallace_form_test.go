package integration

import (
	"strings"
	"testing"

	"usher/integration/smtptest"
)

// A collection's answer and its member's, as they should be.
const (
	delegatedAnswer = `Received: by mx.test id 4jWhlg0000z1; Sat, 21 Nov 2026 08:00:00 +0000
From: Cars <cars@example.org>
To: john.doe@example.org
Subject: Delegated: test
Auto-Submitted: auto-replied
Message-ID: <1@mx.test>
Date: Sat, 21 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Cars has passed "test" on to Audi.
--b
Content-Type: text/calendar; charset=UTF-8; method=REPLY

BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:REPLY
BEGIN:VEVENT
UID:u
SEQUENCE:2
DTSTAMP:20261121T080000Z
ORGANIZER:mailto:john.doe@example.org
ATTENDEE;PARTSTAT=DELEGATED;ROLE=NON-PARTICIPANT;RSVP=FALSE;DELEGATED-TO="mailto:audi@example.org":mailto:cars@example.org
ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:cars@example.org":mailto:audi@example.org
END:VEVENT
END:VCALENDAR
--b--
`
	memberAnswer = `Received: by mx.test id 4jWhlg0001z1; Sat, 21 Nov 2026 08:00:00 +0000
From: Audi <audi@example.org>
To: john.doe@example.org
Subject: Accepted: test
Auto-Submitted: auto-replied
Message-ID: <2@mx.test>
Date: Sat, 21 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Audi is booked for "test".
--b
Content-Type: text/calendar; charset=UTF-8; method=REPLY

BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:REPLY
BEGIN:VEVENT
UID:u
SEQUENCE:2
DTSTAMP:20261121T080000Z
ORGANIZER:mailto:john.doe@example.org
ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:cars@example.org":mailto:audi@example.org
END:VEVENT
END:VCALENDAR
--b--
`
)

// faultsOf checks the two answers, the second of which came from this envelope sender.
func faultsOf(t *testing.T, first, second, from string) []string {
	t.Helper()
	h := &house{t: t, last: sent{uid: "u", sequence: "2", summary: "test"}, members: map[string]string{}}
	for _, text := range []string{first, second} {
		m := smtptest.Message{From: from, Rcpts: []smtptest.Recipient{{Address: "john.doe@example.org"}}, Data: []byte(strings.ReplaceAll(text, "\n", "\r\n"))}
		h.letters = append(h.letters, readLetter(m))
	}
	for i, want := range []mailWant{{Status: "DELEGATED"}, {Status: "ACCEPTED"}} {
		l := h.letters[i]
		if l.broken != "" || l.object == nil {
			return []string{"unreadable " + l.broken}
		}
		h.checkLetter(want, l)
	}
	h.delegation("cars@example.org", "audi@example.org", "ACCEPTED")
	return h.differs
}

// TestWallaceAnswersAreChecked: what is demanded of every answer is missed when it is not there.
func TestWallaceAnswersAreChecked(t *testing.T) {
	if faults := faultsOf(t, delegatedAnswer, memberAnswer, ""); len(faults) > 0 {
		t.Fatalf("good answers are said to be wrong: %q", faults)
	}
	if len(faultsOf(t, delegatedAnswer, memberAnswer, "audi@example.org")) == 0 {
		t.Error("an envelope sender is not noticed")
	}
	for _, tt := range []struct {
		text     string
		old, new string
	}{
		{text: memberAnswer, old: "Auto-Submitted: auto-replied\n"},
		{text: memberAnswer, old: "auto-replied", new: "auto-generated"},
		{text: memberAnswer, old: "Message-ID: <2@mx.test>\n"},
		{text: memberAnswer, old: "Date: Sat", new: "X-Date: Sat"},
		{text: memberAnswer, old: "multipart/alternative", new: "multipart/mixed"},
		{text: memberAnswer, old: "text/plain", new: "text/html"},
		{text: memberAnswer, old: "; method=REPLY"},
		{text: memberAnswer, old: "charset=UTF-8; method", new: "method"},
		{text: memberAnswer, old: `for "test"`, new: "for something"},
		{text: memberAnswer, old: "UID:u", new: "UID:v"},
		{text: memberAnswer, old: "SEQUENCE:2", new: "SEQUENCE:1"},
		{text: memberAnswer, old: "ORGANIZER:mailto:john", new: "ORGANIZER:mailto:jane"},
		{text: memberAnswer, old: "END:VEVENT", new: "ATTENDEE:mailto:x@example.org\nEND:VEVENT"},
		{text: memberAnswer, old: `;DELEGATED-FROM="mailto:cars@example.org"`},
		{text: memberAnswer, old: "PARTSTAT=ACCEPTED", new: "PARTSTAT=TENTATIVE"},
		{text: memberAnswer, old: "id 4jWhlg0001z1", new: "id 4jWhlf9999z1"}, // earlier than the collection's
		{text: delegatedAnswer, old: `DELEGATED-TO="mailto:audi`, new: `DELEGATED-TO="mailto:passat`},
		{text: delegatedAnswer, old: "ROLE=NON-PARTICIPANT", new: "ROLE=REQ-PARTICIPANT"},
		{text: delegatedAnswer, old: "RSVP=FALSE", new: "RSVP=TRUE"},
		{text: delegatedAnswer, old: `;DELEGATED-FROM="mailto:cars@example.org"`},
	} {
		first, second := delegatedAnswer, memberAnswer
		changed := strings.Replace(tt.text, tt.old, tt.new, 1)
		if tt.text == first {
			first = changed
		} else {
			second = changed
		}
		if changed == tt.text || len(faultsOf(t, first, second, "")) == 0 {
			t.Errorf("%q in the place of %q is not noticed", tt.new, tt.old)
		}
	}
}
