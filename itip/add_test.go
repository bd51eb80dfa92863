package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestS5546_34_Add(t *testing.T) {
	const extra = "SEQUENCE:2\nDTSTART:20260320T090000Z\nDURATION:PT2H\nSUMMARY:More\n" + people
	tests := []struct {
		name, stored, add string
		want              string
		standing          string
		err               error
	}{
		{"to a series", daily5 + annsOwn, extra, "0302T1000 0303T1000 0304T1000 0305T1000 0306T1000 0320T1000/0320T1200", "ann=ACC bob=NEE | 0320 ann=NEE bob=NEE", nil},
		{"to a single event", "DTSTART:20260302T090000Z\nDURATION:PT1H\n" + annsOwn, extra, "0302T1000 0320T1000/0320T1200", "ann=ACC bob=NEE | 0320 ann=NEE bob=NEE", nil},
		{"where an instance is", daily5 + annsOwn, strings.Replace(extra, "20260320", "20260304", 1), "0302T1000 0303T1000 0304T1000/0304T1200 0305T1000 0306T1000", "ann=ACC bob=NEE | 0304 ann=NEE bob=NEE", nil},
		{"where one was taken out", daily5 + "EXDATE:20260304T090000Z\n" + annsOwn, strings.Replace(extra, "20260320", "20260304", 1), "0302T1000 0303T1000 0304T1000/0304T1200 0305T1000 0306T1000", "ann=ACC bob=NEE | 0304 ann=NEE bob=NEE", nil},
		{"which has been moved since", strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + "RDATE:20260320T090000Z\n" + annsOwn + "\n---\nSEQUENCE:3\nRECURRENCE-ID:20260320T090000Z\nDTSTART:20260320T110000Z\nDURATION:PT1H\n" + annsOwn, extra, "0302T1000 0303T1000 0304T1000 0305T1000 0306T1000 0320T1200", "ann=ACC bob=NEE | 0320 ann=ACC bob=NEE", nil},
		{"outdated", strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:3", 1) + annsOwn, extra, "", "", ErrOutdated},
		{"without SEQUENCE", daily5 + annsOwn, strings.Replace(extra, "SEQUENCE:2\n", "", 1), "", "", ErrSyntax},
		{"with a rule", daily5 + annsOwn, extra + "RRULE:FREQ=DAILY", "", "", ErrSyntax},
		{"with RECURRENCE-ID", daily5 + annsOwn, extra + "RECURRENCE-ID:20260320T090000Z", "", "", ErrSyntax},
		{"two", daily5 + annsOwn, extra + "\n---\nRECURRENCE-ID:20260320T090000Z\n" + extra, "", "", ErrSyntax},
		{"days to times", daily5 + annsOwn, strings.Replace(extra, "DTSTART:20260320T090000Z", "DTSTART;VALUE=DATE:20260320", 1), "", "", ErrSyntax},
		{"to nothing but instances", movedTue + annsOwn, extra, "", "", ErrNoInstance},
		{"S6638_17 by another organizer", daily5 + annsOwn, strings.Replace(extra, "boss@", "eve@", 1), "", "", ErrTakeover},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored, add := object(t, tt.stored), object(t, "METHOD:ADD\n"+tt.add)
			before, asked := stored.Encode(), add.Encode()
			got, err := Merge(stored, add, ann)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if !bytes.Equal(stored.Encode(), before) || !bytes.Equal(add.Encode(), asked) {
				t.Error("an argument was changed")
			}
			if err != nil {
				return
			}
			if is := starts(t, reparse(t, got), "2026-03-01", "2026-04-20", berlin); is != tt.want {
				t.Errorf("\n got %s\nwant %s\n%s", is, tt.want, got.Encode())
			}
			if is := standings(got); is != tt.standing || got.Master().Sequence() != 2 {
				t.Errorf("got %s\n%s", is, got.Encode())
			}
			again, err := Merge(got, add, ann)
			if err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v\n%s\nthen\n%s", err, got.Encode(), again.Encode())
			}
		})
	}
}
