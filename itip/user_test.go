package itip

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/address"
)

func attendee(t *testing.T, line string) User {
	t.Helper()
	us := object(t, "DTSTART:20260101T100000Z\n"+line).Master().Attendees()
	if len(us) != 1 {
		t.Fatalf("%s: %d attendees", line, len(us))
	}
	return us[0]
}

func TestS5545_11_Addresses(t *testing.T) {
	tests := []struct {
		line string
		want address.Address
	}{
		{"ATTENDEE:mailto:Room@Example.ORG", "room@example.org"},
		{"ATTENDEE:MAILTO:room@example.org", "room@example.org"},
		{"ATTENDEE:room@example.org", "room@example.org"}, // DEV-14
		{"ATTENDEE:mailto://room@example.org", "room@example.org"},
		{"ATTENDEE:<room@example.org>", "room@example.org"},
		{"ATTENDEE:mailto:<room@example.org>", "room@example.org"},
		{"ATTENDEE:mailto:room%40example.org", "room@example.org"}, // DEV-12
		{"ATTENDEE:mailto:%3Croom%40example.org%3E", "room@example.org"},
		{"ATTENDEE:mailto:Blue%20Room%3Croom%40example.org%3E", "room@example.org"}, // Kolab
		{"ATTENDEE:mailto:room@example.org?subject=x", "room@example.org"},
		{"ATTENDEE:mailto:room@bücher.example", "room@xn--bcher-kva.example"},
		{"ATTENDEE:mailto:a%2Bb@example.org", "a+b@example.org"},
		{"ATTENDEE:mailt=o:room@example.org", "room@example.org"},
		{"ATTENDEE:ma=ilt=o:room@example.org", ""},
		{"ATTENDEE:mailto=:room@example.org", "room@example.org"},
		{"ATTENDEE:a%b@example.org", "a%b@example.org"}, // no URI, nothing to decode
		{"ATTENDEE:mailto:100%@example.org", "100%@example.org"},
		{"ATTENDEE:urn:uuid:1", ""},
		{"ATTENDEE:https://x@example.org/room", ""},
		{"ATTENDEE:invalid:nomail", ""},
		// S7986-04: EMAIL helps where there is no mail address, and never against one.
		{"ATTENDEE;EMAIL=room@example.org:https://example.org/principals/1", "room@example.org"},
		{"ATTENDEE;EMAIL=room@example.org:urn:uuid:1", "room@example.org"},
		{"ATTENDEE;EMAIL=evil@example.org:mailto:room@example.org", "room@example.org"},
		{"ATTENDEE;EMAIL=evil@example.org:mailto:not an address", ""},
	}
	for _, tt := range tests {
		if got := attendee(t, tt.line).Address; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestS5545_04_06_08_Defaults(t *testing.T) {
	tests := []struct {
		params, partstat, role, cutype string
		rsvp                           bool
	}{
		{"", "NEEDS-ACTION", "REQ-PARTICIPANT", "INDIVIDUAL", false},
		{";PARTSTAT=accepted;ROLE=chair;CUTYPE=room;RSVP=true", "ACCEPTED", "CHAIR", "ROOM", true},
		{";PARTSTAT=MAYBE;ROLE=BOSS;CUTYPE=ROBOT;RSVP=YES", "NEEDS-ACTION", "REQ-PARTICIPANT", "UNKNOWN", true},
		{";PARTSTAT=COMPLETED;RSVP=FALSE", "NEEDS-ACTION", "REQ-PARTICIPANT", "INDIVIDUAL", false}, // of a VTODO only
		{";PARTSTAT=DELEGATED;ROLE=NON-PARTICIPANT;CUTYPE=GROUP", "DELEGATED", "NON-PARTICIPANT", "GROUP", false},
	}
	for _, tt := range tests {
		u := attendee(t, "ATTENDEE"+tt.params+":mailto:a@b.example")
		if u.Partstat != tt.partstat || u.Role != tt.role || u.CUType != tt.cutype || u.RSVP != tt.rsvp {
			t.Errorf("%s: %+v", tt.params, u)
		}
	}
	todo := object(t, "BEGIN:VTODO\nUID:u\nATTENDEE;PARTSTAT=COMPLETED:mailto:a@b.example\nEND:VTODO")
	if got := todo.Master().Attendees()[0].Partstat; got != Completed {
		t.Errorf("VTODO: %s", got)
	}
}

func TestS5545_05_09_OtherPeople(t *testing.T) {
	u := attendee(t, `ATTENDEE;CN="Doe, John";DELEGATED-TO="mailto:A@b.example","mailto:c@d.example";DELEGATED-FROM="mailto:e@f.example";SENT-BY="mailto:Sec@example.org":mailto:j@example.org`)
	if u.Name != "Doe, John" || u.SentBy != "sec@example.org" || !slices.Equal(u.DelegatedTo, []address.Address{"a@b.example", "c@d.example"}) ||
		!slices.Equal(u.DelegatedFrom, []address.Address{"e@f.example"}) {
		t.Errorf("%+v", u)
	}
}

func TestS5545_23_SeveralLinesOfOneAttendee(t *testing.T) {
	o := object(t, "DTSTART:20260101T100000Z\nATTENDEE;CN=A:mailto:a@b.example\nATTENDEE:mailto:c@d.example\nATTENDEE;CN=B;PARTSTAT=ACCEPTED;RSVP=TRUE:MAILTO:A@B.example\nATTENDEE:urn:x\nATTENDEE:urn:y")
	us := o.Master().Attendees()
	if len(us) != 4 || us[0].Name != "A" || us[0].Partstat != Accepted || !us[0].RSVP {
		t.Errorf("%d attendees: %+v", len(us), us)
	}
	if len(o.Repairs) != 1 || !strings.Contains(o.Repairs[0], "several ATTENDEE") {
		t.Errorf("repairs %q", o.Repairs)
	}
	if !o.Master().SetPartstat("a@b.example", Declined) || o.Master().SetPartstat("x@y.example", Declined) || o.Master().SetPartstat("", Declined) {
		t.Error("SetPartstat finds the wrong ones")
	}
	if n := strings.Count(string(o.Encode()), "PARTSTAT=DECLINED"); n != 2 {
		t.Errorf("%d lines answered, want both", n)
	}
	if u, ok := o.Master().Attendee("x@y.example", "c@d.example"); !ok || u.Address != "c@d.example" || u.Partstat != NeedsAction {
		t.Errorf("Attendee: %+v, %v", u, ok)
	}
	if _, ok := o.Master().Attendee(""); ok {
		t.Error("no address is an attendee")
	}
}

func TestS5545_24_OneOrganizer(t *testing.T) {
	event := "DTSTART:20260101T100000Z\nRRULE:FREQ=DAILY\nORGANIZER:mailto:o@example.org"
	tests := []struct {
		name, lines string
		ok          bool
	}{
		{"one", event, true},
		{"the same", event + "\n---\nRECURRENCE-ID:20260102T100000Z\nORGANIZER;CN=O:MAILTO:O@example.org", true},
		{"another", event + "\n---\nRECURRENCE-ID:20260102T100000Z\nORGANIZER:mailto:x@example.org", false},
		{"missing in one", event + "\n---\nRECURRENCE-ID:20260102T100000Z", false},
		{"none", "DTSTART:20260101T100000Z", false},
		{"without address", "DTSTART:20260101T100000Z\nORGANIZER:urn:x", false},
	}
	for _, tt := range tests {
		u, err := object(t, tt.lines).Organizer()
		if tt.ok != (err == nil) || tt.ok != (u.Address == "o@example.org") || err != nil && !errors.Is(err, ErrOrganizer) {
			t.Errorf("%s: %+v, %v", tt.name, u, err)
		}
	}
}
