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
	daily5   = "SEQUENCE:1\nDTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n"
	movedTue = "SEQUENCE:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260303T100000\nDTSTART;TZID=Europe/Berlin:20260303T120000\nDURATION:PT1H\n"
	movedWed = "SEQUENCE:1\nRECURRENCE-ID:20260304T090000Z\nDTSTART:20260304T140000Z\nDURATION:PT1H\n"
)

func TestUpdate(t *testing.T) {
	newer := func(s string, n int) string {
		return strings.Replace(s, "SEQUENCE:1", fmt.Sprintf("SEQUENCE:%d", n), 1)
	}
	later := strings.Replace(newer(daily5, 2), "T100000", "T110000", 1)
	tests := []struct {
		name, stored, request string
		want                  string // starts
		err                   error
	}{
		{"S5546_18 new", "", daily5, "0302T1000 0303T1000 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_19 reschedule", daily5, later, "0302T1100 0303T1100 0304T1100 0305T1100 0306T1100", nil},
		{"S5546_06 outdated", newer(daily5, 3), later, "", ErrOutdated},
		{"the same again", daily5 + "\n---\n" + movedTue, daily5 + "\n---\n" + movedTue, "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_59 whole series: overrides not repeated are lost", daily5 + "\n---\n" + movedTue, later, "0302T1100 0303T1100 0304T1100 0305T1100 0306T1100", nil},
		{"S5546_59 whole series: overrides repeated stay", daily5 + "\n---\n" + movedTue + "\n---\n" + movedWed, newer(daily5, 2) + "\n---\n" + movedTue, "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_10 details of the series: overrides stay", daily5 + "\n---\n" + movedTue, daily5 + "SUMMARY:x\nDTSTAMP:20260202T000000Z", "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_10 an override newer than the series stays", daily5 + "\n---\n" + newer(movedTue, 7), newer(daily5, 2), "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"one that the new series does not have is lost", daily5 + "\n---\n" + newer(movedTue, 7), later, "0302T1100 0303T1100 0304T1100 0305T1100 0306T1100", nil},
		{"S5546_06 a repeated override that is older than the stored one", daily5 + "\n---\n" + newer(movedTue, 7), newer(daily5, 2) + "\n---\n" + strings.Replace(movedTue, "T120000", "T150000", 1),
			"0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"instance", daily5, movedTue, "0302T1000 0303T1200 0304T1000 0305T1000 0306T1000", nil},
		{"instance beside another", daily5 + "\n---\n" + movedTue, movedWed, "0302T1000 0303T1200 0304T1500 0305T1000 0306T1000", nil},
		{"S5546_52 instance moved again, in another form", daily5 + "\n---\n" + movedTue, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T150000Z\nDURATION:PT1H",
			"0302T1000 0303T1600 0304T1000 0305T1000 0306T1000", nil},
		{"several instances", daily5, movedTue + "\n---\n" + movedWed, "0302T1000 0303T1200 0304T1500 0305T1000 0306T1000", nil},
		{"S5546_62 instance older than the series", newer(daily5, 2), movedTue, "", ErrOutdated},
		{"one instance of two is older", daily5 + "\n---\n" + newer(movedTue, 3), newer(movedTue, 2) + "\n---\n" + movedWed, "0302T1000 0303T1200 0304T1500 0305T1000 0306T1000", nil},
		{"S5546_63 no such instance", daily5, strings.Replace(movedTue, "20260303T100000", "20260303T103000", 1), "", ErrNoInstance},
		{"S5546_63 after the end", daily5, strings.Replace(movedTue, "20260303", "20260310", 1), "", ErrNoInstance},
		{"instance that was excluded comes back", daily5 + "EXDATE;TZID=Europe/Berlin:20260303T100000,20260305T100000", movedTue, "0302T1000 0303T1200 0304T1000 0306T1000", nil},
		{"instance without a series", movedTue, movedWed, "0303T1200 0304T1500", nil},
		{"series after its instance", movedTue, newer(daily5, 2), "0302T1000 0303T1000 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_58 this and future", daily5, strings.Replace(movedTue, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1), "0302T1000 0303T1200 0304T1200 0305T1200 0306T1200", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stored *Object
			var before []byte
			if tt.stored != "" {
				stored = object(t, tt.stored)
				before = stored.Encode()
			}
			request := object(t, "METHOD:REQUEST\n"+tt.request)
			asked := request.Encode()
			got, err := Update(stored, request)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if stored != nil && !bytes.Equal(stored.Encode(), before) || !bytes.Equal(request.Encode(), asked) {
				t.Error("an argument was changed")
			}
			if err != nil {
				return
			}
			if got.Method() != "" {
				t.Error("stored with METHOD")
			}
			if is := starts(t, reparse(t, got), "2026-03-01", "2026-04-01", berlin); is != tt.want {
				t.Errorf("\n got %s\nwant %s\n%s", is, tt.want, got.Encode())
			}
			// Twice is once.
			again, err := Update(got, request)
			if err != nil || !SameContent(got, again) {
				t.Errorf("the second time: %v\n%s\nthen\n%s", err, got.Encode(), again.Encode())
			}
		})
	}
}

func TestUpdateOfAnotherObject(t *testing.T) {
	if _, err := Update(object(t, daily5), object(t, "UID:other\n"+daily5)); err == nil {
		t.Error("another UID")
	}
}

func TestS5546_14_NoAlarmsOfOthers(t *testing.T) {
	request := object(t, "METHOD:REQUEST\n"+daily5+"X-LIC-ERROR:x\nX-KEEP:1\nATTENDEE;SCHEDULE-FORCE-SEND=REQUEST;CN=A:mailto:a@b.example\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nBEGIN:X-PART\nEND:X-PART")
	got, err := Update(nil, request)
	if err != nil {
		t.Fatal(err)
	}
	out := string(got.Encode())
	if strings.Contains(out, "VALARM") || strings.Contains(out, "X-LIC-ERROR") || strings.Contains(out, "FORCE-SEND") || !strings.Contains(out, "X-KEEP:1") || !strings.Contains(out, "X-PART") {
		t.Errorf("stored:\n%s", out)
	}
}

// Two clients mean different clocks by one name: both keep what they mean (D-10).
func TestD_10_ZonesAreRenamed(t *testing.T) {
	fixed := func(offset string) string {
		return "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:" + offset + "\nTZOFFSETTO:" + offset + "\nEND:STANDARD\nEND:VTIMEZONE\n---\n"
	}
	stored := object(t, fixed("+0100")+"DTSTART;TZID=Mine:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2")
	request := object(t, fixed("+0500")+"RECURRENCE-ID:20260303T090000Z\nDTSTART;TZID=Mine:20260303T200000\nDURATION:PT1H")
	got, err := Update(stored, request)
	if err != nil {
		t.Fatal(err)
	}
	if is := starts(t, got, "2026-03-01", "2026-04-01", berlin); is != "0302T1000 0303T1600" || got.zone("Mine 1") == nil {
		t.Errorf("got %s\n%s", is, got.Encode())
	}
	again, err := Update(got, request)
	if err != nil || !SameContent(got, again) {
		t.Errorf("the second time: %v\n%s", err, again.Encode())
	}
}

func TestUpdateStaysReadable(t *testing.T) {
	stored := object(t, "DTSTART:20260302T090000Z\nRRULE:FREQ=HOURLY\nDESCRIPTION:"+strings.Repeat("x", MaxLine/2))
	for i := range MaxComponents {
		request := object(t, "RECURRENCE-ID:"+at("2026-03-02T09:00").AddDate(0, 0, i).Format("20060102T150405Z")+"\nDTSTART:20260302T090000Z\nDESCRIPTION:"+strings.Repeat("x", MaxLine-100))
		next, err := Update(stored, request)
		if errors.Is(err, ErrTooLarge) {
			reparse(t, stored)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		stored = next
	}
	t.Error("a series grows without end")
}

func TestCancelled(t *testing.T) {
	const series = daily5 + "\n---\n" + movedTue
	tests := []struct {
		name, stored, cancel string
		want                 string // starts; "gone"
		err                  error
	}{
		{"S5546_36 all of it", series, "SEQUENCE:2", "gone", nil},
		{"S5546_38 equal SEQUENCE (DEV-09)", series, "SEQUENCE:1\nSTATUS:CANCELLED", "gone", nil},
		{"S5546_38 lower SEQUENCE", series, "SEQUENCE:0\nDTSTAMP:20270101T000000Z", "", ErrOutdated},
		{"S5546_36 one instance", series, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "0302T1000 0303T1200 0305T1000 0306T1000", nil},
		{"S5546_36 a moved instance by its first start", series, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "0302T1000 0304T1000 0305T1000 0306T1000", nil},
		{"S5546_36 several", series, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z\n---\nSEQUENCE:2\nRECURRENCE-ID:20260302T090000Z", "0304T1000 0305T1000 0306T1000", nil},
		{"one already cancelled", daily5 + "EXDATE:20260304T090000Z", "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "0302T1000 0303T1000 0305T1000 0306T1000", nil},
		{"no such instance", series, "SEQUENCE:2\nRECURRENCE-ID:20260304T093000Z", "", ErrNoInstance},
		{"S5546_36 this and future", series, "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z", "0302T1000 0303T1200", nil},
		{"S5545_26 later is by RECURRENCE-ID", daily5 + "\n---\n" + strings.Replace(movedTue, "20260303T120000", "20260330T120000", 1),
			"SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z", "0302T1000 0330T1200", nil},
		{"this and future from a moved one", series, "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260303T090000Z", "0302T1000", nil},
		{"this and future from the first", series, "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z", "gone", nil},
		{"this and future, endless, to the second", "DTSTART;TZID=Europe/Berlin:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nRDATE:20260320T120000Z,20260302T120000Z",
			"SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T090000Z", "0302T1000 0302T1300 0303T1000", nil},
		{"this and future of days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY", "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260304", "0302/0303 0303/0304", nil},
		{"this and future, floating", "DTSTART:20260302T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY", "SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T100000", "0302T1000 0303T1000", nil},
		{"this and future of a rule that ended before", "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260303T090000Z\nRDATE:20260310T090000Z",
			"SEQUENCE:2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260310T090000Z", "0302T1000 0303T1000", nil},
		{"one instance of this and future", daily5 + "\n---\n" + strings.Replace(movedTue, "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE", 1), "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z",
			"0302T1000 0304T1200 0305T1200 0306T1200", nil},
		{"the last one left", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20260302T090000Z", "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "gone", nil},
		{"single event by its start", "DTSTART:20260302T090000Z", "SEQUENCE:2\nRECURRENCE-ID:20260302T090000Z", "gone", nil},
		{"days", "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=2", "SEQUENCE:2\nRECURRENCE-ID;VALUE=DATE:20260302", "0303/0304", nil},
		{"DEV-16 all instances one by one", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=2", "RECURRENCE-ID:20260302T090000Z\n---\nRECURRENCE-ID:20260303T090000Z", "gone", nil},
		{"instance stored alone", movedTue, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "gone", nil},
		{"one of two stored alone", movedTue + "\n---\n" + movedWed, "SEQUENCE:2\nRECURRENCE-ID:20260303T090000Z", "0304T1500", nil},
		{"another than the one stored alone", movedTue, "SEQUENCE:2\nRECURRENCE-ID:20260304T090000Z", "", ErrNoInstance},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stored, cancel := object(t, tt.stored), object(t, "METHOD:CANCEL\n"+tt.cancel)
			before := stored.Encode()
			rest, gone, err := Cancelled(stored, cancel)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if !bytes.Equal(stored.Encode(), before) {
				t.Error("the stored object was changed")
			}
			if err != nil || gone {
				if gone != (tt.want == "gone") || rest != nil {
					t.Errorf("gone %v, want %q", gone, tt.want)
				}
				return
			}
			if is := starts(t, reparse(t, rest), "2026-03-01", "2026-04-20", berlin); is != tt.want {
				t.Errorf("\n got %s\nwant %s\n%s", is, tt.want, rest.Encode())
			}
			if rest.Master() == nil {
				return // nothing tells an instance that was cancelled from one that never was
			}
			again, _, err := Cancelled(rest, cancel)
			if err != nil || !SameContent(rest, again) {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

func TestD_04_WhoIsCancelled(t *testing.T) {
	stored := object(t, daily5)
	me, other := address.Must("me@example.org"), "ATTENDEE:mailto:other@example.org"
	tests := []struct {
		name, cancel string
		gone         bool
		err          error
	}{
		{"nobody listed", "SEQUENCE:2", true, nil},
		{"listed", "SEQUENCE:2\nATTENDEE:mailto:Me@example.org\n" + other, true, nil},
		{"not listed", "SEQUENCE:2\n" + other, false, ErrNotListed},
		{"not listed, with STATUS", "SEQUENCE:2\nSTATUS:CANCELLED\n" + other, false, ErrNotListed},
	}
	for _, tt := range tests {
		_, gone, err := Cancelled(stored, object(t, "METHOD:CANCEL\n"+tt.cancel), "alias@example.org", me)
		if gone != tt.gone || !errors.Is(err, tt.err) {
			t.Errorf("%s: gone %v, %v", tt.name, gone, err)
		}
	}
	// Only the instances that name me.
	cancel := object(t, "METHOD:CANCEL\nSEQUENCE:2\nRECURRENCE-ID:20260303T090000Z\n"+other+"\n---\nSEQUENCE:2\nRECURRENCE-ID:20260304T090000Z\nATTENDEE:mailto:me@example.org")
	rest, _, err := Cancelled(stored, cancel, me)
	if err != nil {
		t.Fatal(err)
	}
	if got := starts(t, rest, "2026-03-01", "2026-04-01", berlin); got != "0302T1000 0303T1000 0305T1000 0306T1000" {
		t.Errorf("got %s", got)
	}
}

func TestReply(t *testing.T) {
	request := object(t, "METHOD:REQUEST\n"+daily5+"SUMMARY:Long\\, talk\nX-PRIVATE:1\nDESCRIPTION:secret\nORGANIZER;CN=Boss;SCHEDULE-AGENT=SERVER:MAILTO:boss@example.org\n"+
		"ATTENDEE;CN=Blue;CUTYPE=ROOM;RSVP=TRUE;X-NUM=3;SCHEDULE-STATUS=1.1:mailto:blue@example.org\nATTENDEE:mailto:john@example.org\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n---\n"+
		movedTue+"ORGANIZER:mailto:boss@example.org\nATTENDEE:mailto:john@example.org\n---\n"+movedWed+"ORGANIZER:mailto:boss@example.org\nATTENDEE:mailto:blue@example.org")
	reply := reparse(t, Reply(request, "blue@example.org", Accepted, at("2026-02-01T12:00"), "see you,\nall"))
	want := []string{
		"METHOD:REPLY", "VERSION:2.0", "PRODID:" + ProdID, "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", // S5546_12, S5546_13
		"UID:u1", "DTSTAMP:20260201T120000Z", "SEQUENCE:1", "SUMMARY:Long\\, talk", // S5546_28
		"DTSTART;TZID=Europe/Berlin:20260302T100000", "DURATION:PT1H", "ORGANIZER;CN=Boss:MAILTO:boss@example.org",
		"ATTENDEE;CN=Blue;CUTYPE=ROOM;X-NUM=3;PARTSTAT=ACCEPTED:mailto:blue@example.org", `COMMENT:see you\,\nall`,
		"RECURRENCE-ID:20260304T090000Z", "DTSTART:20260304T140000Z",
	}
	out := strings.ReplaceAll(string(reply.Encode()), "\r\n ", "")
	for _, line := range want {
		if !strings.Contains(out, line+"\r\n") {
			t.Errorf("no %s", line)
		}
	}
	for _, not := range []string{"john", "VALARM", "X-PRIVATE", "DESCRIPTION", "SCHEDULE-", "20260303", "RSVP", "RRULE:FREQ=DAILY"} { // S5546_29, S6638_15
		if strings.Contains(out, not) {
			t.Errorf("has %s", not)
		}
	}
	if len(reply.Scheduled()) != 2 {
		t.Errorf("%d components, want the two that ask the room", len(reply.Scheduled()))
	}
	for _, c := range reply.Scheduled() {
		if len(c.All("ATTENDEE")) != 1 {
			t.Errorf("%d attendees", len(c.All("ATTENDEE")))
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

func TestReplyForms(t *testing.T) {
	tests := []struct{ name, attendee, want, not string }{
		{"S6047_07 out is always mailto", "ATTENDEE;EMAIL=blue@example.org:https://example.org/p/1", "ATTENDEE;EMAIL=blue@example.org;PARTSTAT=DECLINED:mailto:blue@example.org", "https"},
		{"not listed", "ATTENDEE:mailto:list@example.org", "ATTENDEE;PARTSTAT=DECLINED:mailto:blue@example.org", "list@"},
		{"SEQUENCE 0 is left out", "SEQUENCE:0\nATTENDEE:mailto:blue@example.org", "UID:u1", "SEQUENCE"},
		{"no comment", "ATTENDEE:mailto:blue@example.org", "UID:u1", "COMMENT"},
		{"VTIMEZONE as it came", "ATTENDEE:mailto:blue@example.org", "TZNAME:OWN", "BYMONTH"},
	}
	zone := "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nTZNAME:OWN\nEND:STANDARD\nEND:VTIMEZONE\n---\n"
	for _, tt := range tests {
		request := object(t, "METHOD:REQUEST\n"+zone+"DTSTART;TZID=Europe/Berlin:20260302T100000\n"+tt.attendee)
		out := strings.ReplaceAll(string(Reply(request, "blue@example.org", Declined, at("2026-02-01"), "").Encode()), "\r\n ", "")
		if !strings.Contains(out, tt.want+"\r\n") || strings.Contains(out, tt.not) {
			t.Errorf("%s:\n%s", tt.name, out)
		}
	}
}

func TestS5545_34_RequestStatus(t *testing.T) {
	reply := Reply(object(t, daily5), "blue@example.org", Declined, at("2026-02-01"), "")
	reply.AddRequestStatus("4.0", "Event conflict; busy", "DTSTART:20260302T090000Z")
	reply.AddRequestStatus("2.0", "Success", "")
	ps := reparse(t, reply).Master().All("REQUEST-STATUS")
	if len(ps) != 2 || ps[0].Value != `4.0;Event conflict\; busy;DTSTART:20260302T090000Z` || ps[1].Value != "2.0;Success" {
		t.Errorf("%v", ps)
	}
}

func TestAddZones(t *testing.T) {
	o := object(t, daily5)
	o.AddZones()
	o.AddZones()
	if z := o.zone("Europe/Berlin"); z == nil || strings.Count(string(o.Encode()), "BEGIN:VTIMEZONE") != 1 {
		t.Errorf("%s", o.Encode())
	}
	if got := starts(t, o, "2026-03-01", "2026-03-04", berlin); got != "0302T1000 0303T1000" {
		t.Errorf("got %s", got)
	}
}
