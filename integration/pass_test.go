package integration

import (
	"strings"
	"testing"

	"usher/integration/postfix"
	"usher/integration/smtptest"
	"usher/milter/message"
)

// odd are mails as they should not be and are.
var odd = map[string]string{
	"8bit":              "Subject: gr\xfc\xdfe\r\nX-UTF8: gr\xc3\xbc\xc3\x9fe\r\n\r\n\xff\xfe\x80 caf\xe9\r\n",
	"long lines":        "X-Long: " + strings.Repeat("y", 900) + "\r\n\r\n" + strings.Repeat(strings.Repeat("x", 997)+"\r\n", 200),
	"dots":              "Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.x\r\n",
	"no final newline":  "Subject: x\r\n\r\nthe end",
	"no body":           "Subject: x\r\n",
	"empty body":        "Subject: x\r\n\r\n",
	"no header":         "\r\njust a body\r\n",
	"junk line":         "Subject: x\r\nthis is no header field\r\nFrom: body@example.org\r\n",
	"odd fields":        "X-None:nothing\r\nX-Tab:\ttab\r\nX-Two:  two\r\nX-Space : before\r\nX-Empty:\r\nX-Blank: \r\nx-case: Low\r\n\r\nx\r\n",
	"folded":            "Subject: one\r\n two\r\n\tthree\r\nX-Folded:\r\n behind\r\n\r\nx\r\n",
	"twice":             "Received: from a\r\nX-A: 1\r\nReceived: from b\r\nX-A: 2\r\n\r\nx\r\n",
	"trailing space":    "Subject: x  \r\n\r\nline  \r\n\t\r\n  \r\n",
	"no close boundary": "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n",
	"8bit as 7bit":      "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\xe4\xf6\xfc\r\n",
	"many fields":       strings.Repeat("X-Field: value\r\n", 1500) + "\r\nx\r\n",
	"large":             "Subject: large\r\n\r\n" + strings.Repeat("0123456789 abcdefghijklmnopqrstuvwxyz\r\n", 40000),
	"mbox line":         "From alice Fri Jan  2 10:00:00 2026\r\nSubject: x\r\n\r\nFrom here\r\n",
	"nested":            nested(50),
	"bare line ends":    "Subject: x\r\n\r\na\nb\rc\r\n",
	"zero bytes":        "Subject: x\r\n\r\na\x00b\r\n",
}

// nested is a multipart within a multipart, and so on.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString("Content-Type: multipart/mixed; boundary=b" + strings.Repeat("x", i) + "\r\n\r\n--b" + strings.Repeat("x", i) + "\r\n")
	}
	return b.String() + "\r\ndeep\r\n"
}

// A mail that was read from the first byte to the last and not changed leaves as if there were no milter.
func TestUnchangedMailIsTheSameBytes(t *testing.T) {
	s := &script{}
	l := newLab(t, s, asItComes)
	for name, mail := range odd {
		with, without := passThrough(t, l, postfix.Submission, mail), passThrough(t, l, postfix.Plain, mail)
		if with != without {
			t.Errorf("%s: arrived as\n%.600q\nwithout the milter as\n%.600q", name, with, without)
		}
	}
	if n := len(s.ran()); n != len(odd) {
		t.Errorf("the milter read %d mails of %d", n, len(odd))
	}
}

// What the milter reads is what arrives: a decision about other bytes than those delivered would be none.
func TestMilterReadsWhatIsDelivered(t *testing.T) {
	s := &script{}
	l := newLab(t, s, asItComes)
	for name, mail := range odd {
		if name == "no body" || name == "odd fields" {
			continue // nobody is told that the empty line is missing, nor of a space before the colon
		}
		arrived := passThrough(t, l, postfix.Submission, mail)
		if read := string(s.last(t).data); read != arrived {
			t.Errorf("%s: the milter read\n%.600q\nand delivered was\n%.600q", name, read, arrived)
		}
	}
}

// A changed field leaves every other byte as it was.
func TestChangedFieldLeavesTheRest(t *testing.T) {
	s := &script{}
	s.run = editing(func(m *message.Message) *message.Message {
		return m.WithHeader(m.Header.With(message.NewField("X-Seen", "yes")))
	})
	l := newLab(t, s, asItComes)
	const field = "X-Seen: yes\r\n"
	for name, mail := range odd {
		with, without := pass(t, l, postfix.Submission, mail), passThrough(t, l, postfix.Plain, mail)
		if strings.Count(with, field) != 1 {
			t.Errorf("%s: no new field in %.600q", name, with)
		}
		// In an empty header the end is also the top, above Received.
		if got := withoutReceived(t, strings.Replace(with, field, "", 1)); got != without {
			t.Errorf("%s: arrived as\n%.600q\nwithout the milter as\n%.600q", name, with, without)
		}
	}
}

// asItComes keeps Postfix from completing headers, as it does for those it believes to be local.
func asItComes(o *postfix.Options) { o.Main = map[string]string{"local_header_rewrite_clients": ""} }

// passThrough is a mail as it arrives through a service, without the Received field of Postfix.
func passThrough(t *testing.T, l *lab, service, mail string) string {
	t.Helper()
	return withoutReceived(t, pass(t, l, service, mail))
}

// pass sends a mail through a service, with BDAT, which alone can leave the last line end out.
func pass(t *testing.T, l *lab, service, mail string) string {
	t.Helper()
	before := len(l.Sink.Messages())
	c := smtptest.Dial(t, l.Addr(service))
	defer c.Quit()
	c.Mail("alice@example.org", "BODY=8BITMIME")
	c.Rcpt("bob@example.org")
	if r := c.BData([]byte(mail)); !r.OK() {
		t.Fatalf("%s: %v", service, r)
	}
	return string(l.Sink.Wait(t, before+1, nil)[before].Data)
}
