package integration

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/ldapdir/ldap/slapdtest"
	"usher/milter/filter"
)

// team is a group of a room, two people and somebody elsewhere, and crew one of a room and one of these.
const team = `
dn: cn=team,ou=Groups,dc=example,dc=org
objectClass: groupOfUniqueNames
objectClass: kolabGroupOfUniqueNames
objectClass: mailRecipient
cn: team
mail: team@example.org
mailForwardingAddress: partner@elsewhere.example
uniqueMember: uid=smith,ou=People,dc=example,dc=org
uniqueMember: cn=Blue Room,ou=Resources,dc=example,dc=org
uniqueMember: uid=martin,ou=People,dc=example,dc=org

dn: cn=crew,ou=Groups,dc=example,dc=org
objectClass: groupOfUniqueNames
objectClass: kolabGroupOfUniqueNames
cn: crew
mail: crew@example.org
uniqueMember: cn=Green Room,ou=Resources,dc=example,dc=org
uniqueMember: uid=smith,ou=People,dc=example,dc=org
`

// aliases is what Postfix knows of them.
const aliases = "inline:{{team@example.org=jane.smith@example.org, room@example.org, claire.martin@example.org, partner@elsewhere.example}, " +
	"{crew@example.org=green@example.org, jane.smith@example.org}}"

// toTeam is a meeting that names the team alone.
func (m meeting) toTeam(t *testing.T) []byte {
	t.Helper()
	mail := string(m.mail(t))
	from, to := strings.Index(mail, "ATTENDEE"), strings.Index(mail, "END:VEVENT")
	return []byte(mail[:from] + "ATTENDEE;CUTYPE=GROUP;CN=Team;RSVP=TRUE:mailto:team@example.org\r\n" + mail[to:])
}

// TestRoomInAGroup: a group with a room is invited. The room books and answers as a member of it, everybody else behind the
// group gets the mail once, and Postfix, whose tables know the group as well, brings it to nobody a second time.
func TestRoomInAGroup(t *testing.T) {
	text, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(text)+team)
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL), main: map[string]string{"virtual_alias_maps": aliases}})
	everybody := []string{"jane.smith@example.org", "claire.martin@example.org", "partner@elsewhere.example"}
	for i, tt := range []struct {
		name string
		to   []string
		want []string
	}{
		{"the group", []string{"team@example.org"}, everybody},
		{"the group and two members of it", []string{"jane.smith@example.org", "team@example.org", "room@example.org"}, everybody},
		{"the room by another address", []string{"blue@example.org", "team@example.org"}, everybody},
		{"a group that stays", []string{"team@example.org", "crew@example.org"}, append([]string{"green@example.org"}, everybody...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, before := next(fmt.Sprint("team", i), 9+i), len(s.Sink.Messages())
			if o := smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as("doe"), From: m.From, To: tt.to, Data: m.toTeam(t)}); !o.Taken() {
				t.Fatalf("answered %+v", o)
			}
			s.AwaitEmpty(t)
			got := map[string]int{}
			for _, mail := range s.Sink.Messages()[before:] {
				if mail.HasRcpt(m.Organizer) {
					heard(t, m, mail.Data)
				} else if data := withoutReceived(t, string(mail.Data)); data != string(m.toTeam(t)) {
					t.Errorf("%v got\n%q", mail.To(), data)
				}
				for _, to := range mail.To() {
					got[to]++
				}
			}
			want := map[string]int{m.Organizer: 1}
			for _, to := range tt.want {
				want[to] = 1
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("delivered to %v; want %v", got, want)
			}
			if n := s.booked(); n != i+1 {
				t.Errorf("%d bookings; want %d", n, i+1)
			}
		})
	}
	s.awaitLog("team@example.org opened for room@example.org", 2)
	t.Run("plain mail", func(t *testing.T) {
		before := len(s.Sink.Messages())
		smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as("doe"), From: "john.doe@example.org", To: []string{"team@example.org"}, Data: []byte(plainMail)})
		s.AwaitEmpty(t)
		var got []string
		for _, mail := range s.Sink.Messages()[before:] {
			got = append(got, mail.To()...)
		}
		if len(got) != 4 {
			t.Errorf("delivered to %v; want the four of the group", got)
		}
	})
	t.Run("explain", func(t *testing.T) {
		m := next("explained", 20)
		file := filepath.Join(t.TempDir(), "invite.eml")
		if err := os.WriteFile(file, m.toTeam(t), 0o644); err != nil {
			t.Fatal(err)
		}
		said := s.usher("explain", "-listener", "submission", "-login", "doe", "-from", m.From, "-rcpt", "team@example.org", file)
		if want := "- open team@example.org: jane.smith@example.org, claire.martin@example.org, partner@elsewhere.example in its place"; !strings.Contains(said, want) {
			t.Errorf("explain says\n%s\nwant %q", said, want)
		}
	})
}

// TestRoomAndPersonInAGroup: both modules see who is behind a group, one after the other, and the room and who lets her
// calendar decide answer for themselves.
func TestRoomAndPersonInAGroup(t *testing.T) {
	text, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(text)+team)
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL), main: map[string]string{"virtual_alias_maps": aliases}, config: func(text string) string {
		return strings.Replace(text, "resource: {enabled: true}", "resource: {enabled: true}\n  invitation: {enabled: true}", 1)
	}})
	m := next("both", 9)
	if o := smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as("doe"), From: m.From, To: []string{"team@example.org"}, Data: m.toTeam(t)}); !o.Taken() {
		t.Fatalf("answered %+v", o)
	}
	s.AwaitEmpty(t)
	got := map[string]int{}
	for _, mail := range s.Sink.Messages() {
		for _, to := range mail.To() {
			got[to]++
		}
		if data := unfolded(mail.Data); mail.HasRcpt(m.Organizer) && !strings.Contains(data, `MEMBER=3D"mailto:team@example.org"`) {
			t.Errorf("an answer that is no member's:\n%s", data)
		}
	}
	if want := map[string]int{m.Organizer: 2, "claire.martin@example.org": 1, "partner@elsewhere.example": 1}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("delivered to %v; want %v", got, want)
	}
}

// heard looks at the room's answer.
func heard(t *testing.T, m meeting, answer []byte) {
	t.Helper()
	mail := unfolded(answer)
	for _, want := range []string{"METHOD:REPLY", "UID:" + m.UID + "\r\n", "PARTSTAT=3DACCEPTED", "mailto:room@example.org", `MEMBER=3D"mailto:team@example.org"`} {
		if !strings.Contains(mail, want) {
			t.Errorf("the answer lacks %s:\n%s", want, mail)
		}
	}
}

// unfolded is an answer without the folds of its encoding and of its calendar part.
func unfolded(mail []byte) string {
	return strings.NewReplacer("=\r\n", "", "\r\n ", "").Replace(string(mail))
}

// TestArgumentsOfAGroup: what the sender wanted to be told of the group holds for those in its place. That a group was
// opened is for Postfix to report, and it does where it knows the group.
func TestArgumentsOfAGroup(t *testing.T) {
	text, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(text)+team)
	for tables, reports := range map[string]int{"": 0, aliases: 1} {
		s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL), main: map[string]string{"virtual_alias_maps": tables}})
		m := next("arguments", 9)
		c := smtptest.Dial(t, s.Addr(postfix.Submission))
		c.XClient(as("doe")...)
		c.Mail(m.From)
		c.Rcpt("team@example.org", "NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;crew@example.org")
		if r := c.Data(m.toTeam(t)); !r.OK() {
			t.Fatalf("answered %s", r)
		}
		s.AwaitEmpty(t)
		others, expanded := 0, 0
		for _, mail := range s.Sink.Messages() {
			for _, r := range mail.Rcpts {
				if r.Address == m.Organizer {
					expanded += bytes.Count(mail.Data, []byte("\nAction: expanded\r\n"))
				} else if others++; fmt.Sprint(r.Args) != "[NOTIFY=FAILURE ORCPT=RFC822;crew@example.org]" {
					t.Errorf("%s comes with %s", r.Address, r.Args)
				}
			}
		}
		if others != 3 || expanded != reports {
			t.Errorf("aliases %q: %d got it, %d reports of an opened group; want 3 and %d", tables, others, expanded, reports)
		}
	}
}

// TestPostfixWithoutOriginalRecipients: it takes back what its tables made of a group, and does not forget it. Who comes
// in the place of the group is a duplicate then, and nobody gets the mail. The doctor tells of it; should this fail one
// day, he need not any more.
func TestPostfixWithoutOriginalRecipients(t *testing.T) {
	for original, want := range map[string]int{"yes": 1, "no": 0} {
		s := &script{run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
			return filter.Outcome{Drop: tx.Rcpts, Add: []filter.Recipient{{Address: "jane.smith@example.org"}}}
		}}
		l := newLab(t, s, func(o *postfix.Options) {
			o.Main = map[string]string{"virtual_alias_maps": aliases, "enable_original_recipient": original}
		})
		if o := l.submit(t, plainMail, "team@example.org"); !o.Taken() {
			t.Fatalf("answered %+v", o)
		}
		l.AwaitEmpty(t)
		if got := l.Sink.Messages(); len(got) != want {
			t.Errorf("enable_original_recipient = %s: %d mails; want %d", original, len(got), want)
		}
	}
}
