package itip

import (
	"fmt"
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	organizer := object(t, daily5+people+"ATTENDEE;PARTSTAT=ACCEPTED:mailto:boss@example.org\nATTENDEE;CUTYPE=GROUP:mailto:list@example.org\n"+
		"ATTENDEE;ROLE=NON-PARTICIPANT:mailto:eve@example.org\nATTENDEE:urn:somebody\nATTENDEE;RSVP=TRUE:mailto:zoe@example.org")
	for i, reply := range []string{
		"SEQUENCE:1\nCOMMENT:Gladly\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org",
		"SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nCOMMENT:Away\nATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org",
		"SEQUENCE:1\nRECURRENCE-ID:20260303T090000Z\nATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@example.org",
		"SEQUENCE:1\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:bob@example.org",
	} {
		var err error
		organizer, _, err = Answered(organizer, object(t, "METHOD:REPLY\n"+reply), nil)
		if err != nil {
			t.Fatal(i, err)
		}
	}
	shown := func(tally Tally) string {
		var all []string
		for _, p := range tally {
			s := p.Address.Local() + "=" + p.Partstat[:3]
			if !p.Instance.IsZero() {
				s = p.Instance.UTC().Format("0102T1504 ") + s
			}
			if p.Comment != "" {
				s += fmt.Sprintf(" %q", p.Comment)
			}
			all = append(all, s)
		}
		return strings.Join(all, ", ")
	}
	tally := TallyOf(reparse(t, organizer))
	for _, tt := range []struct {
		name string
		is   Tally
		want string
	}{
		{"all", tally, `ann=ACC "Gladly", bob=DEL, zoe=NEE, dan=NEE, 0303T0900 bob=TEN, 0304T0900 ann=DEC "Away"`},
		{"accepted or declined", tally.With(Accepted, Declined), `ann=ACC "Gladly", 0304T0900 ann=DEC "Away"`},
		{"pending", tally.Pending(), "zoe=NEE, dan=NEE"},
		{"nobody", TallyOf(object(t, daily5)), ""},
		{"cancelled instances", TallyOf(object(t, daily5+people+"\n---\nSTATUS:CANCELLED\n"+movedTue+strings.Replace(people, "RSVP=TRUE:mailto:ann", "PARTSTAT=DECLINED:mailto:ann", 1))), "ann=NEE, bob=NEE"},
		{"single instances", TallyOf(object(t, movedTue+people)), "0303T0900 ann=NEE, 0303T0900 bob=NEE"},
	} {
		if got := shown(tt.is); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	if tally.Waits(ann, bob) || !tally.Waits(ann, dan) {
		t.Error("whom it waits for")
	}
}
