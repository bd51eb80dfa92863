package smtptest

import (
	"slices"
	"strings"
	"testing"
)

// The two ends, against each other: what goes in comes out.
func TestSinkKeepsEveryByte(t *testing.T) {
	mails := map[string]string{
		"dots":      "Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n",
		"8bit":      "Subject: gr\xc3\xbc\xdf\r\n\r\n\xff\xfe\x80\r\n",
		"long-line": "Subject: long\r\n\r\n" + strings.Repeat("x", 3000) + "\r\n",
		"empty":     "\r\n",
		"no-body":   "Subject: x\r\n",
	}
	sink := NewSink(t)
	for name, mail := range mails {
		o := Send(t, sink.Addr, Mail{From: name + "@example.org", To: []string{"b@example.org"}, Data: []byte(mail)})
		if !o.Taken() {
			t.Errorf("%s: not taken: %v", name, o.Data)
		}
	}
	for _, m := range sink.Wait(t, len(mails), nil) {
		if want := mails[strings.TrimSuffix(m.From, "@example.org")]; string(m.Data) != want {
			t.Errorf("%s: got %q, want %q", m.From, m.Data, want)
		}
	}
}

func TestBDATNeedsNoLastLineEnd(t *testing.T) {
	sink := NewSink(t)
	const mail = "Subject: x\r\n\r\nno line end"
	c := Dial(t, sink.Addr)
	c.Mail("a@example.org")
	c.Rcpt("b@example.org")
	if r := c.BData([]byte(mail)); !r.OK() {
		t.Fatalf("BDAT: %v", r)
	}
	if got := sink.WaitFor(t, "b@example.org"); string(got.Data) != mail {
		t.Errorf("got %q, want %q", got.Data, mail)
	}
}

func TestSinkKeepsArguments(t *testing.T) {
	sink := NewSink(t)
	c := Dial(t, sink.Addr)
	c.Mail("a@example.org", "RET=HDRS", "ENVID=42")
	c.Rcpt("b@example.org", "NOTIFY=NEVER", "ORCPT=rfc822;c@example.org")
	c.Data([]byte("Subject: x\r\n\r\n"))
	m := sink.WaitFor(t, "b@example.org")
	if want := []string{"RET=HDRS", "ENVID=42"}; !slices.Equal(m.FromArgs, want) {
		t.Errorf("MAIL arguments %q, want %q", m.FromArgs, want)
	}
	if want := []string{"NOTIFY=NEVER", "ORCPT=RFC822;c@example.org"}; !slices.Equal(m.Rcpts[0].Args, want) {
		t.Errorf("RCPT arguments %q, want %q", m.Rcpts[0].Args, want)
	}
}

func TestSplitReply(t *testing.T) {
	tests := []struct {
		line string
		code int
		text string
		last bool
	}{
		{"250 2.1.5 Ok", 250, "2.1.5 Ok", true},
		{"550-first", 550, "first", false},
		{"221", 221, "", true},
		{"ab", 0, "", false},
		{"abc def", 0, "", false},
	}
	for _, tt := range tests {
		code, text, last := splitReply(tt.line)
		if code != tt.code || text != tt.text || last != tt.last {
			t.Errorf("splitReply(%q) = %d, %q, %v", tt.line, code, text, last)
		}
	}
}
