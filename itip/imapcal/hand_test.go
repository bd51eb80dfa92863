package imapcal

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
	"usher/itip/calendar/calendartest"
	"usher/itip/imapcal/imaptest"
)

// icsMail is a mail as another client writes it.
func icsMail(text string) []byte {
	return []byte("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" +
		"--b\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n" + text + "\r\n--b--\r\n")
}

func eventMail(uid, from, to string, lines ...string) []byte {
	return icsMail(string(calendartest.Event(uid, from, to, lines...).Encode()))
}

// TestByHand has other clients write to a folder behind our back.
func TestByHand(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			cal := room(server)
			s := open(t, configOf(t, server), shortLife)
			want := func(what string, uids ...string) {
				t.Helper()
				if got := taken(t, s, cal); strings.Join(got, " ") != strings.Join(uids, " ") {
					t.Errorf("%s: taken %q; want %q", what, got, uids)
				}
			}
			want("an empty folder")
			first := server.Append("", cal, nil, eventMail("a", "09:00", "10:00"))
			want("a new mail", "a@09:00")
			server.Append("", cal, nil, eventMail("a", "11:00", "12:00", "SEQUENCE:1"))
			want("one with a higher SEQUENCE", "a@11:00")
			server.Append("", cal, nil, eventMail("a", "13:00", "14:00"))
			want("one with a lower SEQUENCE", "a@11:00")
			if got := s.Stats().Duplicates; got == 0 {
				t.Error("duplicates are not told")
			}
			server.Append("", cal, []imap.Flag{imap.FlagDeleted}, eventMail("b", "15:00", "16:00"))
			want("a deleted mail", "a@11:00")
			server.Append("", cal, nil, []byte("Subject: lunch?\r\n\r\nBEGIN of the week\r\n"))
			server.Append("", cal, nil, []byte("Subject: c\r\nX-Kolab-Type: application/x-vnd.kolab.contact\r\nX-Kolab-Mime-Version: 3.0\r\n\r\n?\r\n"))
			want("mails that are something else", "a@11:00")
			// A keyword alone makes no hold: whoever set it, it is an object.
			server.Append("", cal, []imap.Flag{keyword}, eventMail("d", "17:00", "18:00"))
			want("a stranger with our keyword", "a@11:00", "d@17:00")
			c := server.Client("")
			if _, err := c.Select(cal, nil).Wait(); err != nil {
				t.Fatal(err)
			}
			if err := c.Store(imap.UIDSetNum(first+1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
				t.Fatal(err)
			}
			want("the one that counted is deleted", "a@13:00", "d@17:00")
			server.DeleteShared(cal)
			if _, _, err := s.Busy(t.Context(), cal, calendartest.Between("09:00", "10:00")); !errors.Is(err, calendar.ErrUnreadable) {
				t.Errorf("a folder that is gone: %v", err)
			}
			server.CreateShared(cal)
			server.Append("", cal, nil, eventMail("e", "08:00", "09:00"))
			want("a folder made anew", "e@08:00")
		})
	}
}

// TestUnreadable holds that what cannot be read is never taken for free.
func TestUnreadable(t *testing.T) {
	server := imaptest.Memory(t)
	c := configOf(t, server)
	c.MaxMessage = 64 << 10
	for name, mail := range map[string]string{
		"no iCalendar":            string(icsMail("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")),
		"several objects":         string(icsMail(calendartest.Text(calendartest.Component("x", "09:00", "10:00"), calendartest.Component("y", "09:00", "10:00")))),
		"unknown charset":         "Content-Type: text/calendar; charset=x-none\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
		"broken base64":           "Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n",
		"a cut multipart":         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n",
		"Kolab 2":                 "Subject: x\r\nX-Kolab-Type: application/x-vnd.kolab.event\r\n\r\n<event/>\r\n",
		"no Kolab document":       "Subject: x\r\nX-Kolab-Type: application/x-vnd.kolab.event\r\nX-Kolab-Mime-Version: 3.0\r\n\r\nhello\r\n",
		"an unknown zone":         string(icsMail(calendartest.Text("BEGIN:VEVENT\r\nUID:z\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Nowhere:20260302T090000\r\nEND:VEVENT\r\n"))),
		"a mail beyond the limit": "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + strings.Repeat("X-A:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 4000),
	} {
		t.Run(name, func(t *testing.T) {
			cal := room(server)
			var told []Event
			options := shortLife
			options.Notice = func(e Event) { told = append(told, e) }
			s := open(t, c, options)
			server.Append("", cal, nil, []byte(mail))
			_, _, err := s.Busy(t.Context(), cal, calendartest.Between("20:00", "21:00"))
			if !errors.Is(err, calendar.ErrUnreadable) || !strings.Contains(err.Error(), cal) || !strings.Contains(err.Error(), "message 1") {
				t.Errorf("busy: %v", err)
			}
			err = book(t.Context(), s, claim(cal, "b", "20:00", "21:00"))
			if !errors.Is(err, calendar.ErrUnreadable) {
				t.Errorf("book: %v", err)
			}
			if left := server.Messages("", cal); len(left) != 1 {
				t.Errorf("%d messages", len(left))
			}
			// A zone is only asked for when somebody wants to know the time: the error says so each time.
			if name != "an unknown zone" && (len(told) != 1 || told[0].Calendar != cal || !slices.Equal(told[0].UIDs, []uint32{1})) {
				t.Errorf("told %+v; want it once", told)
			}
		})
	}
}

// TestFind tells what may lie in a mail that cannot be read by its Subject.
func TestFindBesideUnreadable(t *testing.T) {
	server := imaptest.Memory(t)
	cal := room(server)
	s := open(t, configOf(t, server), shortLife)
	server.Append("", cal, nil, []byte("Subject: bad\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"))
	if _, ok, _, err := s.Find(t.Context(), cal, "good"); ok || err != nil {
		t.Errorf("find another: %v, %v", ok, err)
	}
	if _, _, _, err := s.Find(t.Context(), cal, "bad"); !errors.Is(err, calendar.ErrUnreadable) {
		t.Errorf("find the bad one: %v", err)
	}
}

// TestFolders holds which of a user's folders are calendars, with types and without.
func TestFolders(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			server.AddUser(jane)
			for folder, kind := range map[string]string{"Termine": "event.default", "Geheim": "event.confidential", "Aufgaben": "task.default", "Kontakte": "contact"} {
				if !server.Metadata {
					kind = ""
				}
				server.CreateFolder(jane, folder, kind)
			}
			c := configOf(t, server)
			c.Folders = Folders{Calendar: "Termine", Confidential: "Geheim", Tasks: "Aufgaben", Private: "Privat"}
			s := open(t, c, shortLife)
			folders, err := s.Folders(t.Context(), jane)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]calendar.Folder{}
			for _, f := range folders {
				got[f.Name[strings.LastIndex(f.Name, "/")+1:]] = f
				if !strings.HasPrefix(f.Name, "~"+jane+"/") {
					t.Errorf("named %q", f.Name)
				}
			}
			if len(got) != 3 || !got["Termine"].Default || got["Geheim"].Class != "CONFIDENTIAL" || !got["Aufgaben"].Tasks || !got["Aufgaben"].Default {
				t.Errorf("folders %+v", folders)
			}
			if err := book(t.Context(), s, claim(got["Termine"].Name, "a", "09:00", "10:00")); err != nil {
				t.Error(err)
			}
			if left := taken(t, s, got["Termine"].Name); len(left) != 1 {
				t.Errorf("taken %v", left)
			}
		})
	}
}

// TestStaleClock pins the age of holds: what is told by dates is never more than what is sure.
func TestAge(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name  string
		clock clock
		hold  hold
		want  time.Duration
	}{
		{"nothing known", clock{}, hold{received: now.Add(-time.Hour), seen: now}, 0},
		{"seen for a minute", clock{}, hold{seen: now.Add(-time.Minute)}, time.Minute},
		{"by the server's clock", clock{received: now, answered: now}, hold{received: now.Add(-time.Minute), seen: now}, 59 * time.Second},
		{"an older look", clock{received: now, answered: now.Add(-time.Second)}, hold{received: now.Add(-time.Minute), seen: now}, time.Minute},
		{"from the future", clock{received: now, answered: now}, hold{received: now.Add(time.Hour), seen: now}, 0},
	}
	for _, tt := range tests {
		if got := tt.clock.age(&tt.hold, now); got != tt.want {
			t.Errorf("%s: %v; want %v", tt.name, got, tt.want)
		}
	}
}
