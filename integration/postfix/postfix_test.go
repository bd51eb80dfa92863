package postfix_test

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"testing"

	"usher/integration/postfix"
	"usher/integration/smtptest"
)

// start runs a site without any milter.
func start(t *testing.T) *postfix.Instance {
	t.Helper()
	return postfix.Start(t, postfix.Options{
		Services: postfix.Site(postfix.Milters{}),
		Users:    map[string]string{"alice@example.org": "open sesame"},
	})
}

const mail = "From: <alice@example.org>\r\nTo: <bob@example.com>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0000\r\n" +
	"Message-ID: <1@example.org>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n\r\n" +
	"a line\r\n.\r\n..dots\r\n  trailing  \r\n\t\r\n\xff\xfe 8bit\r\n"

// Without a milter the mail arrives byte for byte behind Postfix's own Received field.
func TestMailGoesThroughEveryService(t *testing.T) {
	p := start(t)
	long := mail + strings.Repeat("x", 990) + "\r\n" + strings.Repeat("y\r\n", 30000)
	for _, service := range []string{postfix.Submission, postfix.Inbound, postfix.Own, postfix.Plain} {
		to := service + "@example.org"
		if o := smtptest.Send(t, p.Addr(service), smtptest.Mail{From: "alice@example.org", To: []string{to}, Data: []byte(long)}); !o.Taken() {
			t.Fatalf("%s: %+v", service, o)
		}
		got := p.Sink.WaitFor(t, to)
		if received, rest, _ := bytes.Cut(got.Data, []byte("\r\nFrom: ")); !bytes.HasPrefix(received, []byte("Received: ")) || "From: "+string(rest) != long {
			t.Errorf("%s: arrived as %.400q", service, got.Data)
		}
	}
	p.AwaitEmpty(t)
}

func TestLogin(t *testing.T) {
	p := start(t)
	c := smtptest.Dial(t, p.Addr(postfix.Submission))
	if r := c.AuthPlain("alice@example.org", "wrong"); r.Code != 535 {
		t.Errorf("wrong password: %v", r)
	}
	if r := c.AuthPlain("alice@example.org", "open sesame"); r.Code != 235 {
		t.Errorf("right password: %v", r)
	}
	if o := c.Send(smtptest.Mail{From: "alice@example.org", To: []string{"bob@example.com"}, Data: []byte(mail)}); !o.Taken() {
		t.Errorf("mail after login: %+v", o)
	}
	p.AwaitLog(t, "sasl_method=PLAIN", "sasl_username=alice@example.org")
}

// XCLIENT makes a client from anywhere, logged in or not; Postfix treats it as such.
func TestXClient(t *testing.T) {
	p := start(t)
	stranger := smtptest.Dial(t, p.Addr(postfix.Inbound))
	stranger.XClient("NAME=mail.example.net", "ADDR=192.0.2.7")
	stranger.Mail("carol@example.net")
	if r := stranger.Rcpt("bob@example.com"); r.Code != 554 {
		t.Errorf("relaying for a stranger: %v", r)
	}
	if r := stranger.Rcpt("bob@example.org"); !r.OK() {
		t.Errorf("mail to us from a stranger: %v", r)
	}
	o := smtptest.Send(t, p.Addr(postfix.Submission), smtptest.Mail{
		XClient: []string{"ADDR=192.0.2.7", "LOGIN=alice@example.org"},
		From:    "alice@example.org", To: []string{"bob@example.com"}, Data: []byte(mail),
	})
	if !o.Taken() {
		t.Errorf("relaying for a logged-in user: %+v", o)
	}
	p.AwaitLog(t, "sasl_username=alice@example.org")
}

func TestSendmail(t *testing.T) {
	p := start(t)
	if err := p.Sendmail("cron@example.org", []string{"root@example.org"}, []byte("Subject: cron\n\ndone\n")); err != nil {
		t.Fatal(err)
	}
	if got := p.Sink.WaitFor(t, "root@example.org"); got.From != "cron@example.org" || !bytes.HasSuffix(got.Data, []byte("\r\ndone\r\n")) {
		t.Errorf("got %q from %s", got.Data, got.From)
	}
}

// Nothing listens where the milter should be: the client keeps the mail.
func TestMilterThatIsNotThere(t *testing.T) {
	p := postfix.Start(t, postfix.Options{Services: []postfix.Service{{Name: postfix.Submission, Milter: postfix.Socket(t, "nobody")}}})
	m := smtptest.Mail{From: "alice@example.org", To: []string{"bob@example.com"}, Data: []byte(mail)}
	if o := smtptest.Send(t, p.Addr(postfix.Submission), m); o.From.Code != 451 {
		t.Errorf("without the milter: %+v; want 451 at MAIL", o)
	}
}

func TestQueueHoldsAndLetsGo(t *testing.T) {
	p := start(t)
	route(t, p, "127.0.0.1:1")
	m := smtptest.Mail{From: "alice@example.org", To: []string{"bob@example.com", "eve@example.com"}, Data: []byte(mail)}
	if o := smtptest.Send(t, p.Addr(postfix.Plain), m); !o.Taken() {
		t.Fatalf("%+v", o)
	}
	q := p.AwaitQueue(t, "deferred", func(q []postfix.Queued) bool { return len(q) == 1 && q[0].Queue == "deferred" })
	if q[0].Sender != "alice@example.org" || len(q[0].Recipients) != 2 || !strings.Contains(q[0].Recipients[0].Reason, "Connection refused") {
		t.Errorf("queue: %+v", q)
	}
	if n := len(p.Sink.Messages()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
	route(t, p, p.Sink.Addr)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	got := p.Sink.WaitFor(t, "eve@example.com").To()
	slices.Sort(got)
	if want := []string{"bob@example.com", "eve@example.com"}; !slices.Equal(got, want) {
		t.Errorf("delivered to %q, want %q", got, want)
	}
	p.AwaitEmpty(t)
}

// route sends all mail elsewhere from now on.
func route(t *testing.T, p *postfix.Instance, addr string) {
	t.Helper()
	host, port, _ := strings.Cut(addr, ":")
	if err := p.Set("default_transport=smtp:[" + host + "]:" + port); err != nil {
		t.Fatal(err)
	}
	if err := p.Reload(); err != nil {
		t.Fatal(err)
	}
}

func TestStopEndsEveryProcess(t *testing.T) {
	p := start(t)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{postfix.Submission, postfix.Inbound, postfix.Own, postfix.Plain} {
		if conn, err := net.Dial("tcp", p.Addr(service)); err == nil {
			conn.Close()
			t.Errorf("%s still answers", service)
		}
	}
}
