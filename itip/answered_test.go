package itip

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"usher/address"
)

const (
	boss   = "ORGANIZER:mailto:boss@example.org\n"
	people = boss + "ATTENDEE;RSVP=TRUE:mailto:ann@example.org\nATTENDEE;RSVP=TRUE;ROLE=CHAIR:mailto:bob@example.org\n"
	ann    = address.Address("ann@example.org")
	bob    = address.Address("bob@example.org")
	dan    = address.Address("dan@example.org")
)

// standings writes who stands where in each component: "ann A bob N", components separated by " | ", each with
// the day of its RECURRENCE-ID.
func standings(o *Object) string {
	var all []string
	z := o.Zones(nil)
	for _, c := range o.Scheduled() {
		var one []string
		if id, future, err := z.recurrenceID(c); c.Has("RECURRENCE-ID") && err == nil {
			day := id.zone.time(id.at).Format("0102")
			if future {
				day += "+"
			}
			one = append(one, day)
		}
		for _, u := range c.Attendees() {
			one = append(one, u.Address.Local()+"="+u.Partstat[:3])
		}
		all = append(all, strings.Join(one, " "))
	}
	return strings.Join(all, " | ")
}

func TestAnswered(t *testing.T) {
	series := daily5 + people
	tests := []struct {
		name, stored, reply string
		want                string
		err                 error
	}{
		{"S5546_30 one answers", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:Ann@Example.org", "ann=ACC bob=NEE", nil},
		{"D_01 with another ORGANIZER or none", series, "SEQUENCE:1\nORGANIZER:mailto:room@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "ann=ACC bob=NEE", nil},
		{"S5546_07 to an older SEQUENCE", series, "SEQUENCE:0\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "", ErrOutdated},
		{"S5546_32 an instance without override", series, "SEQUENCE:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260304T100000\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0304 ann=NEE bob=DEC", nil},
		{"S5545_25 by its instant", series, "SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0304 ann=NEE bob=DEC", nil},
		{"S5545_25 by its day", series, "SEQUENCE:1\nRECURRENCE-ID;VALUE=DATE:20260304\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0304 ann=NEE bob=DEC", nil},
		{"S5546_32 the first instance", series, "SEQUENCE:1\nRECURRENCE-ID:20260302T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0302 ann=NEE bob=DEC", nil},
		{"S5546_32 an RDATE", series + "RDATE;VALUE=PERIOD:20260320T090000Z/PT3H", "SEQUENCE:1\nRECURRENCE-ID:20260320T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0320 ann=NEE bob=DEC", nil},
		{"S5546_32 an existing override", series + "\n---\n" + movedTue + people, "SEQUENCE:1\nRECURRENCE-ID:20260303T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0303 ann=NEE bob=DEC", nil},
		{"S5546_32 no such instance", series, "SEQUENCE:1\nRECURRENCE-ID:20260304T093000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "", ErrNoInstance},
		{"S5545_28 excluded instance", series + "EXDATE:20260304T090000Z", "SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "", ErrNoInstance},
		{"one of two instances", series, "SEQUENCE:1\nRECURRENCE-ID:20260304T093000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org\n---\nSEQUENCE:1\nRECURRENCE-ID:20260305T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org",
			"ann=NEE bob=NEE | 0305 ann=NEE bob=DEC", nil},
		{"D_13 series and instances in one", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org\n---\nSEQUENCE:1\nRECURRENCE-ID:20260305T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org",
			"ann=NEE bob=ACC | 0305 ann=NEE bob=DEC", nil},
		{"this and future", series, "SEQUENCE:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ann=NEE bob=NEE | 0304+ ann=NEE bob=DEC", nil},
		{"single event by its start", "DTSTART:20260302T090000Z\n" + people, "RECURRENCE-ID:20260302T090000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "ann=ACC bob=NEE", nil},
		{"series although only instances are stored", movedTue + people, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "", ErrNoInstance},
		{"D_03 stranger", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.org", "", ErrNotListed},
		{"D_03 member of a list", series, "SEQUENCE:1\nATTENDEE;MEMBER=\"mailto:list@example.org\";PARTSTAT=ACCEPTED:mailto:member@example.org", "ann=NEE bob=NEE member=ACC", nil},
		{"S5546_50 delegate first", series, "SEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\";PARTSTAT=ACCEPTED:mailto:dan@example.org", "ann=DEL bob=NEE dan=ACC", nil},
		{"S5546_50 delegate of a stranger", series, "SEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:eve@example.org\";PARTSTAT=ACCEPTED:mailto:dan@example.org", "", ErrNotListed},
		{"S5546_21 delegator", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:ann@example.org\nATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\":mailto:dan@example.org", "ann=DEL bob=NEE dan=NEE", nil},
		{"ERR_01 delegator alone", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:ann@example.org", "ann=DEL bob=NEE dan=NEE", nil},
		{"S5546_46 delegate and delegator", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dan@example.org\":mailto:ann@example.org\nATTENDEE;PARTSTAT=TENTATIVE;DELEGATED-FROM=\"mailto:ann@example.org\":mailto:dan@example.org", "ann=DEL bob=NEE dan=TEN", nil},
		{"S5546_47 delegate declines", series, "SEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\";PARTSTAT=DECLINED:mailto:dan@example.org", "ann=NEE bob=NEE dan=DEC", nil},
		{"S6047_01 several answer", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "", ErrAnswerer},
		{"S6047_01 each component another", series, "SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org\n---\nRECURRENCE-ID:20260304T090000Z\nSEQUENCE:1\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "", ErrAnswerer},
		{"S5546_33 could not be dealt with", series, "SEQUENCE:1\nREQUEST-STATUS:3.7;Unknown user\nATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org", "ann=NEE bob=NEE", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored, reply := object(t, tt.stored), object(t, "METHOD:REPLY\n"+tt.reply)
			before, said := stored.Encode(), reply.Encode()
			got, answers, err := Answered(stored, reply, func(u User) bool { return u.Prop.Param("MEMBER") != "" })
			if !bytes.Equal(stored.Encode(), before) || !bytes.Equal(reply.Encode(), said) {
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
			if len(answers) != len(reply.Scheduled()) {
				t.Errorf("%d answers", len(answers))
			}
			again, _, err := Answered(got, reply, func(User) bool { return false })
			if err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v\n%s\nthen\n%s", err, got.Encode(), again.Encode())
			}
		})
	}
}

// What the organizer wrote stays as it is, and what the attendee says of himself is taken.
func TestS5546_30_OnlyTheAnswerIsTaken(t *testing.T) {
	stored := object(t, daily5+"SUMMARY:Talk\n"+boss+"ATTENDEE;CN=Ann;ROLE=OPT-PARTICIPANT;RSVP=TRUE;X-OWN=1:mailto:ann@example.org")
	reply := object(t, "METHOD:REPLY\nSEQUENCE:1\nSUMMARY:Accepted: Talk\nDTSTART:20270101T000000Z\nCOMMENT:see\\nyou\nREQUEST-STATUS:2.0;ok\nREQUEST-STATUS:2.8;single only\n"+
		"ATTENDEE;CN=Mallory;ROLE=CHAIR;X-NUM-GUESTS=2;SENT-BY=\"mailto:sec@example.org\";PARTSTAT=ACCEPTED:mailto:ann@example.org")
	got, answers, err := Answered(stored, reply, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `ATTENDEE;CN=Ann;ROLE=OPT-PARTICIPANT;X-OWN=1;PARTSTAT=ACCEPTED;SENT-BY="mailto:sec@example.org";X-NUM-GUESTS=2;X-RESPONSE-COMMENT=see^nyou;SCHEDULE-STATUS="2.0,2.8":mailto:ann@example.org`
	if p, _ := got.Master().Prop("ATTENDEE"); p.String() != want {
		t.Errorf("\n got %s\nwant %s", p, want)
	}
	if a := answers[0]; a.Attendee != ann || a.Was != NeedsAction || a.Is != Accepted || a.Comment != "see\nyou" || fmt.Sprint(a.Status) != "[2.0 2.8]" || a.Percent != -1 || a.Added || !a.Instance.IsZero() {
		t.Errorf("%+v", a)
	}
	differences := got.Clone()
	differences.Master().Remove("ATTENDEE", answerProperty)
	stored.Master().Remove("ATTENDEE")
	if !SameContent(differences, stored) {
		t.Errorf("more was changed:\n%s", got.Encode())
	}
}

func TestS5546_09_OlderAnswersAreIgnored(t *testing.T) {
	reply := func(stamp, partstat, id string) *Object {
		return object(t, "METHOD:REPLY\nDTSTAMP:2026010"+stamp+"T000000Z\nSEQUENCE:1\n"+id+"ATTENDEE;PARTSTAT="+partstat+":mailto:ann@example.org")
	}
	const third = "RECURRENCE-ID:20260304T090000Z\n"
	tests := []struct {
		name    string
		replies []*Object
		last    error
		want    string
	}{
		{"later", []*Object{reply("2", Accepted, ""), reply("3", Declined, "")}, nil, "ann=DEC bob=NEE"},
		{"earlier", []*Object{reply("3", Accepted, ""), reply("2", Declined, "")}, ErrOutdated, "ann=ACC bob=NEE"},
		{"per instance", []*Object{reply("3", Accepted, ""), reply("2", Declined, third)}, nil, "ann=ACC bob=NEE | 0304 ann=DEC bob=NEE"},
		{"earlier for that instance", []*Object{reply("3", Accepted, third), reply("2", Declined, third)}, ErrOutdated, "ann=NEE bob=NEE | 0304 ann=ACC bob=NEE"},
		{"an instance that was answered stays", []*Object{reply("2", Declined, third), reply("3", Accepted, "")}, nil, "ann=ACC bob=NEE | 0304 ann=DEC bob=NEE"},
	}
	for _, tt := range tests {
		stored := object(t, daily5+people)
		var err error
		for _, r := range tt.replies {
			var next *Object
			if next, _, err = Answered(stored, r, nil); err == nil {
				stored = reparse(t, next)
			}
		}
		if !errors.Is(err, tt.last) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := standings(stored); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestS5546_72_TaskProgress(t *testing.T) {
	task := func(lines string) string {
		return "BEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\n" + lines + "END:VTODO"
	}
	stored := object(t, task("DUE:20260302T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nSTATUS:NEEDS-ACTION\n"+people))
	reply := object(t, "METHOD:REPLY\n"+task("RECURRENCE-ID:20260309T100000Z\nPERCENT-COMPLETE:40\nSTATUS:IN-PROCESS\nATTENDEE;PARTSTAT=IN-PROCESS:mailto:ann@example.org\n"))
	got, answers, err := Answered(stored, reply, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := answers[0]; a.Percent != 40 || a.Is != InProcess || !a.Instance.Equal(at("2026-03-09T10:00")) {
		t.Errorf("%+v", a)
	}
	if is := standings(reparse(t, got)); is != "ann=NEE bob=NEE | 0309 ann=IN- bob=NEE" {
		t.Errorf("got %s", is)
	}
	override := got.Overrides()[0]
	if override.Text("DUE") != "20260309T100000Z" || override.Has("PERCENT-COMPLETE") || override.Text("STATUS") != NeedsAction {
		t.Errorf("override:\n%s", got.Encode())
	}
}

// A REPLY may not make an object that cannot be read any more.
func TestS6638_16_AnswersAreBounded(t *testing.T) {
	lines := daily5 + boss
	for n := range MaxAttendees {
		lines += fmt.Sprintf("ATTENDEE:mailto:p%d@example.org\n", n)
	}
	stored := object(t, lines)
	reply := object(t, "METHOD:REPLY\nSEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:p1@example.org\";PARTSTAT=ACCEPTED:mailto:dan@example.org")
	if got, _, err := Answered(stored, reply, nil); !errors.Is(err, ErrTooLarge) || got != nil {
		t.Errorf("one attendee more: %v", err)
	}
	if _, _, err := Answered(stored, object(t, "METHOD:REPLY\nSEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:p7@example.org"), nil); err != nil {
		t.Errorf("one of them: %v", err)
	}
}

// The record of an answer is of no use to anybody who writes a mail.
func TestAnswerRecordSurvivesAndIsNotBelieved(t *testing.T) {
	stored := object(t, daily5+people)
	got, _, err := Answered(stored, object(t, "METHOD:REPLY\nSEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := answerRecord{1, at("2026-01-01"), true}
	if is := reparse(t, got).Master().answerRecord(ann); is != want {
		t.Errorf("record %v", is)
	}
	forged := object(t, "METHOD:REQUEST\n"+daily5+people+"X-USHER-ANSWER:99 20990101T000000Z ann@example.org")
	taken, err := Update(nil, forged)
	if err != nil || taken.Master().answerRecord(ann).known {
		t.Errorf("%v\n%s", err, taken.Encode())
	}
}

// What a message with many instances costs must not grow with their square.
func TestAnswersToManyInstances(t *testing.T) {
	stored := object(t, "SEQUENCE:1\nDTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"+people)
	var reply, cancel strings.Builder
	const many = 1500
	for n := range many {
		id := "SEQUENCE:1\nRECURRENCE-ID:" + at("2026-03-02T09:00").AddDate(0, 0, n).Format("20060102T150405Z") + "\n"
		fmt.Fprintf(&reply, "%sATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org\n---\n", id)
		fmt.Fprintf(&cancel, "%s%s---\n", id, boss)
	}
	got, answers, err := Answered(stored, object(t, "METHOD:REPLY\n"+strings.TrimSuffix(reply.String(), "---\n")), nil)
	if err != nil || len(got.Overrides()) != many || answers[many-1].Is != Accepted {
		t.Errorf("%d answers, %v", len(answers), err)
	}
	struck, err := Struck(stored, object(t, "METHOD:CANCEL\n"+strings.TrimSuffix(cancel.String(), "---\n")))
	if err != nil || len(struck.Overrides()) != many {
		t.Errorf("struck: %v", err)
	}
}
