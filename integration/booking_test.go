package integration

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/ldapdir/ldap/slapdtest"
)

// TestBooking is the main job on real servers: a room is booked, defended, and freed.
func TestBooking(t *testing.T) {
	t.Run("ldif", func(t *testing.T) { testBooking(t, newSite(t, siteOptions{})) })
	t.Run("slapd", func(t *testing.T) {
		ldif, err := office.Files.ReadFile("office.ldif")
		if err != nil {
			t.Fatal(err)
		}
		slapd := slapdtest.Start(t, string(ldif))
		testBooking(t, newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL)}))
	})
}

func testBooking(t *testing.T, s *site) {
	john, claire := next("budget", 10), next("interviews", 10)
	claire.Name, claire.From, claire.Organizer = "Claire Martin", "claire.martin@example.org", "claire.martin@example.org"

	if o := s.invite(john, "doe"); !o.Taken() {
		t.Fatalf("the invitation was answered %+v", o)
	}
	if got := withoutReceived(t, string(s.Sink.WaitFor(t, "jane.smith@example.org").Data)); got != string(john.mail(t)) {
		t.Errorf("Jane got\n%q\nwant byte for byte\n%q", got, john.mail(t))
	}
	s.answer(john, "ACCEPTED", 1)

	if o := s.invite(claire, "martin"); !o.Taken() {
		t.Fatalf("the second invitation was answered %+v", o)
	}
	clash := s.answer(claire, "DECLINED", 1)
	if !strings.Contains(clash, john.Start[6:8]+"/"+john.Start[4:6]+"/"+john.Start[:4]+" 10:00") {
		t.Errorf("the decline does not name the clash:\n%s", clash)
	}

	john.Method, john.Sequence = "CANCEL", 1
	if o := s.invite(john, "doe"); !o.Taken() {
		t.Fatalf("the cancellation was answered %+v", o)
	}
	claire.Sequence = 1
	if o := s.invite(claire, "martin"); !o.Taken() {
		t.Fatalf("the third invitation was answered %+v", o)
	}
	s.answer(claire, "ACCEPTED", 1)
	for _, m := range s.Sink.Messages() {
		if m.HasRcpt("room@example.org") {
			t.Error("a mail went on to the room")
		}
	}
}

// TestForgedSender: somebody else's meeting is not touched by a colleague's mail, which itself passes.
func TestForgedSender(t *testing.T) {
	s := newSite(t, siteOptions{})
	john := next("budget", 10)
	s.invite(john, "doe")
	s.answer(john, "ACCEPTED", 1)
	john.Method, john.Sequence, john.From = "CANCEL", 1, "claire.martin@example.org"
	if o := s.invite(john, "martin"); !o.Taken() {
		t.Fatalf("answered %+v", o)
	}
	s.Sink.WaitFor(t, "room@example.org")
	if n := s.booked(); n != 1 {
		t.Errorf("%d bookings; want John's", n)
	}
	s.awaitLog("martin may not act for john.doe@example.org", 1)
}

// TestOwnAnswersNothing: what comes in through our own service passes byte for byte. No room is booked there and
// nobody is answered, so that nothing of ours can go round in a circle.
func TestOwnAnswersNothing(t *testing.T) {
	s := newSite(t, siteOptions{})
	m := next("loop", 10)
	o := smtptest.Send(t, s.Addr(postfix.Own), smtptest.Mail{From: m.From, To: []string{"room@example.org"}, Data: m.mail(t)})
	if !o.Taken() {
		t.Fatalf("answered %+v", o)
	}
	if got := withoutReceived(t, string(s.Sink.WaitFor(t, "room@example.org").Data)); got != string(m.mail(t)) {
		t.Errorf("the room got\n%q\nwant byte for byte\n%q", got, m.mail(t))
	}
	s.AwaitEmpty(t)
	if n, all := s.booked(), s.Sink.Messages(); n != 0 || len(all) != 1 {
		t.Errorf("%d bookings and %d mails; want none and the one", n, len(all))
	}
}

// TestNothingIsAcceptedThatDidNotHappen: where an effect fails the sender keeps the mail, and what he sends again
// is made good by itself.
func TestNothingIsAcceptedThatDidNotHappen(t *testing.T) {
	s := newSite(t, siteOptions{})
	good, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	m := next("budget", 10)
	for name, break_ := range map[string]func() func(){
		"submission down": func() func() {
			s.configure(strings.ReplaceAll(string(good), s.Addr(postfix.Own), deadAddr(t)))
			return func() { s.configure(string(good)) }
		},
		"calendar unreadable": func() func() {
			dir := s.home + "/calendars/shared/Resources/Blue@example.org"
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/broken.ics", []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nnonsense"), 0o644); err != nil {
				t.Fatal(err)
			}
			return func() { os.Remove(dir + "/broken.ics") }
		},
		"directory gone": func() func() {
			s.configure(strings.ReplaceAll(string(good), "ldif: office.ldif", fmt.Sprintf("url: %q", "ldap://"+deadAddr(t))))
			return func() { s.configure(string(good)) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			mend := break_()
			s.reload()
			m.UID, m.Title = strings.ReplaceAll(name, " ", "-"), name
			m.Start, m.End = nextHour(m.Start), nextHour(m.End)
			if o := s.invite(m, "doe"); o.Data.Code != 451 && !anyCode(o, 451) {
				t.Errorf("answered %+v; want 451", o)
			}
			mend()
			s.reload()
			if o := s.invite(m, "doe"); !o.Taken() {
				t.Fatalf("after mending answered %+v", o)
			}
			s.answer(m, "ACCEPTED", 1)
		})
	}
}

func anyCode(o smtptest.Outcome, code int) bool {
	for _, r := range o.Rcpts {
		if r.Code == code {
			return true
		}
	}
	return o.From.Code == code
}

func nextHour(at string) string {
	when, err := time.Parse("20060102T150405", at)
	if err != nil {
		panic(err)
	}
	return when.Add(time.Hour).Format("20060102T150405")
}

// reload sends SIGHUP and waits until usher has loaded, or refused to.
func (s *site) reload() {
	s.t.Helper()
	count := func() int {
		log := s.log.String()
		return strings.Count(log, `msg="configuration loaded"`) + strings.Count(log, `msg="configuration not loaded`)
	}
	before := count()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); count() == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("usher did not reload")
		}
	}
}

// TestBadReloadKeepsTheOldConfiguration, says what is wrong with file and line, and goes on booking.
func TestBadReloadKeepsTheOldConfiguration(t *testing.T) {
	s := newSite(t, siteOptions{})
	good, _ := os.ReadFile(s.config)
	s.configure(string(good) + "modulez: {}\n")
	s.reload()
	s.awaitLog("usher.yaml:", 1)
	m := next("budget", 10)
	if o := s.invite(m, "doe"); !o.Taken() {
		t.Fatalf("answered %+v", o)
	}
	s.answer(m, "ACCEPTED", 1)
}

// TestBurst: many invitations to one room at once; every sender is answered, none is deferred, and exactly the right
// number of bookings is made: one for each hour.
func TestBurst(t *testing.T) {
	const hours, rivals = 4, 10
	s := newSite(t, siteOptions{})
	var wg sync.WaitGroup
	var taken atomic.Int32
	for h := range hours {
		for r := range rivals {
			wg.Go(func() {
				if o := s.invite(next(fmt.Sprintf("m-%d-%d-", h, r), 9+h), "doe"); o.Taken() {
					taken.Add(1)
				} else {
					t.Errorf("m-%d-%d was answered %+v", h, r, o)
				}
			})
		}
	}
	wg.Wait()
	if n := s.booked(); n != hours {
		t.Errorf("%d bookings; want one for each of %d hours", n, hours)
	}
	replies := s.Sink.Wait(t, hours*rivals, func(m smtptest.Message) bool { return bytes.Contains(m.Data, []byte("METHOD:REPLY")) })
	accepted := 0
	for _, m := range replies {
		if bytes.Contains(m.Data, []byte("PARTSTAT=3DACCEPTED")) {
			accepted++
		}
	}
	if accepted != hours || len(replies) != hours*rivals {
		t.Errorf("%d answers, %d of them ACCEPTED; want %d and %d", len(replies), accepted, hours*rivals, hours)
	}
}

// TestSaturated: with one process for our own service and few for the public one, both full, nothing waits for
// itself: every mail is answered, and all of its answers go out.
func TestSaturated(t *testing.T) {
	const mails = 24
	s := newSite(t, siteOptions{
		services: func(all []postfix.Service) {
			for i := range all {
				switch all[i].Name {
				case postfix.Submission:
					all[i].Processes = 4
				case postfix.Own:
					all[i].Processes = 1
				}
			}
		},
		config: func(text string) string {
			return strings.NewReplacer("role: submission, mode: 0666", "role: submission, mode: 0666, max_connections: 4",
				"role: own, mode: 0666", "role: own, mode: 0666, max_connections: 1").Replace(text)
		},
	})
	var wg sync.WaitGroup
	for i := range mails {
		wg.Go(func() {
			m := next(fmt.Sprintf("full-%d-", i), 1)
			m.Start, m.End = m.Start[:9]+fmt.Sprintf("%02d0000", i%24), m.Start[:9]+fmt.Sprintf("%02d3000", i%24)
			if o := s.invite(m, "doe"); !o.Taken() {
				t.Errorf("%s was answered %+v", m.UID, o)
			}
		})
	}
	wg.Wait()
	s.Sink.Wait(t, mails, func(m smtptest.Message) bool { return bytes.Contains(m.Data, []byte("METHOD:REPLY")) })
	s.AwaitEmpty(t)
}

// TestKilled: usher is killed in the middle of a crowd and started again. The senders whose mail was not taken try
// again; in the end every hour is booked once and everybody has been answered.
func TestKilled(t *testing.T) {
	const mails = 20
	s := newSite(t, siteOptions{})
	var wg sync.WaitGroup
	meetings := make([]meeting, mails)
	for i := range mails {
		meetings[i] = next(fmt.Sprintf("kill-%d-", i), 8+i/2) // two rivals for each hour
		wg.Go(func() {
			for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
				switch o := s.invite(meetings[i], "doe"); {
				case o.Taken():
					return
				case o.From.Code/100 == 5 || o.Data.Code/100 == 5:
					t.Errorf("%s was refused for good: %+v", meetings[i].UID, o)
					return
				}
			}
			t.Errorf("%s was never taken", meetings[i].UID)
		})
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		s.stop(syscall.SIGKILL)
		s.start()
	}
	wg.Wait()
	if n := s.booked(); n != mails/2 {
		t.Errorf("%d bookings; want %d", n, mails/2)
	}
	for i := 0; i < mails; i += 2 {
		s.oneAccepted(meetings[i], meetings[i+1])
	}
}

// oneAccepted waits for the answers to two rivals and looks that the last word to one is ACCEPTED, to the other
// DECLINED.
func (s *site) oneAccepted(a, b meeting) {
	s.t.Helper()
	var accepted int
	for _, m := range []meeting{a, b} {
		got := s.Sink.Wait(s.t, 1, func(msg smtptest.Message) bool {
			return bytes.Contains(msg.Data, []byte("METHOD:REPLY")) && bytes.Contains(msg.Data, []byte("UID:"+m.UID+"\r\n"))
		})
		for _, msg := range got {
			if bytes.Contains(msg.Data, []byte("PARTSTAT=3DACCEPTED")) {
				accepted++
				break
			}
		}
	}
	if accepted != 1 {
		s.t.Errorf("%s and %s: %d accepted; want one", a.UID, b.UID, accepted)
	}
}
