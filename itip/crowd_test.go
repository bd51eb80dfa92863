package itip

import (
	"fmt"
	"testing"

	"usher/address"
)

// crowd is an event that so many people are invited to; those who have answered have their answers recorded.
func crowd(t *testing.T, method string, sequence, people, answered int) *Object {
	t.Helper()
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + method + "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260301T080000Z\r\nDTSTART:20260309T100000Z\r\n" +
		fmt.Sprintf("SEQUENCE:%d\r\nORGANIZER:mailto:boss@example.org\r\n", sequence)
	for i := range people {
		partstat := NeedsAction
		if i < answered {
			partstat = Accepted
			text += fmt.Sprintf("X-USHER-ANSWER:0 20260302T080000Z p%d@example.org\r\n", i)
		}
		text += fmt.Sprintf("ATTENDEE;RSVP=TRUE;PARTSTAT=%s:mailto:p%d@example.org\r\n", partstat, i)
	}
	all, err := Parse([]byte(text + "END:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// TestCrowds: what is done with an object takes ten times the work when ten times as many are invited, not a hundred
// times.
func TestCrowds(t *testing.T) {
	const few, many = 50, 500
	me := address.Must("p7@example.org")
	for name, do := range map[string]func(n int) func(){
		"all others have answered": func(n int) func() {
			copied, organizers := crowd(t, "", 0, n, 0), crowd(t, "", 0, n, n)
			return func() {
				o, err := Informed(copied, organizers, me)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range o.Master().Attendees() {
					if (u.Partstat == Accepted) == (u.Address == me) {
						t.Fatalf("%s is %s", u.Address, u.Partstat)
					}
				}
			}
		},
		"an update written before they had": func(n int) func() {
			copied, update := crowd(t, "", 0, n, n), crowd(t, "METHOD:REQUEST\r\n", 0, n, 0)
			return func() {
				o, err := Merge(copied, update, me)
				if err != nil {
					t.Fatal(err)
				}
				if u, _ := o.Master().Attendee("p9@example.org"); u.Partstat != Accepted {
					t.Fatalf("%s is %s", u.Address, u.Partstat)
				}
			}
		},
		"how everybody stands": func(n int) func() {
			o := crowd(t, "", 0, n, n)
			return func() { TallyOf(o) }
		},
	} {
		small, large := testing.AllocsPerRun(2, do(few)), testing.AllocsPerRun(2, do(many))
		t.Logf("%s: %.0f allocations for %d, %.0f for %d", name, small, few, large, many)
		if large > 2*small*many/few {
			t.Errorf("%s: %.0f allocations for %d people, %.0f for %d", name, small, few, large, many)
		}
	}
}
