package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const (
	invited = "SUMMARY:Talk\n" + boss + "ATTENDEE;RSVP=TRUE:mailto:ann@example.org\nATTENDEE:mailto:bob@example.org\n"
	// what ann has made of it
	annsOwn = "UID:u1\nSUMMARY:Talk\n" + boss + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org\nATTENDEE:mailto:bob@example.org\n" +
		"TRANSP:TRANSPARENT\nCATEGORIES:Mine\nCOLOR:red\nX-OWN:1\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\nBEGIN:VALARM\nUID:a1\nTRIGGER:-PT5M\nACKNOWLEDGED:20260101T000000Z\nEND:VALARM\n" +
		"BEGIN:VALARM\nUID:a2\nTRIGGER:-PT1M\nRELATED-TO;RELTYPE=SNOOZE:a1\nEND:VALARM\n"
	alarmOfBoss = "BEGIN:VALARM\nTRIGGER:-PT30M\nEND:VALARM\n"
)

func content(o *Object) string { return strings.ReplaceAll(string(o.Encode()), "\r\n ", "") }

func TestMerge(t *testing.T) {
	const day1 = "DTSTART:20260302T090000Z\nDURATION:PT1H\n"
	tests := []struct {
		name, stored, request string
		has, not              []string
		standing              string
	}{
		{"S6638_03 details change", "SEQUENCE:1\n" + day1 + annsOwn, "SEQUENCE:1\nDTSTAMP:20260102T000000Z\n" + day1 + strings.Replace(invited, "Talk", "Speech", 1) + "CATEGORIES:Theirs\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MOZ-LASTACK:20260101T000000Z\n" + alarmOfBoss,
			[]string{"SUMMARY:Speech", "TRANSP:TRANSPARENT", "CATEGORIES:Mine", "COLOR:red", "X-OWN:1", "ACKNOWLEDGED:20260101T000000Z", "RELATED-TO;RELTYPE=SNOOZE:a1", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"},
			[]string{"Talk", "OPAQUE", "Theirs", "PT30M", "STATUS:FREE", "X-MOZ-LASTACK"}, "ann=ACC bob=NEE"},
		{"S5546_19 S5545_22 it moves", "SEQUENCE:1\n" + day1 + annsOwn, "SEQUENCE:2\n" + strings.Replace(day1, "T09", "T11", 1) + invited + "TRANSP:OPAQUE\n",
			[]string{"TRANSP:OPAQUE", "CATEGORIES:Mine", "UID:a1", "UID:a2", "RSVP=TRUE"}, []string{"ACKNOWLEDGED", "TRANSPARENT"}, "ann=NEE bob=NEE"},
		{"S6638_08 it gets longer", "SEQUENCE:1\n" + day1 + annsOwn, "SEQUENCE:2\n" + strings.Replace(day1, "PT1H", "PT2H", 1) + invited, []string{"TRANSP:TRANSPARENT", "ACKNOWLEDGED"}, nil, "ann=NEE bob=NEE"},
		{"S6638_08 more instances", daily5 + annsOwn, strings.Replace(strings.Replace(daily5, "COUNT=5", "COUNT=6", 1), "SEQUENCE:1", "SEQUENCE:2", 1) + invited, []string{"COUNT=6"}, nil, "ann=NEE bob=NEE"},
		{"S6638_08 fewer instances", daily5 + annsOwn, strings.Replace(strings.Replace(daily5, "COUNT=5", "COUNT=4", 1), "SEQUENCE:1", "SEQUENCE:2", 1) + invited, []string{"COUNT=4"}, nil, "ann=ACC bob=NEE"},
		{"S6638_08 the end of an endless series", strings.Replace(daily5, ";COUNT=5", "", 1) + annsOwn, strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + invited, []string{"COUNT=5"}, nil, "ann=ACC bob=NEE"},
		{"S6638_03 instance taken out stays out", daily5 + "EXDATE:20260304T090000Z\n" + annsOwn, strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + invited, []string{"EXDATE;TZID=Europe/Berlin:20260304T100000"}, nil, "ann=ACC bob=NEE"},
		{"S6638_03 also with the override of a message that does not move it", daily5 + "EXDATE:20260304T090000Z\n" + annsOwn,
			strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + invited + "\n---\nSEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDURATION:PT1H\n" + invited, []string{"EXDATE;TZID=Europe/Berlin:20260304T100000"}, nil, "ann=ACC bob=NEE | 0304 ann=NEE bob=NEE"},
		{"an instance by message has the data of the series", daily5 + annsOwn, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDURATION:PT1H\nSUMMARY:Other\n" + invited[len("SUMMARY:Talk\n"):],
			[]string{"SUMMARY:Other"}, nil, "ann=ACC bob=NEE | 0304 ann=ACC bob=NEE"},
		{"a moved instance is to be answered", daily5 + annsOwn, strings.Replace(movedTue, "SEQUENCE:1", "SEQUENCE:2", 1) + invited, nil, nil, "ann=ACC bob=NEE | 0303 ann=NEE bob=NEE"},
		{"S5545_26 this and future leaves later overrides alone", daily5 + annsOwn + "\n---\n" + movedWed + strings.Replace(annsOwn, "ACCEPTED", "DECLINED", 1), "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z\nDTSTART:20260303T110000Z\nDURATION:PT1H\n" + invited, nil, nil,
			"ann=ACC bob=NEE | 0304 ann=DEC bob=NEE | 0303+ ann=NEE bob=NEE"},
		{"S5546_58 this and future as the RFC's example has it", daily5 + annsOwn, "SEQUENCE:2\nRECURRENCE-ID;THISANDFUTURE:20260303T090000Z\nDTSTART:20260303T110000Z\nDURATION:PT1H\n" + invited, nil, nil, "ann=ACC bob=NEE | 0303+ ann=NEE bob=NEE"},
		{"S5546_59 an instance answered otherwise keeps its answer", daily5 + annsOwn + "\n---\nSEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nDTSTART;TZID=Europe/Berlin:20260304T100000\nDURATION:PT1H\n" + strings.Replace(annsOwn, "ACCEPTED", "DECLINED", 1),
			strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + strings.Replace(invited, "Talk", "Speech", 1), nil, []string{"Talk"}, "ann=ACC bob=NEE | 0304 ann=DEC bob=NEE"},
		{"S5546_59 when the series moves it is asked again", daily5 + annsOwn + "\n---\nSEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nDTSTART;TZID=Europe/Berlin:20260304T100000\nDURATION:PT1H\n" + strings.Replace(annsOwn, "ACCEPTED", "DECLINED", 1),
			strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + "RDATE:20260320T090000Z\n" + invited, nil, nil, "ann=NEE bob=NEE | 0304 ann=DEC bob=NEE"},
		{"S5546_10 instances of an unknown series gather", movedTue + annsOwn, movedWed + invited, nil, nil, "0303 ann=ACC bob=NEE | 0304 ann=NEE bob=NEE"},
		{"S5546_53 a member's own line stays", "SEQUENCE:1\n" + day1 + boss + "ATTENDEE:mailto:list@example.org\nATTENDEE;MEMBER=\"mailto:list@example.org\";PARTSTAT=ACCEPTED:mailto:ann@example.org", "SEQUENCE:1\n" + day1 + boss + "ATTENDEE:mailto:list@example.org", nil, nil, "list=NEE ann=ACC"},
		{"DEV_13 notes on the last message go", "SEQUENCE:1\n" + day1 + "X-MOZ-RECEIVED-SEQUENCE:1\nX-USHER-CAUSE:x\n" + annsOwn, "SEQUENCE:1\nX-USHER-CAUSE:forged\n" + day1 + invited, nil, []string{"X-MOZ-RECEIVED", "X-USHER"}, "ann=ACC bob=NEE"},
		{"S5546_55 a cancelled event comes back by a newer message", "SEQUENCE:1\nSTATUS:CANCELLED\n" + day1 + annsOwn, "SEQUENCE:1\nDTSTAMP:20260102T000000Z\n" + day1 + invited, nil, []string{"STATUS:CANCELLED"}, "ann=NEE bob=NEE"},
		{"S5545_22 declined before, it gets longer", "SEQUENCE:1\n" + day1 + strings.Replace(annsOwn, "ACCEPTED", "DECLINED", 1), "SEQUENCE:2\n" + strings.Replace(day1, "PT1H", "PT2H", 1) + invited, nil, []string{"TRANSP"}, "ann=NEE bob=NEE"},
		{"S5546_48 the organizer moves it and knows of the delegate", "SEQUENCE:1\n" + day1 + strings.Replace(annsOwn, "ACCEPTED", "DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\"", 1), "SEQUENCE:2\n" + strings.Replace(day1, "T09", "T11", 1) + strings.Replace(invited, "RSVP=TRUE", "RSVP=TRUE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\"", 1), []string{"DELEGATED-TO"}, nil, "ann=DEL bob=NEE"},
		{"S5546_47 the delegate declined", "SEQUENCE:1\n" + day1 + strings.Replace(annsOwn, "ACCEPTED", "DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\"", 1), "SEQUENCE:1\nDTSTAMP:20260102T000000Z\n" + day1 + invited + "ATTENDEE;PARTSTAT=DECLINED;DELEGATED-FROM=\"mailto:ann@example.org\":mailto:dan@example.org", nil, []string{"DELEGATED-TO"}, "ann=NEE bob=NEE dan=DEC"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored, request := object(t, tt.stored), object(t, "METHOD:REQUEST\n"+tt.request)
			before, asked := stored.Encode(), request.Encode()
			got, err := Merge(stored, request, ann)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(stored.Encode(), before) || !bytes.Equal(request.Encode(), asked) {
				t.Error("an argument was changed")
			}
			text := content(reparse(t, got))
			for _, s := range tt.has {
				if !strings.Contains(text, s) {
					t.Errorf("no %s", s)
				}
			}
			for _, s := range tt.not {
				if strings.Contains(text, s) {
					t.Errorf("has %s", s)
				}
			}
			if is := standings(got); is != tt.standing {
				t.Errorf("\n got %s\nwant %s", is, tt.standing)
			}
			again, err := Merge(got, request, ann)
			if err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v\n%s", err, again.Encode())
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	const day1 = "DTSTART:20260302T090000Z\nDURATION:PT1H\n"
	tests := []struct {
		name, stored, request string
		err                   error
	}{
		{"S6638_17 another organizer", day1 + boss, "SEQUENCE:1\n" + day1 + "ORGANIZER:mailto:eve@example.org", ErrTakeover},
		{"S6638_17 the same, written otherwise", day1 + boss, "SEQUENCE:1\n" + day1 + "ORGANIZER;CN=B:MAILTO:Boss@EXAMPLE.org", nil},
		{"S6638_17 an own event", day1, "SEQUENCE:1\n" + day1 + boss, ErrTakeover},
		{"S6638_17 no organizer", day1 + boss, "SEQUENCE:1\n" + day1, ErrTakeover},
		{"S5546_06 outdated", "SEQUENCE:2\n" + day1 + boss, "SEQUENCE:1\nDTSTAMP:20270101T000000Z\n" + day1 + boss, ErrOutdated},
		{"S5546_55 cancelled, lower SEQUENCE", "SEQUENCE:2\nSTATUS:CANCELLED\n" + day1 + boss, "SEQUENCE:1\nDTSTAMP:20270101T000000Z\n" + day1 + boss, ErrOutdated},
		{"S5546_55 cancelled, the same age", "SEQUENCE:2\nSTATUS:CANCELLED\n" + day1 + boss, "SEQUENCE:2\n" + day1 + boss, ErrOutdated},
		{"S5546_55 cancelled instance, the same age", daily5 + boss + "\n---\nSTATUS:CANCELLED\n" + movedTue + boss, movedTue + boss, ErrOutdated},
		{"S5546_63 no such instance", daily5 + boss, strings.Replace(movedTue, "20260303T100000", "20260303T103000", 1) + boss, ErrNoInstance},
	}
	for _, tt := range tests {
		got, err := Merge(object(t, tt.stored), object(t, "METHOD:REQUEST\n"+tt.request), ann)
		if !errors.Is(err, tt.err) || (err == nil) != (got != nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
	}
}

func TestS6638_03_TaskProgressIsTheAttendees(t *testing.T) {
	task := func(lines string) string {
		return "BEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\nSEQUENCE:1\nDUE:20260302T100000Z\n" + lines + boss + "ATTENDEE;RSVP=TRUE:mailto:ann@example.org\nEND:VTODO"
	}
	stored := object(t, strings.Replace(task("SUMMARY:Write\nPERCENT-COMPLETE:80\nCOMPLETED:20260201T000000Z\n"), "RSVP=TRUE", "PARTSTAT=IN-PROCESS", 1))
	got, err := Merge(stored, object(t, "METHOD:REQUEST\n"+task("SUMMARY:Write it\nPERCENT-COMPLETE:10\nSTATUS:IN-PROCESS\n")), ann)
	if err != nil {
		t.Fatal(err)
	}
	lines(t, content(got), []string{"PERCENT-COMPLETE:80", "COMPLETED:20260201T000000Z", "SUMMARY:Write it", "STATUS:IN-PROCESS"}, []string{"PERCENT-COMPLETE:10"})
	if is := standings(got); is != "ann=IN-" {
		t.Errorf("got %s", is)
	}
}
