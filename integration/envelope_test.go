package integration

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/examples/office"
	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/ldapdir/ldap/slapdtest"
)

// withEnvelope switches the module on, beside those of the office.
func withEnvelope(settings string) func(string) string {
	return func(text string) string {
		return strings.Replace(text, "modules:\n", "modules:\n  envelope: {enabled: true"+settings+"}\n", 1)
	}
}

// letterOf is an ordinary mail.
func letterOf(from, more string) []byte {
	return []byte("From: " + from + "\r\nTo: somebody\r\nSubject: x\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\nMessage-ID: <x@example.org>\r\n" +
		more + "\r\nhello\r\n")
}

// TestEnvelope is the questions of SMTP in their order through a real Postfix: who may send as whom, to whom, and with
// which From; each recipient has its own answer.
func TestEnvelope(t *testing.T) {
	ldif, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(ldif))
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL), config: withEnvelope(""),
		users: map[string]string{"john.doe@example.org": "open sesame"}})
	tests := []struct {
		name, login, from string
		to                []string
		header, more      string
		wantFrom          string   // reason of the refusal at MAIL
		wantTo            []string // of each recipient; "" is taken
		wantEnd           string
	}{
		{"own address", "doe", "john.doe@example.org", []string{"jane.smith@example.org", "x@outside.example"}, "john.doe@example.org", "", "", []string{"", ""}, ""},
		{"alias", "doe", "j.doe@example.org", []string{"jane.smith@example.org"}, "j.doe@example.org", "", "", []string{""}, ""},
		{"a colleague's address", "doe", "claire.martin@example.org", nil, "claire.martin@example.org", "", "sender.not-owned", nil, ""},
		{"nobody's address", "doe", "nobody@example.org", nil, "nobody@example.org", "", "sender.unknown-local", nil, ""},
		{"an address elsewhere", "doe", "ceo@outside.example", nil, "ceo@outside.example", "", "sender.external", nil, ""},
		{"on behalf", "smith", "john.doe@example.org", []string{"x@outside.example"}, "john.doe@example.org", "", "", []string{""}, ""},
		{"a login nobody has", "mallory", "john.doe@example.org", nil, "john.doe@example.org", "", "principal.unknown", nil, ""},
		{"a restricted person, one of two recipients", "martin", "claire.martin@example.org", []string{"jane.smith@example.org", "x@outside.example"},
			"claire.martin@example.org", "", "", []string{"", "rcpt.sender-restricted"}, ""},
		{"a forged From", "doe", "john.doe@example.org", []string{"jane.smith@example.org"}, "Claire <claire.martin@example.org>", "", "", []string{""}, "header.from-not-owned"},
		{"two From fields", "doe", "john.doe@example.org", []string{"jane.smith@example.org"}, "john.doe@example.org", "From: claire.martin@example.org\r\n",
			"", []string{""}, "header.from-malformed"},
	}
	for _, tt := range tests {
		o := smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as(tt.login), From: tt.from,
			To: append(tt.to, "jane@example.org")[:max(1, len(tt.to))], Data: letterOf(tt.header, tt.more)})
		if !says(o.From, tt.wantFrom) {
			t.Errorf("%s: MAIL is answered %s; want %q", tt.name, o.From, tt.wantFrom)
			continue
		}
		for i, want := range tt.wantTo {
			if !says(o.Rcpts[i], want) {
				t.Errorf("%s: RCPT %s is answered %s; want %q", tt.name, tt.to[i], o.Rcpts[i], want)
			}
		}
		if tt.wantFrom == "" && !says(o.Data, tt.wantEnd) {
			t.Errorf("%s: the mail is answered %s; want %q", tt.name, o.Data, tt.wantEnd)
		}
	}
	t.Run("the Sender field of a delegate is ours", func(t *testing.T) {
		smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as("smith"), From: "john.doe@example.org", To: []string{"secretary@outside.example"},
			Data: letterOf("john.doe@example.org", "Sender: ceo@example.org\r\n")})
		got := string(s.Sink.WaitFor(t, "secretary@outside.example").Data)
		if strings.Count(got, "\nSender:") != 1 || !strings.Contains(got, "\nSender: jane.smith@example.org") && !strings.Contains(got, "<jane.smith@example.org>") {
			t.Errorf("got\n%s\nwant one Sender field, Jane's", got)
		}
	})
	t.Run("a real login", func(t *testing.T) {
		c := smtptest.Dial(t, s.Addr(postfix.Submission))
		defer c.Quit()
		if r := c.AuthPlain("john.doe@example.org", "open sesame"); !r.OK() {
			t.Fatalf("AUTH is answered %s", r)
		}
		if r := c.Mail("claire.martin@example.org"); !says(r, "sender.not-owned") {
			t.Errorf("MAIL as Claire is answered %s", r)
		}
		if o := c.Send(smtptest.Mail{From: "john.doe@example.org", To: []string{"jane.smith@example.org"}, Data: letterOf("john.doe@example.org", "")}); !o.Taken() {
			t.Errorf("John's own mail is answered %+v", o)
		}
	})
}

// says tells whether a reply is a refusal for this reason, or, for "", a yes.
func says(r smtptest.Reply, reason string) bool {
	if reason == "" {
		return r.OK()
	}
	return r.Code >= 400 && strings.Contains(r.Text(), "("+reason+")")
}

// TestEnvelopeOutage stops slapd while people send and somebody forges. Nobody is refused for good for the outage (those
// the cache remembers do not even wait), no forgery is taken, and all is well again soon after slapd is back, without anybody restarting Usher.
func TestEnvelopeOutage(t *testing.T) {
	const workers = 8
	ldif, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(ldif))
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q, cache: {ttl: 1s, negative_ttl: 1s}", slapd.URL), config: withEnvelope(", limits: {rcpt_per_hour: 0, rcpt_per_day: 0, denied_rcpt_10m: 0}")})
	people := []struct{ login, addr string }{{"doe", "john.doe@example.org"}, {"smith", "jane.smith@example.org"}, {"meier", "juergen.meier@example.org"}}
	var sent, taken, deferred, refused, forged, caught, putOff atomic.Int64
	var over atomic.Bool
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			c := smtptest.Dial(t, s.Addr(postfix.Submission))
			defer c.Quit()
			p := people[w%len(people)]
			c.XClient(as(p.login)...)
			for i := 0; !over.Load(); i++ {
				time.Sleep(2 * time.Millisecond)
				sent.Add(1)
				if i%4 == 3 { // somebody else's address, which no outage may let through
					r := c.Mail("claire.martin@example.org")
					switch {
					case r.OK():
						forged.Add(1)
					case r.Code == 451:
						putOff.Add(1)
					default:
						caught.Add(1)
					}
					c.Command("RSET")
					continue
				}
				o := c.Send(smtptest.Mail{From: p.addr, To: []string{fmt.Sprintf("x%d@outside.example", i)}, Data: letterOf(p.addr, "")})
				switch code := worst(o); {
				case o.Taken():
					taken.Add(1)
				case code/100 == 4:
					deferred.Add(1)
					c.Command("RSET")
				default:
					refused.Add(1)
					t.Errorf("refused for good: %+v", o)
				}
			}
		})
	}
	for range 2 {
		time.Sleep(2 * time.Second)
		slapd.Stop()
		time.Sleep(4 * time.Second)
		slapd.Restart()
		back := time.Now()
		for !s.well(t) {
			if time.Since(back) > 30*time.Second {
				t.Fatal("not well half a minute after slapd was back")
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Logf("well again %v after slapd was back", time.Since(back).Round(10*time.Millisecond))
	}
	over.Store(true)
	wg.Wait()
	t.Logf("%d submissions: %d taken, %d deferred, %d refused for good; of the forged ones %d refused, %d put off, %d taken",
		sent.Load(), taken.Load(), deferred.Load(), refused.Load(), caught.Load(), putOff.Load(), forged.Load())
	if refused.Load() > 0 || forged.Load() > 0 || taken.Load() == 0 || caught.Load() == 0 || putOff.Load() == 0 {
		t.Error("want no refusal for good, no forgery taken, and forgeries both refused and, in the outage, put off")
	}
}

// well tells whether a forgery is refused for good again, which needs a fresh answer of the directory.
func (s *site) well(t *testing.T) bool {
	o := smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as("doe"), From: "claire.martin@example.org", To: []string{"x@outside.example"}, Data: nil})
	return o.From.Code == 553
}

// worst is the highest code of an outcome.
func worst(o smtptest.Outcome) int {
	code := max(o.From.Code, o.Data.Code)
	for _, r := range o.Rcpts {
		code = max(code, r.Code)
	}
	return code
}

// TestEnvelopeModeration: in the queue of Postfix, the moderators stand in the place of the list; a moderator's own mail
// goes to the list.
func TestEnvelopeModeration(t *testing.T) {
	ldif, err := office.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	slapd := slapdtest.Start(t, string(ldif)+"\ndn: cn=news,ou=Groups,dc=example,dc=org\nobjectClass: groupOfUniqueNames\nobjectClass: kolabGroupOfUniqueNames\n"+
		"cn: news\nmail: news@example.org\ndescription: moderated\nseeAlso: uid=smith,ou=People,dc=example,dc=org\nuniqueMember: uid=doe,ou=People,dc=example,dc=org\n")
	s := newSite(t, siteOptions{directory: fmt.Sprintf("url: %q", slapd.URL),
		config: withEnvelope(", attributes: {posting: [description], moderators: [seeAlso]}")})
	for _, tt := range []struct{ login, from, also, wantTo, wantNot string }{
		{"doe", "john.doe@example.org", "x1@outside.example", "jane.smith@example.org", "news@example.org"},
		{"smith", "jane.smith@example.org", "x2@outside.example", "news@example.org", "jane.smith@example.org"},
	} {
		o := smtptest.Send(t, s.Addr(postfix.Submission), smtptest.Mail{XClient: as(tt.login), From: tt.from,
			To: []string{tt.also, "news@example.org"}, Data: letterOf(tt.from, "X-By: "+tt.login+"\r\n")})
		if !o.Taken() {
			t.Fatalf("%s: answered %+v", tt.login, o)
		}
		s.Sink.WaitFor(t, tt.also)
		s.Sink.WaitFor(t, tt.wantTo)
		for _, m := range s.Sink.Messages() {
			if strings.Contains(string(m.Data), "X-By: "+tt.login) && m.HasRcpt(tt.wantNot) {
				t.Errorf("mail of %s reached %s", tt.login, tt.wantNot)
			}
		}
	}
}
