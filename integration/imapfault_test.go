package integration

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/itip/imapcal/imaptest"
)

// impatient is a configuration that does not wait for long.
const impatient = "limits: {deadline: 8s}\n"

func toJane(m meeting) func(smtptest.Message) bool {
	return func(msg smtptest.Message) bool {
		return msg.HasRcpt("jane.smith@example.org") && bytes.Contains(msg.Data, []byte("UID:"+m.UID))
	}
}

func (s *site) text() string {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// TestIMAPOutage: while the IMAP server is gone, or says nothing, nothing is taken; the mail that comes again is booked
// once.
func TestIMAPOutage(t *testing.T) {
	postfix.Need(t)
	server := imaptest.Cyrus(t)
	server.CreateShared(blue)
	s := newIMAPSite(t, server, imapOptions{config: impatient})
	first := next("before", 8)
	s.mustTake(first, "doe") // connections are open from now on
	for i, outage := range []struct {
		name       string
		begin, end func()
	}{{"stopped", server.Stop, server.Start}, {"frozen", server.Freeze, server.Thaw}} {
		m := next(outage.name, 10+i)
		outage.begin()
		if o := s.invite(m, "doe"); o.Data.Code != 451 {
			t.Errorf("%s: answered %+v; want 451", outage.name, o)
		}
		outage.end()
		s.mustTake(m, "doe")
		s.answer(m, "ACCEPTED", 1)
		s.mustTake(m, "doe") // as if the answer to the sender had been lost
		s.wantBooked(2 + i)
	}
	s.AwaitEmpty(t)
	if all, accepted := answers(s.Sink); all != 3 || accepted != 3 {
		t.Errorf("%d answers, %d of them ACCEPTED; want one to each of three", all, accepted)
	}
	if got := len(s.Sink.Wait(t, 1, toJane(first))); got != 1 {
		t.Errorf("Jane got the first mail %d times", got)
	}
}

// TestIMAPKilled: usher is killed in the middle of a crowd and started again. In the end every hour is booked once,
// everybody has been answered, and nothing is in the way of those who come later.
func TestIMAPKilled(t *testing.T) {
	const mails = 12
	postfix.Need(t)
	server := imaptest.Cyrus(t)
	server.CreateShared(blue)
	s := newIMAPSite(t, server, imapOptions{config: impatient})
	var wg sync.WaitGroup
	meetings := make([]meeting, mails)
	for i := range mails {
		meetings[i] = next(fmt.Sprintf("kill-%d-", i), 8+i/2) // two rivals for each hour
		wg.Go(func() { s.insist(meetings[i]) })
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		s.stop(syscall.SIGKILL)
		s.letTimePass()
		s.start()
	}
	wg.Wait()
	bookings, holds := s.inFolder()
	if len(bookings) != mails/2 {
		t.Errorf("%d bookings; want %d", len(bookings), mails/2)
	}
	t.Logf("%d holds are left of those who were killed", len(holds))
	for i := 0; i < mails; i += 2 {
		s.oneAccepted(meetings[i], meetings[i+1])
	}
}

// letTimePass makes the holds of a killed usher old enough that its senders' retries may take them over at once.
func (s *imapSite) letTimePass() {
	s.t.Helper()
	_, holds := s.inFolder()
	for _, m := range holds {
		s.imap.Age("", blue, m, 2*time.Minute)
	}
}

// insist sends a mail until it is taken.
func (s *site) insist(m meeting) {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		switch o := s.invite(m, "doe"); {
		case o.Taken():
			return
		case o.From.Code/100 == 5 || o.Data.Code/100 == 5:
			s.t.Errorf("%s was refused for good: %+v", m.UID, o)
			return
		}
	}
	s.t.Errorf("%s was never taken", m.UID)
}

// crowd sends rival invitations to each hour at once, in turns through the sites, and waits for the answers.
func crowd(t *testing.T, hours, rivals int, sites ...*imapSite) {
	t.Helper()
	var wg sync.WaitGroup
	counts := make([]atomic.Int32, len(sites))
	for h := range hours {
		for r := range rivals {
			at := (h + r) % len(sites)
			wg.Go(func() {
				if o := sites[at].invite(next(fmt.Sprintf("m-%d-%d-", h, r), 9+h), "doe"); !o.Taken() {
					t.Errorf("m-%d-%d was answered %+v", h, r, o)
				}
				counts[at].Add(1)
			})
		}
	}
	wg.Wait()
	for i, s := range sites {
		s.Sink.Wait(t, int(counts[i].Load()), func(m smtptest.Message) bool { return bytes.Contains(m.Data, []byte("METHOD:REPLY")) })
		s.AwaitEmpty(t)
	}
}

// TestIMAPTwoHosts: two mail servers, each with an Usher of its own, in front of one IMAP server: they meet in the
// folder and nowhere else, and every hour is booked once.
func TestIMAPTwoHosts(t *testing.T) {
	const hours, rivals = 4, 6
	postfix.Need(t)
	server, slapd := imaptest.Cyrus(t), startSlapd(t)
	server.CreateShared(blue)
	one := newIMAPSite(t, server, imapOptions{slapd: slapd})
	two := newIMAPSite(t, server, imapOptions{slapd: slapd})
	crowd(t, hours, rivals, one, two)
	one.wantBooked(hours)
	all, accepted := answers(one.Sink)
	more, too := answers(two.Sink)
	if all+more != hours*rivals || accepted+too != hours {
		t.Errorf("%d answers, %d of them ACCEPTED; want %d and %d", all+more, accepted+too, hours*rivals, hours)
	}
}
