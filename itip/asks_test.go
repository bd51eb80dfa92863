package itip

import (
	"strings"
	"testing"
)

func TestS5546_19_Asks(t *testing.T) {
	const day1 = "DTSTART:20260302T090000Z\nDURATION:PT1H\n"
	line := func(params string) string { return boss + "ATTENDEE" + params + ":mailto:ann@example.org\n" }
	asked, accepted := line(";RSVP=TRUE"), line(";PARTSTAT=ACCEPTED")
	passed := line(`;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@example.org"`)
	dan := func(partstat string) string {
		return "ATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\";PARTSTAT=" + partstat + ":mailto:dan@example.org\n"
	}
	later := "SEQUENCE:2\n" + strings.Replace(day1, "T09", "T11", 1)
	tests := []struct {
		name, stored, request string
		want                  bool
	}{
		{"new, with RSVP", "", day1 + line(";RSVP=TRUE;PARTSTAT=ACCEPTED"), true},
		{"new, to be answered", "", day1 + line(""), true},
		{"new, answered", "", day1 + accepted, false},
		{"new, to be known only", "", day1 + line(";ROLE=NON-PARTICIPANT"), false},
		{"new, for somebody else", "", day1 + boss + "ATTENDEE;RSVP=TRUE:mailto:bob@example.org", false},
		{"new, for one instance", "", movedTue + asked, true},
		{"another instance", movedTue + accepted, movedWed + asked, true},
		{"the series behind an instance", movedTue + accepted, daily5 + asked, true},
		{"a series answered elsewhere behind an instance", movedTue + accepted, daily5 + accepted, false},
		{"details", "SEQUENCE:1\n" + day1 + accepted, "SEQUENCE:2\n" + day1 + asked + "SUMMARY:New", false},
		{"another time", "SEQUENCE:1\n" + day1 + accepted, later + asked, true},
		{"another time, without RSVP", "SEQUENCE:1\n" + day1 + accepted, later + line(""), true},
		{"DEV_09 another time, the same SEQUENCE", "SEQUENCE:2\n" + day1 + accepted, strings.Replace(later, "SEQUENCE", "DTSTAMP:20260102T000000Z\nSEQUENCE", 1) + asked, true},
		{"another time, and the copy did not name him", "SEQUENCE:1\n" + day1 + boss, later + accepted, false},
		{"another time, older", "SEQUENCE:3\n" + day1 + accepted, later + asked, false},
		{"S6638_17 another organizer", "SEQUENCE:1\n" + day1 + accepted, later + strings.Replace(asked, "boss", "eve", 1), false},
		{"more instances", daily5 + accepted, strings.NewReplacer("SEQUENCE:1", "SEQUENCE:2", "COUNT=5", "COUNT=6").Replace(daily5) + asked, true},
		{"S6638_08 fewer instances", daily5 + accepted, strings.NewReplacer("SEQUENCE:1", "SEQUENCE:2", "COUNT=5", "COUNT=4").Replace(daily5) + asked, false},
		{"an instance that the person took out", daily5 + accepted + "EXDATE:20260304T090000Z", strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + asked, false},
		{"an instance moves", daily5 + accepted, strings.Replace(movedTue, "SEQUENCE:1", "SEQUENCE:2", 1) + asked, true},
		{"an instance has another title", daily5 + accepted, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDURATION:PT1H\nSUMMARY:x\n" + asked, false},
		{"an instance is added", daily5 + accepted, "METHOD:ADD\nSEQUENCE:2\nDTSTART:20260310T090000Z\nDURATION:PT1H\n" + asked, true},
		{"it takes place after all", "SEQUENCE:1\nSTATUS:CANCELLED\n" + day1 + accepted, "SEQUENCE:2\n" + day1 + asked, true},
		{"S5546_48 it moves, the delegate is asked", "SEQUENCE:1\n" + day1 + passed, later + passed + dan("NEEDS-ACTION"), false},
		{"S5546_47 the delegate declined", "SEQUENCE:1\n" + day1 + passed, "SEQUENCE:1\nDTSTAMP:20260102T000000Z\n" + day1 + asked + dan("DECLINED"), true},
		{"the organizer does not know of the delegate yet", "SEQUENCE:1\n" + day1 + passed, "SEQUENCE:1\nDTSTAMP:20260102T000000Z\n" + day1 + asked, false},
	}
	for _, tt := range tests {
		var stored *Object
		if tt.stored != "" {
			stored = object(t, tt.stored)
		}
		if !strings.HasPrefix(tt.request, "METHOD") {
			tt.request = "METHOD:REQUEST\n" + tt.request
		}
		if got := Asks(stored, object(t, tt.request), ann); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
