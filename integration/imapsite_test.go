package integration

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/examples/office"
	"usher/integration/smtptest"
	"usher/itip"
	"usher/itip/imapcal/imaptest"
	"usher/itip/kolab"
	"usher/ldapdir/ldap/slapdtest"
)

// blue is the calendar of the room, and hold the keyword of what is not booked yet.
const (
	blue = "shared/Resources/Blue@example.org"
	hold = "$UsherHold"
)

// imapSite is the office with its directory in slapd and its calendars on an IMAP server.
type imapSite struct {
	*site
	imap *imaptest.Server
}

// imapOptions is what may differ.
type imapOptions struct {
	format string // kolab unless given
	addr   string // of a tap before the server
	slapd  *slapdtest.Server
	config string // more of it
}

// newIMAPSite starts slapd unless it is there, Postfix and Usher.
func newIMAPSite(t testing.TB, server *imaptest.Server, o imapOptions) *imapSite {
	t.Helper()
	if o.slapd == nil {
		o.slapd = startSlapd(t)
	}
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", o.slapd.URL), config: func(text string) string {
		return strings.Replace(text, "{dir: calendars, zone: Europe/Berlin}", imapSection(t, server, o), 1) + o.config
	}})
	return &imapSite{site: s, imap: server}
}

func startSlapd(t testing.TB) *slapdtest.Server {
	t.Helper()
	ldif, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	return slapdtest.Start(t, string(ldif))
}

// imapSection is what stands under calendars.
func imapSection(t testing.TB, server *imaptest.Server, o imapOptions) string {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(server.AdminPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o.addr == "" {
		o.addr = server.Addr
	}
	if o.format == "" {
		o.format = "kolab"
	}
	return fmt.Sprintf("{imap: %q, user: %q, password_file: %q, login: %s, format: %s, timeout: 2s, dial_timeout: 2s, zone: Europe/Berlin}",
		"imap://"+o.addr, server.Admin, secret, server.Login, o.format)
}

// inFolder gives the messages of the room's calendar that are bookings, and those that are holds. What is cancelled is
// kept there, and takes no time.
func (s *imapSite) inFolder() (bookings, holds []imaptest.Message) {
	s.t.Helper()
	for _, m := range s.imap.Messages("", blue) {
		has := func(name string) bool {
			for _, f := range m.Flags {
				if strings.EqualFold(string(f), name) {
					return true
				}
			}
			return false
		}
		switch {
		case has(`\Deleted`):
		case has(hold):
			holds = append(holds, m)
		case !takesNoTime(s.t, m):
			bookings = append(bookings, m)
		}
	}
	return bookings, holds
}

func takesNoTime(t testing.TB, m imaptest.Message) bool {
	t.Helper()
	format := "ical"
	if headerOf(m, "X-Kolab-Type") != "" {
		format = "kolab"
	}
	return !slices.ContainsFunc(stored(t, format, m).Scheduled(), func(c *itip.Component) bool { return !c.Transparent() })
}

// wantBooked wants so many bookings and no hold.
func (s *imapSite) wantBooked(n int) []imaptest.Message {
	s.t.Helper()
	bookings, holds := s.inFolder()
	if len(bookings) != n || len(holds) != 0 {
		s.t.Errorf("%d bookings and %d holds in the calendar; want %d and none", len(bookings), len(holds), n)
	}
	return bookings
}

// stored reads a message of the calendar, which must be in the format.
func stored(t testing.TB, format string, m imaptest.Message) *itip.Object {
	t.Helper()
	if format == "kolab" {
		got, err := kolab.Read(m.Body)
		if err != nil {
			t.Fatalf("what is stored is not Kolab's: %v\n%s", err, m.Body)
		}
		return got.Object
	}
	_, text, ok := bytes.Cut(m.Body, []byte("\r\n\r\n"))
	objects, err := itip.Parse(text)
	if !ok || err != nil || len(objects) != 1 || !strings.HasPrefix(headerOf(m, "Content-Type"), "text/calendar") {
		t.Fatalf("what is stored is not iCalendar: %d objects, %v\n%s", len(objects), err, m.Body)
	}
	return objects[0]
}

// headerOf is a field of a stored message that is one line.
func headerOf(m imaptest.Message, name string) string {
	head, _, _ := bytes.Cut(m.Body, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}

// answers counts the replies to all meetings, and those that say ACCEPTED.
func answers(sink *smtptest.Sink) (all, accepted int) {
	replies := slices.DeleteFunc(sink.Messages(), func(m smtptest.Message) bool { return !bytes.Contains(m.Data, []byte("METHOD:REPLY")) })
	for _, m := range replies {
		if bytes.Contains(m.Data, []byte("PARTSTAT=3DACCEPTED")) {
			accepted++
		}
	}
	return len(replies), accepted
}
