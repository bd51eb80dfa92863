package integration

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/ldapdir/ldap/slapdtest"
)

// kept is a meeting as its organizer has it in his calendar.
func (m meeting) kept(t *testing.T) []byte {
	t.Helper()
	text := string(m.mail(t))
	text = text[strings.Index(text, "BEGIN:VCALENDAR"):strings.Index(text, "--b1--")]
	return []byte(strings.Replace(text, "METHOD:REQUEST\r\n", "", 1))
}

// TestSummaries: a room and a person answer by themselves, their answers come back in through our own service, which
// has one process, and the organizer reads summaries: each in the place of an answer, of which nothing is left.
func TestSummaries(t *testing.T) {
	const mails = 8
	text, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	follows := strings.Replace(string(text), "kolabInvitationPolicy: ACT_MANUAL", "kolabInvitationPolicy: ACT_UPDATE_AND_NOTIFY", 1)
	s := newSite(t, siteOptions{
		directory: fmt.Sprintf("url: %q", slapdtest.Start(t, follows).URL),
		services: func(all []postfix.Service) {
			for i := range all {
				if all[i].Name == postfix.Own {
					all[i].Processes = 1
				}
			}
		},
		config: func(text string) string {
			return strings.NewReplacer("role: own, mode: 0666", "role: own, mode: 0666, max_connections: 1",
				"resource: {enabled: true}", "resource: {enabled: true}\n  invitation: {enabled: true, on_error: defer, gather: 0s}").Replace(text)
		},
	})
	calendar := filepath.Join(s.home, "calendars", "john.doe@example.org")
	if err := os.MkdirAll(calendar, 0o755); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range mails {
		m := next(fmt.Sprintf("sum-%d", i), 8+i)
		if err := os.WriteFile(filepath.Join(calendar, m.UID+".ics"), m.kept(t), 0o644); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if o := s.invite(m, "doe"); !o.Taken() {
				t.Errorf("%s was answered %+v", m.UID, o)
			}
		})
	}
	wg.Wait()
	for i, m := range s.Sink.Wait(t, 2*mails, nil) {
		got, err := mail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			t.Fatal(err)
		}
		if m.From != "" || !m.HasRcpt("john.doe@example.org") || !strings.Contains(got.Header.Get("From"), "john.doe@example.org") ||
			!strings.HasSuffix(got.Header.Get("Subject"), "has been updated") || got.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("mail %d is no summary:\n%s", i, m.Data)
		}
		for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted"} {
			if n := len(got.Header[name]); n != 1 {
				t.Errorf("mail %d has %d fields %s:\n%s", i, n, name, m.Data)
			}
		}
		if !bytes.HasPrefix(m.Data, []byte("Received:")) {
			t.Errorf("mail %d does not begin with where it has been:\n%s", i, m.Data)
		}
		if bytes.Contains(m.Data, []byte("text/calendar")) || got.Header.Get("In-Reply-To") != "" {
			t.Errorf("of the answer something is left in mail %d:\n%s", i, m.Data)
		}
	}
	for i := range mails {
		data, err := os.ReadFile(filepath.Join(calendar, fmt.Sprintf("sum-%d.ics", i)))
		if n := bytes.Count(data, []byte("PARTSTAT=ACCEPTED")); err != nil || n != 2 {
			t.Errorf("in the organizer's calendar %d have accepted, %v:\n%s", n, err, data)
		}
	}
	s.AwaitEmpty(t)
	if n := len(s.Sink.Messages()); n != 2*mails {
		t.Errorf("%d mails came, want %d", n, 2*mails)
	}
}
