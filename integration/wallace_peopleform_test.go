package integration

import (
	"cmp"
	"strings"
	"testing"

	"usher/integration/smtptest"
)

// A notice to John as it should be.
const updateNotice = `Received: by mx.test id 4jWhlg0000z1; Sat, 21 Nov 2026 08:00:00 +0000
From: Jane <jane.manager@example.org>
To: john.doe@example.org
Subject: "test" has been updated
Auto-Submitted: auto-generated
Message-ID: <1@mx.test>
Date: Sat, 21 Nov 2026 08:00:00 +0000
Content-Type: text/plain; charset=utf-8

"test" has been updated.
`

// peopleFaults checks a notice that came because of an update of Jane's.
func peopleFaults(t *testing.T, text, from, to string) []string {
	t.Helper()
	f := wallaceFixture{Users: []wallacePerson{{Key: "john", Name: "John Doe"}, {Key: "jane", Name: "Jane Manager"}, {Key: "bob", Mail: "bob@else.example", Elsewhere: true}}}
	f.complete()
	h := &house{t: t, fixture: f, last: sent{summary: "test"}, members: map[string]string{}}
	m := smtptest.Message{From: from, Rcpts: []smtptest.Recipient{{Address: to}}, Data: []byte(strings.ReplaceAll(text, "\n", "\r\n"))}
	h.letters = []*letter{readLetter(m)}
	h.checkWhatCame(sendStep{Template: "P.update", To: "john"}, []byte("the update\r\n"), h.letters)
	h.expectMail(mailWant{From: "jane.manager@example.org", Subject: `"test" has been updated`})
	return h.differs
}

// TestWallaceNoticesAreChecked: what is demanded of every notice is missed when it is not there.
func TestWallaceNoticesAreChecked(t *testing.T) {
	const john = "john.doe@example.org"
	if faults := peopleFaults(t, updateNotice, "", john); len(faults) > 0 {
		t.Fatalf("a good notice is said to be wrong: %q", faults)
	}
	for _, tt := range []struct{ old, new, from, to string }{
		{from: "jane.manager@example.org"},
		{to: "bob@else.example"},
		{to: "jane.manager@example.org"},
		{old: "Auto-Submitted: auto-generated\n"},
		{old: "Message-ID: <1@mx.test>\n"},
		{old: "Date: Sat", new: "X-Date: Sat"},
		{old: "From: Jane <jane.manager@", new: "From: Jane <bill.mayor@"},
		{old: "\"test\" has been updated\n", new: "\"test\" has been cancelled\n"},
		{old: "\"test\" has been updated\n", new: "\"other\" has been updated\n"},
		{old: "\"test\" has been updated.", new: "It has been updated."},
		{old: "text/plain", new: "text/calendar"},
	} {
		changed := strings.Replace(updateNotice, tt.old, tt.new, 1)
		if changed == updateNotice && tt.old != "" || len(peopleFaults(t, changed, tt.from, cmp.Or(tt.to, john))) == 0 {
			t.Errorf("%+v is not noticed", tt)
		}
	}
	faults := peopleFaults(t, "Received: by mx.test id 1\nthe update\n", "jane.manager@example.org", john)
	if !strings.Contains(strings.Join(faults, "\n"), "goes on to john") {
		t.Errorf("that the update goes on is not noticed: %q", faults)
	}
}
