package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestInformed: ann's copy learns how the others have answered, and nothing else.
func TestInformed(t *testing.T) {
	const (
		own    = boss + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org\n"
		bobs   = own + "ATTENDEE;RSVP=TRUE:mailto:bob@example.org\n"
		said   = boss + "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org\nATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@example.org\n"
		wed    = "SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDTEND:20260304T100000Z\n"
		series = daily5
	)
	tests := []struct {
		name, copied, organizers string
		want                     string
		err                      error
	}{
		{"another one's answer, and not his own", series + bobs, series + said, "ann=ACC bob=TEN", nil},
		{"an instance that was answered differently", series + bobs, series + people + "\n---\n" + wed + said, "ann=ACC bob=NEE | 0304 ann=ACC bob=TEN", nil},
		{"an instance in which only he answered", series + bobs, series + people + "\n---\n" + wed + boss + "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org\nATTENDEE:mailto:bob@example.org", "ann=ACC bob=NEE", nil},
		{"this and later ones", series + bobs, series + people + "\n---\n" + strings.Replace(wed, "RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:", 1) + said, "ann=ACC bob=NEE | 0304+ ann=ACC bob=TEN", nil},
		{"an override he has", series + bobs + "\n---\n" + wed + bobs, series + said, "ann=ACC bob=TEN | 0304 ann=ACC bob=TEN", nil},
		{"an instance he does not have", series + "EXDATE:20260304T090000Z\n" + bobs, series + people + "\n---\n" + wed + said, "ann=ACC bob=NEE", nil},
		{"only instances", movedTue + bobs, series + people + "\n---\n" + movedTue + said, "0303 ann=ACC bob=TEN", nil},
		{"somebody he is not shown", series + own, series + said, "ann=ACC", nil},
		{"a delegate of somebody he is shown", series + bobs, series + boss + "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:bob@example.org\n" +
			"ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM=\"mailto:bob@example.org\":mailto:dan@example.org", "ann=ACC bob=DEL dan=ACC", nil},
		{"his own delegate", series + own, series + boss + "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:ann@example.org\n" +
			"ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM=\"mailto:ann@example.org\":mailto:dan@example.org", "ann=ACC dan=ACC", nil},
		{"a member of a list he is shown", series + own + "ATTENDEE:mailto:list@example.org\n", series + boss + "ATTENDEE:mailto:list@example.org\nATTENDEE;PARTSTAT=ACCEPTED;MEMBER=\"mailto:list@example.org\":mailto:dan@example.org", "ann=ACC list=NEE dan=ACC", nil},
		{"asked again", strings.Replace(series, "SEQUENCE:1", "SEQUENCE:0", 1) + strings.Replace(bobs, "RSVP=TRUE", "PARTSTAT=ACCEPTED", 1), series + people, "ann=ACC bob=NEE", nil},
		{"a copy that is newer", strings.Replace(series, "SEQUENCE:1", "SEQUENCE:2", 1) + bobs, series + said, "ann=ACC bob=NEE", nil},
		{"a later answer", series + "X-USHER-ANSWER:1 20260103T000000Z bob@example.org\n" + strings.Replace(bobs, "RSVP=TRUE", "PARTSTAT=DECLINED", 1), series + "X-USHER-ANSWER:1 20260102T000000Z bob@example.org\n" + said, "ann=ACC bob=DEC", nil},
		{"another organizer", series + bobs, series + strings.Replace(said, "boss@", "eve@", 1), "", ErrTakeover},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			copied, organizers := object(t, tt.copied), object(t, tt.organizers)
			before, theirs := copied.Encode(), organizers.Encode()
			got, err := Informed(copied, organizers, ann)
			if !bytes.Equal(copied.Encode(), before) || !bytes.Equal(organizers.Encode(), theirs) {
				t.Error("an argument was changed")
			}
			if !errors.Is(err, tt.err) || (err == nil) != (got != nil) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			if is := standings(reparse(t, got)); is != tt.want {
				t.Errorf("\n got %s\nwant %s\n%s", is, tt.want, got.Encode())
			}
			if again, err := Informed(got, organizers, ann); err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v\n%s\nthen\n%s", err, got.Encode(), again.Encode())
			}
		})
	}
}

// TestInformedOfAnswersOnly: what somebody wrote to the organizer, how it reached him, and his other details stay his.
func TestInformedOfAnswersOnly(t *testing.T) {
	copied := object(t, daily5+"SUMMARY:Talk\n"+boss+"ATTENDEE;X-OWN=1;PARTSTAT=ACCEPTED:mailto:ann@example.org\nATTENDEE;CN=Bob;RSVP=TRUE;ROLE=CHAIR:mailto:bob@example.org")
	organizers := object(t, daily5+"SUMMARY:Secret\n"+boss+"X-USHER-ANSWER:1 - bob@example.org\n"+
		"ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org\nATTENDEE;CN=Robert;PARTSTAT=ACCEPTED;X-NUM-GUESTS=2;X-RESPONSE-COMMENT=ill;SCHEDULE-STATUS=2.0:mailto:bob@example.org")
	got, err := Informed(copied, organizers, ann)
	if err != nil {
		t.Fatal(err)
	}
	lines := got.Master().All("ATTENDEE")
	if is, want := lines[0].String(), "ATTENDEE;X-OWN=1;PARTSTAT=ACCEPTED:mailto:ann@example.org"; is != want {
		t.Errorf("his own is\n%s, want\n%s", is, want)
	}
	if is, want := lines[1].String(), "ATTENDEE;CN=Bob;ROLE=CHAIR;PARTSTAT=ACCEPTED;X-NUM-GUESTS=2:mailto:bob@example.org"; is != want {
		t.Errorf("the other one's is\n%s, want\n%s", is, want)
	}
	if is := got.Master().answerRecord(bob); is != organizers.Master().answerRecord(bob) || got.Master().answerRecord(ann).known {
		t.Errorf("when it was answered: %+v", is)
	}
	got.Master().Remove("ATTENDEE", answerProperty)
	copied.Master().Remove("ATTENDEE")
	if !SameContent(got, copied) {
		t.Errorf("more was changed:\n%s", got.Encode())
	}
}
