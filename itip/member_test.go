package itip

import (
	"slices"
	"strings"
	"testing"

	"usher/address"
)

func TestS5546_53_ForMember(t *testing.T) {
	room := User{Address: "room@example.org", Name: "Blue Room", CUType: "RESOURCE"}
	mine, lists := []address.Address{"room@example.org", "blue@example.org"}, []address.Address{"team@example.org", "crew@example.org"}
	for _, tt := range []struct{ name, attendees, want string }{
		{"the list is invited", "ATTENDEE;CUTYPE=GROUP;RSVP=TRUE:mailto:crew@example.org",
			`ATTENDEE;MEMBER="mailto:crew@example.org";CN=Blue Room;CUTYPE=RESOURCE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:room@example.org`},
		{"it need not come", "ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:team@example.org",
			`ATTENDEE;MEMBER="mailto:team@example.org";CN=Blue Room;CUTYPE=RESOURCE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:room@example.org`},
		{"the member is invited itself", "ATTENDEE:mailto:team@example.org\nATTENDEE:mailto:blue@example.org", ""},
		{"another list is invited", "ATTENDEE:mailto:others@example.org", ""},
	} {
		o := object(t, "DTSTART:20260302T090000Z\n"+boss+tt.attendees)
		before := content(o)
		meant, ok := ForMember(o, room, mine, lists)
		added := strings.ReplaceAll(content(meant), "\r\n ", "")
		for line := range strings.SplitSeq(strings.ReplaceAll(before, "\r\n ", ""), "\r\n") {
			added = strings.Replace(added, line+"\r\n", "", 1)
		}
		if got := strings.TrimSpace(added); got != tt.want || ok != (tt.want != "") || content(o) != before {
			t.Errorf("%s: added %q, %v; want %q and the message as it was", tt.name, got, ok, tt.want)
		}
		if ok {
			reply := Reply(meant, room.Address, Accepted, at("2026-02-01"), "")
			if u, named := reply.Master().Attendee(room.Address); !named || !slices.Equal(calAddresses(u.Prop, "MEMBER"), lists[:1]) && !slices.Equal(calAddresses(u.Prop, "MEMBER"), lists[1:]) {
				t.Errorf("%s: the answer does not say by which list: %v", tt.name, u.Prop)
			}
		}
		if got, want := OnlyMember(meant, mine...), tt.name != "the member is invited itself"; got != want {
			t.Errorf("%s: only by lists: %v", tt.name, got)
		}
	}
}

// TestForMemberOfSomeInstances: each component says for itself who is invited.
func TestForMemberOfSomeInstances(t *testing.T) {
	o := object(t, daily5+people+"\n---\n"+movedTue+people+"ATTENDEE:mailto:team@example.org")
	meant, ok := ForMember(o, User{Address: dan}, []address.Address{dan}, []address.Address{"team@example.org"})
	if got, want := standings(meant), "ann=NEE bob=NEE | 0303 ann=NEE bob=NEE team=NEE dan=NEE"; !ok || got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
