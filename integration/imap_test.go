package integration

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/itip"
	"usher/itip/imapcal/imaptest"
	"usher/itip/kolab"
)

// TestIMAPBooking is the main job with the calendars where they belong: a room is booked, defended, moved and freed,
// in both formats.
func TestIMAPBooking(t *testing.T) {
	for _, tt := range []struct {
		name   string
		start  func(testing.TB) *imaptest.Server
		format string
		other  string // the second one, on the same server
	}{
		{"cyrus", imaptest.Cyrus, "kolab", "ical"},
		{"dovecot", imaptest.Dovecot, "ical", "kolab"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			postfix.Need(t)
			server := tt.start(t)
			server.CreateShared(blue)
			s := newIMAPSite(t, server, imapOptions{format: tt.format})
			testIMAPBooking(t, s, tt.format, "one", 8)
			testOtherClient(t, s)
			s.configure(strings.Replace(s.text(), "format: "+tt.format, "format: "+tt.other, 1))
			s.reload()
			testIMAPBooking(t, s, tt.other, "two", 16)
			for _, m := range s.Sink.Messages() {
				if m.HasRcpt("room@example.org") {
					t.Error("a mail went on to the room")
				}
			}
		})
	}
}

// rivals are a meeting of John's and one of Claire's in the same hour.
func rivals(name string, hour int) (john, claire meeting) {
	john, claire = next(name+"-budget", hour), next(name+"-interviews", hour)
	claire.Name, claire.From, claire.Organizer = "Claire Martin", "claire.martin@example.org", "claire.martin@example.org"
	return john, claire
}

// testIMAPBooking leaves the calendar empty.
func testIMAPBooking(t *testing.T, s *imapSite, format, name string, hour int) {
	t.Helper()
	john, claire := rivals(name, hour)
	s.mustTake(john, "doe")
	got := s.Sink.Wait(t, 1, toJane(john))
	if got := withoutReceived(t, string(got[0].Data)); got != string(john.mail(t)) {
		t.Errorf("Jane got\n%q\nwant byte for byte\n%q", got, john.mail(t))
	}
	s.answer(john, "ACCEPTED", 1)
	s.wantStored(format, john)

	s.mustTake(claire, "martin")
	clash := s.answer(claire, "DECLINED", 1)
	if want := fmt.Sprintf("%s/%s/%s %02d:00", john.Start[6:8], john.Start[4:6], john.Start[:4], hour); !strings.Contains(clash, want) {
		t.Errorf("the decline does not name the clash (%s):\n%s", want, clash)
	}

	john.Sequence, john.Start, john.End = 1, nextHour(john.Start), nextHour(john.End)
	s.mustTake(john, "doe")
	s.answer(john, "ACCEPTED", 2)
	s.wantStored(format, john)
	claire.Sequence = 1
	s.mustTake(claire, "martin")
	s.answer(claire, "ACCEPTED", 1)
	s.wantBooked(2)

	john.Method, john.Sequence = "CANCEL", 2
	s.mustTake(john, "doe")
	claire.Method, claire.Sequence = "CANCEL", 2
	s.mustTake(claire, "martin")
	s.wantBooked(0)
}

func (s *imapSite) mustTake(m meeting, login string) {
	s.t.Helper()
	if o := s.invite(m, login); !o.Taken() {
		s.t.Fatalf("%s %s was answered %+v", m.Method, m.UID, o)
	}
}

// wantStored wants the meeting alone in the calendar, as a mail in the format that clients know.
func (s *imapSite) wantStored(format string, m meeting) {
	s.t.Helper()
	all := s.wantBooked(1)
	o := stored(s.t, format, all[0])
	start, err := o.Instances(day(m.Start), day(m.Start).AddDate(0, 0, 2), time.UTC)
	if err != nil || o.UID() != m.UID || len(start) != 1 || berlin(s.t, start[0].Start) != m.Start {
		s.t.Errorf("stored is %s at %v, %v; want %s at %s", o.UID(), start, err, m.UID, m.Start)
	}
	if got := headerOf(all[0], "Subject"); got != m.UID {
		s.t.Errorf("the subject of the stored mail is %q; want the UID", got)
	}
	if got := headerOf(all[0], "X-Kolab-Type"); format == "kolab" && got != "application/x-vnd.kolab.event" {
		s.t.Errorf("the stored mail has the X-Kolab-Type %q", got)
	}
}

func day(at string) time.Time {
	when, err := time.Parse("20060102", at[:8])
	if err != nil {
		panic(err)
	}
	return when
}

func berlin(t testing.TB, at time.Time) string {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return at.In(zone).Format("20060102T150405")
}

// testOtherClient: what somebody else writes into the folder is in the way, and when it is gone it is not.
func testOtherClient(t *testing.T, s *imapSite) {
	t.Helper()
	for name, write := range map[string]func(*itip.Object) []byte{"kolab": asKolab(t), "ical": asICal} {
		m := next("other-client-"+name, 12)
		uid := s.imap.Append("", blue, nil, write(object(t, m)))
		mine := next("mine-"+name, 12)
		s.mustTake(mine, "doe")
		s.answer(mine, "DECLINED", 1)
		s.wantBooked(1)
		s.imap.Remove("", blue, uid)
		mine.Sequence = 1
		s.mustTake(mine, "doe")
		s.answer(mine, "ACCEPTED", 1)
		mine.Sequence, mine.Method = 2, "CANCEL"
		s.mustTake(mine, "doe")
	}
	s.wantBooked(0)
}

// object is a meeting as somebody's own entry.
func object(t testing.TB, m meeting) *itip.Object {
	t.Helper()
	objects, err := itip.Parse(fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//Client//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:%s\r\n"+
		"DTSTART;TZID=Europe/Berlin:%s\r\nDTEND;TZID=Europe/Berlin:%s\r\nSUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", m.UID, m.Stamp, m.Start, m.End, m.Title))
	if err != nil || len(objects) != 1 {
		t.Fatal(objects, err)
	}
	return objects[0]
}

func asKolab(t testing.TB) func(*itip.Object) []byte {
	return func(o *itip.Object) []byte {
		mail, err := kolab.Write(&kolab.Message{Object: o})
		if err != nil {
			t.Fatal(err)
		}
		return mail
	}
}

func asICal(o *itip.Object) []byte {
	return append([]byte("Subject: lunch\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar\r\n\r\n"), o.Encode()...)
}
