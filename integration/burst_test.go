package integration

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/itip/imapcal/imaptest"
	"usher/ldapdir/ldap/slapdtest"
)

// TestIMAPBurst: a hundred people invite one room at once, ten for each of ten hours. Each of them is answered once,
// none is deferred anywhere, and each hour is booked by one of those who wanted it: who is told so.
func TestIMAPBurst(t *testing.T) {
	const hours, rivals = 10, 10
	for name, start := range map[string]func(testing.TB) *imaptest.Server{"cyrus": imaptest.Cyrus, "dovecot": imaptest.Dovecot} {
		t.Run(name, func(t *testing.T) {
			postfix.Need(t)
			server := start(t)
			server.CreateShared(blue)
			s := newIMAPSite(t, server, imapOptions{slapd: staffed(t, hours*rivals)})
			before := len(s.Log())
			rush(t, s, hours, rivals)
			s.AwaitEmpty(t)
			for line := range strings.Lines(s.Log()[before:]) {
				if strings.Contains(line, "status=deferred") || strings.Contains(line, "milter-reject") {
					t.Errorf("the mail log says %s", line)
				}
			}
			won := told(t, s, hours, rivals)
			for _, m := range s.wantBooked(hours) {
				uid := stored(t, "kolab", m).UID()
				var hour, rival int
				if _, err := fmt.Sscanf(uid, "burst-%d-%d", &hour, &rival); err != nil || won[hour] != rival {
					t.Errorf("%s is booked; whom was told so is %v", uid, won)
				}
			}
		})
	}
}

// guest is one of the many who are in the directory beside the office's people.
func guest(n int) (login, addr string) {
	return fmt.Sprintf("guest%d", n), fmt.Sprintf("guest%d@example.org", n)
}

// staffed is the office's directory with so many guests more.
func staffed(t testing.TB, n int) *slapdtest.Server {
	t.Helper()
	ldif, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(ldif)
	for i := range n {
		login, addr := guest(i)
		fmt.Fprintf(&b, "\ndn: uid=%[1]s,ou=People,dc=example,dc=org\nobjectClass: inetOrgPerson\nobjectClass: mailRecipient\nuid: %[1]s\ncn: Guest %[3]d\nsn: Guest\nmail: %[2]s\n", login, addr, i)
	}
	return slapdtest.Start(t, b.String())
}

// rush has everybody send at the same moment.
func rush(t *testing.T, s *imapSite, hours, rivals int) {
	t.Helper()
	var wg sync.WaitGroup
	ready := make(chan struct{})
	for h := range hours {
		for r := range rivals {
			m := next(fmt.Sprintf("burst-%d-%d", h, r), 8+h)
			login, addr := guest(h*rivals + r)
			m.Name, m.From, m.Organizer = "Guest", addr, addr
			wg.Go(func() {
				<-ready
				if o := s.invite(m, login); !o.Taken() {
					t.Errorf("%s was answered %+v", m.UID, o)
				}
			})
		}
	}
	close(ready)
	wg.Wait()
}

// told wants one answer for each guest, and tells who of each hour may come.
func told(t *testing.T, s *imapSite, hours, rivals int) map[int]int {
	t.Helper()
	won := map[int]int{}
	for h := range hours {
		for r := range rivals {
			_, addr := guest(h*rivals + r)
			answers := s.Sink.Wait(t, 1, func(m smtptest.Message) bool {
				return m.HasRcpt(addr) && bytes.Contains(m.Data, []byte("METHOD:REPLY"))
			})
			accepted := bytes.Contains(answers[0].Data, []byte("PARTSTAT=3DACCEPTED"))
			if len(answers) != 1 || accepted == bytes.Contains(answers[0].Data, []byte("PARTSTAT=3DDECLINED")) {
				t.Errorf("%s has %d answers, ACCEPTED: %v", addr, len(answers), accepted)
			}
			if other, taken := won[h]; accepted && taken {
				t.Errorf("hour %d is promised to %d and %d", h, other, r)
			} else if accepted {
				won[h] = r
			}
		}
	}
	if len(won) != hours {
		t.Errorf("%d hours are promised to somebody; want %d", len(won), hours)
	}
	return won
}
