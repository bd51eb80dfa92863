package itip

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"usher/address"
)

func TestS5546_11_71_73_Supported(t *testing.T) {
	for _, tt := range []struct {
		method, kind string
		want         bool
	}{
		{"COUNTER", Event, true}, {"DECLINECOUNTER", Todo, true}, {"ADD", Journal, true}, {"REPLY", FreeBusy, true},
		{"REQUEST", Journal, false}, {"COUNTER", Journal, false}, {"CANCEL", FreeBusy, false}, {"ADD", FreeBusy, false},
		{"", Event, false}, {"REQUEST", "X-PART", false}, {"POLLSTATUS", Event, false},
	} {
		if got := Supported(tt.method, tt.kind); got != tt.want {
			t.Errorf("Supported(%s, %s) = %v", tt.method, tt.kind, got)
		}
	}
}

// built checks what holds for every message of ours, and gives it without folds.
func built(t *testing.T, o *Object, method string) string {
	t.Helper()
	o = reparse(t, o)
	out := content(o)
	if o.Method() != method {
		t.Errorf("METHOD %s, want %s", o.Method(), method)
	}
	for _, not := range []string{"SCHEDULE-", "X-USHER", "VALARM", "https:", "X-RESPONSE-COMMENT"} { // S6638_15, S5546_14, S6047_07
		if strings.Contains(out, not) {
			t.Errorf("%s has %s\n%s", method, not, out)
		}
	}
	for _, c := range o.Scheduled() {
		if !c.Stamp().Equal(at("2026-02-01")) {
			t.Errorf("DTSTAMP %v", c.Stamp())
		}
	}
	for tzid := range usedZones(o.Scheduled()) { // S5546_13
		if o.zone(tzid) == nil {
			t.Errorf("%s without VTIMEZONE %s", method, tzid)
		}
	}
	return out
}

func lines(t *testing.T, out string, has, not []string) {
	t.Helper()
	for _, s := range has {
		if !strings.Contains(out, "\r\n"+s+"\r\n") {
			t.Errorf("no %s", s)
		}
	}
	for _, s := range not {
		if strings.Contains(out, s) {
			t.Errorf("has %s", s)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// storedSeries is as an organizer has it, with all that must not be sent.
const storedSeries = daily5 + "SUMMARY:Talk\nX-USHER-ANSWER:1 20260101T000000Z ann@example.org\nX-USHER-CAUSE:x\nX-USHER-EXDATE:1 20260101T000000Z 20260304T090000Z\nEXDATE:20260304T090000Z\nORGANIZER;SCHEDULE-AGENT=SERVER;EMAIL=boss@example.org:https://example.org/boss\n" +
	"ATTENDEE;SCHEDULE-STATUS=2.0;X-RESPONSE-COMMENT=secret;PARTSTAT=ACCEPTED:mailto:ann@example.org\nATTENDEE;RSVP=TRUE;ROLE=CHAIR:mailto:bob@example.org\n" + alarmOfBoss

func TestMessage(t *testing.T) {
	stored := object(t, storedSeries)
	before := stored.Encode()
	out := built(t, Message(stored, "REQUEST", at("2026-02-01")), "REQUEST")
	lines(t, out, []string{"SEQUENCE:1", "PRODID:" + ProdID, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "RRULE:FREQ=DAILY;COUNT=5"}, nil)
	if !bytes.Equal(before, stored.Encode()) {
		t.Error("the stored object was changed")
	}
}

func TestS6638_07_For(t *testing.T) {
	without := strings.Replace(people, "ATTENDEE;RSVP=TRUE:mailto:ann@example.org\n", "", 1)
	tests := []struct {
		name, stored string
		want         string // starts; "" for ErrNotListed
	}{
		{"single", "DTSTART:20260302T090000Z\nDURATION:PT1H\n" + people, "0302T1000"},
		{"not listed", daily5 + without, ""},
		{"all of a series", daily5 + people + "\n---\n" + movedTue + people, "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000"},
		{"a series without one instance", daily5 + people + "\n---\n" + movedTue + without, "0302T1000 0304T1000 0305T1000 0306T1000"},
		{"one instance alone", daily5 + without + "\n---\n" + movedTue + people + "\n---\n" + movedWed + without, "0303T1200"},
		{"a series up to where it goes on without him", daily5 + people + "\n---\n" + strings.Replace(movedTue, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1) + without, "0302T1000"},
	}
	for _, tt := range tests {
		o := object(t, tt.stored)
		before := o.Encode()
		got, err := For(o, ann)
		if tt.want == "" {
			if !errors.Is(err, ErrNotListed) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if is := starts(t, reparse(t, got), "2026-03-01", "2026-04-01", berlin); is != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, is, tt.want)
		}
		if !bytes.Equal(before, o.Encode()) {
			t.Errorf("%s: the object was changed", tt.name)
		}
	}
}

func TestS5546_21_Delegate(t *testing.T) {
	request := object(t, "METHOD:REQUEST\n"+storedSeries)
	reply, onward, err := Delegate(request, User{Address: bob}, User{Address: dan, Name: "Dan"}, at("2026-02-01"), "Dan knows")
	if err != nil {
		t.Fatal(err)
	}
	lines(t, built(t, reply, "REPLY"), []string{"SEQUENCE:1", "COMMENT:Dan knows",
		`ATTENDEE;ROLE=CHAIR;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@example.org":mailto:bob@example.org`,
		`ATTENDEE;CN=Dan;ROLE=CHAIR;RSVP=TRUE;DELEGATED-FROM="mailto:bob@example.org";PARTSTAT=NEEDS-ACTION:mailto:dan@example.org`}, []string{"ann@", "FREQ=DAILY;COUNT"})
	lines(t, built(t, onward, "REQUEST"), []string{"SEQUENCE:1", "RRULE:FREQ=DAILY;COUNT=5", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org",
		`ATTENDEE;CN=Dan;ROLE=CHAIR;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;DELEGATED-FROM="mailto:bob@example.org":mailto:dan@example.org`}, nil)
	answer := built(t, Reply(onward, dan, Accepted, at("2026-02-01"), ""), "REPLY")
	lines(t, answer, []string{`ATTENDEE;CN=Dan;ROLE=CHAIR;DELEGATED-FROM="mailto:bob@example.org";PARTSTAT=ACCEPTED:mailto:dan@example.org`}, nil) // S5546_46
}

func TestS5546_23_DelegateOfACollection(t *testing.T) {
	request := object(t, "METHOD:REQUEST\nDTSTART:20260302T090000Z\n"+boss+"ATTENDEE;CUTYPE=ROOM:mailto:rooms@example.org")
	from, to := User{Address: "rooms@example.org", Role: "NON-PARTICIPANT"}, User{Address: "blue@example.org", CUType: "ROOM"}
	reply, _, err := Delegate(request, from, to, at("2026-02-01"), "")
	if err != nil {
		t.Fatal(err)
	}
	lines(t, built(t, reply, "REPLY"), []string{`ATTENDEE;CUTYPE=ROOM;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:blue@example.org";ROLE=NON-PARTICIPANT:mailto:rooms@example.org`,
		`ATTENDEE;CUTYPE=ROOM;DELEGATED-FROM="mailto:rooms@example.org";PARTSTAT=NEEDS-ACTION:mailto:blue@example.org`}, []string{"RSVP"})
}

func TestS5546_49_DelegationEnds(t *testing.T) {
	request := object(t, "METHOD:REQUEST\nDTSTART:20260302T090000Z\n"+boss+"ATTENDEE:mailto:p0@example.org")
	who := []address.Address{"p0@example.org", "p1@example.org", "p2@example.org", "p3@example.org", "p4@example.org"}
	for n := range MaxDelegations {
		for _, back := range append([]address.Address{"boss@example.org"}, who[:n+1]...) {
			if _, _, err := Delegate(request, User{Address: who[n]}, User{Address: back}, at("2026-02-01"), ""); !errors.Is(err, ErrDelegation) {
				t.Errorf("%s to %s: %v", who[n], back, err)
			}
		}
		var err error
		if _, request, err = Delegate(request, User{Address: who[n]}, User{Address: who[n+1]}, at("2026-02-01"), ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := Delegate(request, User{Address: who[MaxDelegations]}, User{Address: who[MaxDelegations+1]}, at("2026-02-01"), ""); !errors.Is(err, ErrDelegation) {
		t.Errorf("once more: %v", err)
	}
	if _, _, err := Delegate(request, User{Address: "eve@example.org"}, User{Address: ann}, at("2026-02-01"), ""); !errors.Is(err, ErrNotListed) {
		t.Errorf("somebody not invited delegates: %v", err)
	}
}

func TestCancel(t *testing.T) {
	stored := object(t, storedSeries+"\n---\nSEQUENCE:4\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T140000Z\nDURATION:PT1H\n"+people)
	day := func(s string) []time.Time { return []time.Time{at(s)} }
	tests := []struct {
		name      string
		to        []address.Address
		instances []time.Time
		has, not  []string
	}{
		{"S5546_36 all", nil, nil, []string{"STATUS:CANCELLED", "SEQUENCE:5", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org", "ATTENDEE;ROLE=CHAIR:mailto:bob@example.org", "ORGANIZER;EMAIL=boss@example.org:mailto:boss@example.org"}, []string{"RECURRENCE-ID", "RSVP"}},
		{"S5546_37 S5546_56 one attendee", []address.Address{bob}, nil, []string{"SEQUENCE:5", "ATTENDEE;ROLE=CHAIR:mailto:bob@example.org"}, []string{"STATUS", "ann@"}},
		{"an instance", nil, day("2026-03-03T09:00"), []string{"STATUS:CANCELLED", "SEQUENCE:5", "RECURRENCE-ID;TZID=Europe/Berlin:20260303T100000", "DTSTART;TZID=Europe/Berlin:20260303T100000"}, []string{"FREQ=DAILY;COUNT"}},
		{"an instance with an override", []address.Address{ann}, day("2026-03-04T09:00"), []string{"SEQUENCE:5", "RECURRENCE-ID:20260304T090000Z", "DTSTART:20260304T140000Z"}, []string{"STATUS", "bob@"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := stored.Encode()
			cancel, err := Cancel(stored, tt.to, tt.instances, at("2026-02-01"))
			if err != nil {
				t.Fatal(err)
			}
			lines(t, built(t, cancel, "CANCEL"), tt.has, tt.not)
			if !bytes.Equal(before, stored.Encode()) {
				t.Error("the stored object was changed")
			}
		})
	}
	if _, err := Cancel(stored, nil, day("2026-03-04T09:30"), at("2026-02-01")); !errors.Is(err, ErrNoInstance) {
		t.Errorf("no such instance: %v", err)
	}
}

func TestS5546_41_Refresh(t *testing.T) {
	out := built(t, Refresh(object(t, storedSeries), ann, at("2026-02-01")), "REFRESH")
	lines(t, out, []string{"UID:u1", "ORGANIZER;EMAIL=boss@example.org:mailto:boss@example.org", "ATTENDEE:mailto:ann@example.org"}, []string{"SUMMARY", "SEQUENCE", "DTSTART", "RECURRENCE-ID", "bob@"})
	out = built(t, Refresh(object(t, movedWed+people), ann, at("2026-02-01")), "REFRESH")
	lines(t, out, []string{"RECURRENCE-ID:20260304T090000Z"}, nil)
}

func TestS5546_44_DeclineCounter(t *testing.T) {
	counter := object(t, "METHOD:COUNTER\nSEQUENCE:3\nSUMMARY:Talk\nDTSTART:20260302T150000Z\nDTEND:20260302T160000Z\n"+people)
	lines(t, built(t, DeclineCounter(counter, at("2026-02-01"), "no room"), "DECLINECOUNTER"),
		[]string{"UID:u1", "SEQUENCE:3", "COMMENT:no room", "ATTENDEE:mailto:ann@example.org"}, []string{"DTSTART", "DTEND", "RSVP"})
}

func TestD_13_ReplyEach(t *testing.T) {
	request := object(t, "METHOD:REQUEST\n"+storedSeries+"\n---\n"+movedWed+people)
	no := func(s string) Said {
		return Said{Instance: at(s), Partstat: Declined, Comment: "busy", Code: "4.0", Text: "Event conflict", Data: "DTSTART:20260303T090000Z"}
	}
	reply, err := ReplyEach(request, ann, Said{Partstat: Accepted}, []Said{no("2026-03-03T09:00"), no("2026-03-04T09:00"), no("2026-03-04T09:00")}, at("2026-02-01"))
	if err != nil {
		t.Fatal(err)
	}
	lines(t, built(t, reply, "REPLY"), []string{"REQUEST-STATUS:4.0;Event conflict;DTSTART:20260303T090000Z", "RECURRENCE-ID:20260304T090000Z", "RECURRENCE-ID;TZID=Europe/Berlin:20260303T100000", "COMMENT:busy"}, []string{"bob@", "COUNT=5"})
	if got := standings(reply); got != "ann=ACC | 0304 ann=DEC | 0303 ann=DEC" {
		t.Errorf("got %s", got)
	}
	if _, err := ReplyEach(request, ann, Said{Partstat: Accepted}, []Said{no("2026-03-03T09:30")}, at("2026-02-01")); !errors.Is(err, ErrNoInstance) {
		t.Errorf("no such instance: %v", err)
	}
	for _, codes := range []struct {
		a, b string
		ok   bool
	}{{"2.0", "4.0", true}, {"5.1", "", true}, {"", "3.7", true}, {"5.1", "5.3", true}, {"5.1", "2.0", false}, {"4.0", "3.7", false}, {"3.7", "5.1", false}, {"x", "", false}} { // S5546_66
		part := no("2026-03-03T09:00")
		part.Code = codes.b
		if _, err := ReplyEach(request, ann, Said{Partstat: Accepted, Code: codes.a}, []Said{part}, at("2026-02-01")); (err == nil) != codes.ok {
			t.Errorf("%q beside %q: %v", codes.a, codes.b, err)
		}
	}
}

// A CANCEL that lists nobody is to everybody: whoever has been taken off already is listed all the same (D-04).
func TestD_04_CancelNamesWhomItIsFor(t *testing.T) {
	stored := object(t, storedSeries)
	cancel, err := Cancel(stored, []address.Address{dan}, nil, at("2026-02-01"))
	if err != nil {
		t.Fatal(err)
	}
	lines(t, built(t, cancel, "CANCEL"), []string{"ATTENDEE:mailto:dan@example.org"}, []string{"ann@", "bob@", "STATUS"})
	if _, _, err := Cancelled(stored, cancel, ann); !errors.Is(err, ErrNotListed) {
		t.Errorf("it concerns somebody else: %v", err)
	}
	if _, err := Cancel(stored, []address.Address{}, nil, at("2026-02-01")); !errors.Is(err, ErrNotListed) {
		t.Errorf("to nobody: %v", err)
	}
}

// S5546-51, S5546-48: the delegate of a task is asked as the delegator was; the delegator may stay informed.
func TestS5546_51_DelegateTask(t *testing.T) {
	for _, rsvp := range []string{"TRUE", "FALSE"} {
		request := object(t, "METHOD:REQUEST\nBEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\n"+boss+"ATTENDEE;RSVP="+rsvp+":mailto:ann@example.org\nEND:VTODO")
		reply, onward, err := Delegate(request, User{Address: ann, RSVP: true}, User{Address: dan}, at("2026-02-01"), "")
		if err != nil {
			t.Fatal(err)
		}
		if u, _ := onward.Master().Attendee(dan); u.RSVP != (rsvp == "TRUE") {
			t.Errorf("RSVP=%s: delegate %v", rsvp, u.RSVP)
		}
		stored, _, err := Answered(object(t, "BEGIN:VTODO\nUID:u1\nDTSTAMP:20260101T000000Z\n"+boss+"ATTENDEE:mailto:ann@example.org\nEND:VTODO"), reply, nil)
		if err != nil {
			t.Fatal(err)
		}
		if u, _ := stored.Master().Attendee(ann); !u.RSVP || u.Partstat != Delegated {
			t.Errorf("delegator %+v", u)
		}
	}
}
