package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/integration/smtptest"
	"usher/itip/imapcal/imaptest"
	"usher/milter/miltertest"
)

// behind is a usher serve with its calendars on an IMAP server behind a tap.
func behind(t *testing.T, tap *imaptest.Tap, server *imaptest.Server, writers string, sink *smtptest.Sink) *process {
	t.Helper()
	p := prepare(t, "dir: calendars", fmt.Sprintf(`imap: "imap://%s", user: %s, password_file: imap.password, format: ical, writers: %s`, tap.Addr, server.Admin, writers),
		`submit: {smtp: ""}`, fmt.Sprintf(`submit: {smtp: %q}`, sink.Addr))
	if err := os.WriteFile(filepath.Join(p.home, "imap.password"), []byte(server.AdminPassword), 0o600); err != nil {
		t.Fatal(err)
	}
	p.begin()
	p.await("msg=serving ")
	return p
}

// invite hands an invitation of the story in, for the room alone.
func invite(t *testing.T, p *process, sc scene) miltertest.Delivery {
	t.Helper()
	raw, err := sc.mail.render(sc.file)
	if err != nil {
		t.Error(err)
	}
	d, err := p.dial("s").Deliver(miltertest.Mail{User: sc.login, From: sc.mail.From, Rcpts: miltertest.To("room@example.org"), QueueID: "4" + sc.login, Raw: raw})
	if err != nil {
		t.Errorf("%s: %v", sc.mail.Title, err)
	}
	return d
}

// answered are the PARTSTATs of answers that were sent about an event.
func answered(sink *smtptest.Sink, sc scene) (said []string) {
	for _, m := range sink.Messages() {
		text := strings.ReplaceAll(string(m.Data), "=\r\n", "")
		for _, partstat := range []string{"ACCEPTED", "DECLINED"} {
			if strings.Contains(text, "UID:"+sc.mail.UID+"\r\n") && strings.Contains(text, "=3D"+partstat) {
				said = append(said, partstat)
			}
		}
	}
	return said
}

// TestIMAPReloadUnderAMail: a mail is about to book, or has its hold in the folder, when the configuration is loaded
// anew and somebody else asks the new engine for the same room. Both are answered, once, and one has the room.
func TestIMAPReloadUnderAMail(t *testing.T) {
	for _, tt := range []struct {
		name, writers string
		when          imaptest.When
		waits         bool // the other has to wait for the mail in work
	}{
		{"before its hold", "many", imaptest.Before, false},
		{"with its hold", "many", imaptest.Done, true},
		{"alone, before it is booked", "1", imaptest.Before, false},
		{"alone, when it is booked", "1", imaptest.Done, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, sink := imaptest.Memory(t), smtptest.NewSink(t)
			server.CreateShared(blue)
			tap := imaptest.NewTap(t, server.Addr)
			p := behind(t, tap, server, tt.writers, sink)
			all := story(time.Now())
			john, claire := all[0], all[1]
			other := make(chan miltertest.Delivery, 1)
			tap.On(imaptest.Fault{Command: "APPEND", N: 1, When: tt.when, Do: imaptest.Run, Call: func() {
				p.signal(syscall.SIGHUP)
				p.await(`msg="configuration loaded"`)
				if tt.waits {
					go func() { other <- invite(t, p, claire) }()
					return
				}
				other <- invite(t, p, claire)
			}})
			for name, d := range map[string]miltertest.Delivery{"in work": invite(t, p, john), "on the new engine": <-other} {
				if !d.Discarded {
					t.Errorf("the mail %s: %s\n%s", name, d.Final, p.log.String())
				}
			}
			said := slices.Concat(answered(sink, john), answered(sink, claire))
			slices.Sort(said)
			if want := []string{"ACCEPTED", "DECLINED"}; !slices.Equal(said, want) {
				t.Errorf("answered %v; want %v\n%s", said, want, p.log.String())
			}
			if n := len(server.Messages("", blue)); n != 1 {
				t.Errorf("%d messages in the calendar; want the booking", n)
			}
		})
	}
}
