package itip

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// S6638_13: answers to the organizer reach the copy of another attendee, ann.
func TestInformedOfAnswers(t *testing.T) {
	const day1 = "SEQUENCE:1\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"
	series, own := daily5+people, daily5+annsOwn
	wed, now := at("2026-03-04T09:00"), at("2026-02-01")
	says := func(lines string) func(*testing.T, *Object) *Object {
		return func(t *testing.T, _ *Object) *Object {
			return object(t, "METHOD:REPLY\nDTSTAMP:20260201T000000Z\n"+lines)
		}
	}
	accepts := says("SEQUENCE:1\nCOMMENT:secret\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org")
	declinesWed := says("SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org")
	both := func(t *testing.T, o *Object) *Object {
		r, err := ReplyEach(o, bob, Said{Partstat: Accepted}, []Said{{Instance: wed, Partstat: Declined}}, now)
		must(t, err)
		return r
	}
	delegates := func(t *testing.T, o *Object) *Object {
		r, _, err := Delegate(o, User{Address: bob}, User{Address: dan}, now, "")
		must(t, err)
		return r
	}
	danAccepts := says("SEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:bob@example.org\";PARTSTAT=ACCEPTED:mailto:dan@example.org")
	tests := []struct {
		name, copy, organizer string
		reply                 func(*testing.T, *Object) *Object
		want                  string // "" is no change
	}{
		{"the whole", day1 + annsOwn, day1 + people, accepts, "ann=ACC bob=ACC"},
		{"a series", own, series, accepts, "ann=ACC bob=ACC"},
		{"a series with an instance of the copy's own", own + "\n---\nSEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T090000Z\nDURATION:PT1H\n" + strings.Replace(annsOwn, "ACCEPTED", "DECLINED", 1), series, accepts, "ann=ACC bob=ACC | 0304 ann=DEC bob=ACC"},
		{"an instance", own, series, declinesWed, "ann=ACC bob=NEE | 0304 ann=ACC bob=DEC"},
		{"S5545_26 this and future", own, series, says("SEQUENCE:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org"), "ann=ACC bob=NEE | 0304+ ann=ACC bob=DEC"},
		{"series and instance", own, series, both, "ann=ACC bob=ACC | 0304 ann=ACC bob=DEC"},
		{"an instance that she took out", own + "EXDATE:20260304T090000Z", series, declinesWed, ""},
		{"only that instance is stored", movedWed + annsOwn, series + "\n---\n" + movedWed + people, declinesWed, "0304 ann=ACC bob=DEC"},
		{"only another one is stored", movedTue + annsOwn, series, declinesWed, ""},
		{"only an instance is stored, the series is answered", movedTue + annsOwn, series + "\n---\n" + movedTue + people, accepts, "0303 ann=ACC bob=ACC"},
		{"an older copy", strings.Replace(own, "SEQUENCE:1", "SEQUENCE:0", 1), series, accepts, "ann=ACC bob=ACC"},
		{"a newer copy", strings.Replace(own, "SEQUENCE:1", "SEQUENCE:2", 1), series, accepts, ""},
		{"S5546_46 delegation", own, series, delegates, "ann=ACC bob=DEL dan=NEE"},
		{"S5546_46 the delegate first", own, series, danAccepts, "ann=ACC bob=DEL dan=ACC"},
		{"the delegator's copy", strings.Replace(own, "PARTSTAT=ACCEPTED", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@example.org"`, 1) + `ATTENDEE;DELEGATED-FROM="mailto:ann@example.org":mailto:dan@example.org`,
			strings.Replace(series, "RSVP=TRUE:mailto:ann", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@example.org":mailto:ann`, 1) + `ATTENDEE;DELEGATED-FROM="mailto:ann@example.org":mailto:dan@example.org`,
			says("SEQUENCE:1\nATTENDEE;DELEGATED-FROM=\"mailto:ann@example.org\";PARTSTAT=DECLINED:mailto:dan@example.org"), "ann=DEL bob=NEE dan=DEC"},
		{"her own answer", strings.Replace(own, "ACCEPTED", "TENTATIVE", 1), series, says("SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org"), ""},
		{"one whom the copy does not list", day1 + boss + "ATTENDEE:mailto:ann@example.org", day1 + people, accepts, ""},
		{"D_03 one who came with the answer, of a list that the copy does not show", day1 + annsOwn, day1 + people, says("SEQUENCE:1\nATTENDEE;MEMBER=\"mailto:list@example.org\";PARTSTAT=ACCEPTED:mailto:eve@example.org"), ""},
		{"S5546_33 a failure", day1 + annsOwn, day1 + people, says("SEQUENCE:1\nREQUEST-STATUS:5.3;no\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			copied, organizer := object(t, tt.copy), object(t, tt.organizer)
			heard, _, err := Answered(organizer, reparse(t, tt.reply(t, organizer)), func(User) bool { return true })
			must(t, err)
			before, told := copied.Encode(), heard.Encode()
			got, err := Informed(copied, heard, ann)
			must(t, err)
			if !bytes.Equal(before, copied.Encode()) || !bytes.Equal(told, heard.Encode()) {
				t.Error("an argument was changed")
			}
			if tt.want == "" {
				tt.want = standings(copied)
			}
			got = reparse(t, got)
			if is := standings(got); is != tt.want {
				t.Errorf("\n got %s\nwant %s", is, tt.want)
			}
			lines(t, content(got), nil, []string{"secret", "SCHEDULE-STATUS"})
			if starts(t, got, "2026-03-01", "2026-04-01", berlin) != starts(t, copied, "2026-03-01", "2026-04-01", berlin) || got.Scheduled()[0].Text("CATEGORIES") != copied.Scheduled()[0].Text("CATEGORIES") {
				t.Errorf("more was changed:\n%s", got.Encode())
			}
			if again, err := Informed(got, heard, ann); err != nil || !SameContent(again, got) {
				t.Errorf("the second time: %v\n%s", err, again.Encode())
			}
		})
	}
}

// S5546_09: answers that come in the wrong order end in the same copy, and an organizer's message that was written before
// an answer does not take it back.
func TestAnswersOfOthersStay(t *testing.T) {
	organizer, copied := object(t, daily5+people), object(t, daily5+annsOwn)
	reply := func(partstat string, minute int) *Object {
		return Reply(organizer, bob, partstat, at("2026-02-01").Add(time.Duration(minute)*time.Minute), "")
	}
	first, _, err := Answered(organizer, reply(Accepted, 1), nil)
	must(t, err)
	second, _, err := Answered(first, reply(Declined, 2), nil)
	must(t, err)
	late, err := Informed(copied, second, ann)
	must(t, err)
	got, err := Informed(late, first, ann)
	if err != nil || standings(got) != "ann=ACC bob=DEC" {
		t.Errorf("an older answer: %v %s", err, standings(got))
	}
	request := func(stamp, lines string) *Object { return object(t, "METHOD:REQUEST\nDTSTAMP:"+stamp+"\n"+lines) }
	for _, tt := range []struct{ name, stamp, lines, want string }{
		{"written before", "20260131T000000Z", daily5 + invited, "ann=ACC bob=DEC"},
		{"written after", "20260202T000000Z", daily5 + invited, "ann=ACC bob=NEE"},
		{"another version", "20260131T000000Z", strings.Replace(daily5, "SEQUENCE:1", "SEQUENCE:2", 1) + invited, "ann=ACC bob=NEE"},
		{"no longer invited", "20260131T000000Z", daily5 + boss + "ATTENDEE:mailto:ann@example.org", "ann=ACC"},
	} {
		got, err := Merge(late, request(tt.stamp, tt.lines), ann)
		if err != nil || standings(got) != tt.want {
			t.Errorf("%s: %v %s, want %s", tt.name, err, standings(got), tt.want)
		}
	}
	delegating, _, err := Delegate(organizer, User{Address: bob}, User{Address: dan}, at("2026-02-03"), "")
	must(t, err)
	third, _, err := Answered(organizer, delegating, nil)
	must(t, err)
	got, err = Informed(copied, third, ann)
	must(t, err)
	if got, err = Merge(got, request("20260202T000000Z", daily5+invited), ann); err != nil || standings(got) != "ann=ACC bob=DEL dan=NEE" {
		t.Errorf("delegated since: %v %s", err, standings(got))
	}
}

// S5546_10: an instance that somebody else answered otherwise follows the series when that changes.
func TestAnsweredInstanceFollowsTheSeries(t *testing.T) {
	organizer := object(t, daily5+people)
	heard, _, err := Answered(organizer, object(t, "METHOD:REPLY\nDTSTAMP:20260202T000000Z\nSEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org"), nil)
	must(t, err)
	copied, err := Informed(object(t, daily5+annsOwn), heard, ann)
	must(t, err)
	got, err := Merge(copied, object(t, "METHOD:REQUEST\nDTSTAMP:20260201T000000Z\n"+daily5+strings.Replace(invited, "Talk", "Speech", 1)), ann)
	must(t, err)
	if is := standings(got); is != "ann=ACC bob=NEE | 0304 ann=ACC bob=DEC" || strings.Contains(content(got), "Talk") {
		t.Errorf("got %s\n%s", is, content(got))
	}
}
