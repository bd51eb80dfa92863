package integration

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"usher/integration/postfix"
	"usher/integration/smtptest"
)

// withWords adds a signature for everybody and legal texts for those outside.
func withWords(text string) string {
	return strings.Replace(text, "modules:\n", `modules:
  signature: {enabled: true, on_error: defer, text: "-- \n{{.cn}}"}
  footer:
    enabled: true
    on_error: defer
    rules:
      - {name: legal, when: "!recipient.internal", text: "Confidential."}
      - {name: partner, when: "recipient.domain == 'partner.example'", text: "Our contract counts."}
`, 1)
}

// gate is a policy service of Postfix that has one recipient wait while it is shut.
type gate struct {
	shut  atomic.Bool
	asked atomic.Int64
	addr  string
}

func newGate(t *testing.T, rcpt string) *gate {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	g := &gate{addr: ln.Addr().String()}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go g.answer(c, rcpt)
		}
	}()
	return g
}

// answer reads requests, lines up to an empty one, and answers each.
func (g *gate) answer(c net.Conn, rcpt string) {
	defer c.Close()
	waits := false
	for lines := bufio.NewScanner(c); lines.Scan(); {
		switch line := lines.Text(); {
		case line == "recipient="+rcpt:
			waits = g.shut.Load()
			g.asked.Add(1)
		case line == "" && waits:
			fmt.Fprint(c, "action=451 4.3.0 not now\n\n")
			waits = false
		case line == "":
			fmt.Fprint(c, "action=DUNNO\n\n")
		}
	}
}

// TestDifferentBodies: our own people get the mail with its signature, those outside a legal text below it, and a partner
// another one below that: each exactly once, also when one of the bodies has to wait and the sender's server tries again.
func TestDifferentBodies(t *testing.T) {
	g := newGate(t, "p@partner.example")
	s := newSite(t, siteOptions{config: withWords, services: func(all []postfix.Service) {
		for i := range all {
			if all[i].Name == postfix.Own {
				all[i].Main["smtpd_recipient_restrictions"] = "check_policy_service inet:" + g.addr + ", permit_mynetworks, reject"
			}
		}
	}})
	mail := smtptest.Mail{XClient: as("doe"), From: "john.doe@example.org", To: []string{"jane.smith@example.org", "claire.martin@example.org", "x@outside.example", "p@partner.example"},
		Data: []byte("From: John Doe <john.doe@example.org>\r\nTo: everybody: ;\r\nSubject: offer\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\nMessage-ID: <offer@example.org>\r\n\r\nour offer\r\n")}
	g.shut.Store(true)
	if o := smtptest.Send(t, s.Addr(postfix.Submission), mail); o.Taken() || g.asked.Load() == 0 {
		t.Fatalf("the partner has to wait (asked %d): %+v", g.asked.Load(), o)
	}
	g.shut.Store(false)
	if o := smtptest.Send(t, s.Addr(postfix.Submission), mail); !o.Taken() {
		t.Fatalf("the second time: %+v", o)
	}
	s.AwaitEmpty(t)
	got := map[string][]string{}
	for _, m := range s.Sink.Messages() {
		_, body, _ := strings.Cut(string(m.Data), "\r\n\r\n")
		for _, to := range m.Rcpts {
			got[to.Address] = append(got[to.Address], body)
		}
	}
	signed := "our offer\r\n-- \r\nJohn Doe\r\n"
	for to, want := range map[string]string{
		"jane.smith@example.org": signed, "claire.martin@example.org": signed, "x@outside.example": signed + "Confidential.\r\n",
		"p@partner.example": signed + "Confidential.\r\nOur contract counts.\r\n",
	} {
		if len(got[to]) != 1 || got[to][0] != want {
			t.Errorf("%s got %q; want %q once", to, got[to], want)
		}
	}
}
