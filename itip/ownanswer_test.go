package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// S5546_28: what the copy says of its owner is what his REPLY makes of the organizer's object.
func TestOwnAnswerIsWhatTheOrganizerHears(t *testing.T) {
	const day1 = "SEQUENCE:1\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"
	wed, now := at("2026-03-04T09:00"), at("2026-02-01")
	whole := func(partstat string) func(*testing.T, *Object) *Object {
		return func(_ *testing.T, request *Object) *Object { return Reply(request, ann, partstat, now, "why") }
	}
	part := func(t *testing.T, request *Object) *Object {
		r, err := ReplyEach(request, ann, Said{Partstat: Accepted}, []Said{{Instance: wed, Partstat: Declined, Code: "2.8"}}, now)
		must(t, err)
		return r
	}
	onlyPart := func(t *testing.T, request *Object) *Object {
		r := part(t, request)
		r.keep(func(c *Component) bool { return c.Has("RECURRENCE-ID") })
		return r
	}
	passedOn := func(t *testing.T, request *Object) *Object {
		r, _, err := Delegate(request, User{Address: ann, RSVP: true}, User{Address: dan, Name: "Dan"}, now, "")
		must(t, err)
		return r
	}
	movedPeople := movedTue + people
	tests := []struct {
		name, request string
		reply         func(*testing.T, *Object) *Object
		want          string
		free          string // starts of what takes no time
	}{
		{"accepted", day1 + people, whole(Accepted), "ann=ACC bob=NEE", ""},
		{"declined", day1 + people, whole(Declined), "ann=DEC bob=NEE", "0302T1000"},
		{"series with an override", daily5 + people + "\n---\n" + movedPeople, whole(Tentative), "ann=TEN bob=NEE | 0303 ann=TEN bob=NEE", ""},
		{"series declined with its override", daily5 + people + "\n---\n" + movedPeople, whole(Declined), "ann=DEC bob=NEE | 0303 ann=DEC bob=NEE", "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000"},
		{"D_13 one instance declined", daily5 + people, part, "ann=ACC bob=NEE | 0304 ann=DEC bob=NEE", "0304T1000"},
		{"one instance alone declined", daily5 + people, onlyPart, "ann=NEE bob=NEE | 0304 ann=DEC bob=NEE", "0304T1000"},
		{"invited to one instance", movedPeople, whole(Declined), "0303 ann=DEC bob=NEE", "0303T1200"},
		{"this and future", daily5 + people + "\n---\n" + strings.Replace(movedPeople, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1), whole(Accepted), "ann=ACC bob=NEE | 0303+ ann=ACC bob=NEE", ""},
		{"S5546_21 delegated", day1 + people, passedOn, "ann=DEL bob=NEE dan=NEE", ""},
		{"S5546_53 by a list", day1 + boss + "ATTENDEE;CUTYPE=GROUP:mailto:list@example.org", whole(Declined), "list=NEE ann=DEC", "0302T1000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			organizer := object(t, tt.request)
			request := Message(organizer, "REQUEST", at("2026-01-31"))
			stored, err := Merge(nil, request, ann)
			must(t, err)
			reply := reparse(t, tt.reply(t, request))
			before, said := stored.Encode(), reply.Encode()
			got, err := OwnAnswer(stored, reply)
			must(t, err)
			if !bytes.Equal(before, stored.Encode()) || !bytes.Equal(said, reply.Encode()) {
				t.Error("an argument was changed")
			}
			heard, _, err := Answered(organizer, reply, func(User) bool { return true })
			must(t, err)
			if is := standings(reparse(t, got)); is != tt.want || is != standings(heard) {
				t.Errorf("\n got %s\nwant %s\norganizer %s", is, tt.want, standings(heard))
			}
			if is := free(t, got); is != tt.free {
				t.Errorf("free %s, want %s", is, tt.free)
			}
			lines(t, content(got), nil, []string{"SCHEDULE-STATUS", "X-USHER", "REQUEST-STATUS", "COMMENT"})
			if again, err := OwnAnswer(got, reply); err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

// free lists when something of an object takes place that takes no time.
func free(t *testing.T, o *Object) string {
	t.Helper()
	is, err := o.Instances(at("2026-03-01"), at("2026-04-01"), berlin)
	must(t, err)
	var out []string
	for _, i := range is {
		if i.Transparent {
			out = append(out, i.Start.In(berlin).Format("0102T1504"))
		}
	}
	return strings.Join(out, " ")
}

func TestOwnAnswer(t *testing.T) {
	const day1 = "SEQUENCE:1\nDTSTART:20260302T090000Z\nDURATION:PT1H\n"
	stored := object(t, day1+strings.Replace(invited, "RSVP=TRUE", "RSVP=TRUE;PARTSTAT=DECLINED;CN=Ann", 1)+"TRANSP:TRANSPARENT")
	got, err := OwnAnswer(stored, Reply(stored, ann, Accepted, at("2026-02-01"), ""))
	must(t, err)
	lines(t, content(got), []string{"ATTENDEE;RSVP=TRUE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@example.org"}, []string{"TRANSPARENT"})

	_, err = OwnAnswer(stored, object(t, "METHOD:REPLY\nSEQUENCE:0\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org"))
	if !errors.Is(err, ErrOutdated) {
		t.Errorf("S5546_07 an answer to an older version: %v", err)
	}
	newer := object(t, daily5+people+"\n---\n"+strings.Replace(movedTue, "SEQUENCE:1", "SEQUENCE:3", 1)+people)
	got, err = OwnAnswer(newer, Reply(object(t, daily5+people+"\n---\n"+movedTue+people), ann, Accepted, at("2026-02-01"), ""))
	if err != nil || standings(got) != "ann=ACC bob=NEE | 0303 ann=NEE bob=NEE" {
		t.Errorf("S5546_07 an instance of a newer version: %v %s", err, standings(got))
	}
	_, err = OwnAnswer(object(t, movedTue+people), object(t, "METHOD:REPLY\nSEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org"))
	if !errors.Is(err, ErrNoInstance) {
		t.Errorf("the series, of which one instance is stored: %v", err)
	}
}

func TestS5546_71_OwnAnswerToATask(t *testing.T) {
	task := "BEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\nSEQUENCE:1\nDUE:20260302T100000Z\n" + boss + "ATTENDEE;RSVP=TRUE:mailto:ann@example.org\nEND:VTODO"
	stored := object(t, task)
	for _, partstat := range []string{Declined, Completed} {
		reply := Reply(stored, ann, partstat, time.Time{}, "")
		reply.Scheduled()[0].Add(Prop{Name: "PERCENT-COMPLETE", Value: "100"})
		got, err := OwnAnswer(stored, reply)
		must(t, err)
		if is := standings(got); is != "ann="+partstat[:3] {
			t.Errorf("%s: %s", partstat, is)
		}
		lines(t, content(reparse(t, got)), []string{"PERCENT-COMPLETE:100"}, []string{"TRANSP"})
	}
}
