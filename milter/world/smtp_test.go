package world

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"usher/milter/filter"
)

// peer is an SMTP server in this process and what was said to it.
type peer struct {
	rcpt func(to string) error // the answer to RCPT TO
	from func(from string) error
	data func(n int) error // the answer to the nth mail, after its final dot

	mechanism string // of login; PLAIN by default

	mu       sync.Mutex
	sessions int
	resets   int
	mails    []received
	user     string
}

type received struct {
	from string
	mail smtp.MailOptions
	to   []string
	rcpt []smtp.RcptOptions
	data string
}

// serve starts the peer and gives a config that reaches it.
func (p *peer) serve(t *testing.T, change ...func(*smtp.Server)) Config {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return p.serveOn(t, listener, change...)
}

func (p *peer) serveOn(t *testing.T, listener net.Listener, change ...func(*smtp.Server)) Config {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sessions++
		return &peerSession{peer: p}, nil
	}))
	s.Domain, s.EnableDSN, s.EnableSMTPUTF8, s.AllowInsecureAuth = "peer.example", true, true, true
	s.ErrorLog = quiet{}
	for _, f := range change {
		f(s)
	}
	go s.Serve(listener)
	t.Cleanup(func() { s.Close() })
	c := DefaultConfig()
	c.SMTP, c.Timeout = listener.Addr().String(), 5*time.Second
	return c
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type peerSession struct {
	*peer
	now received
}

func (s *peerSession) AuthMechanisms() []string {
	if s.mechanism == "" {
		return []string{sasl.Plain}
	}
	return []string{s.mechanism}
}

func (s *peerSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Login {
		return &loginServer{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return s.check(user, password) }), nil
}

func (s *peerSession) check(user, password string) error {
	if user != "usher" || password != "open sesame" {
		return smtp.ErrAuthFailed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user = user
	return nil
}

// loginServer is the other side of LOGIN, which go-sasl does not have.
type loginServer struct {
	check func(user, password string) error
	user  string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case l.user == "":
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

func (s *peerSession) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resets++
	s.now = received{}
}

func (s *peerSession) Logout() error { return nil }

func (s *peerSession) Mail(from string, o *smtp.MailOptions) error {
	s.now.from, s.now.mail = from, *o
	if s.from != nil {
		return s.from(from)
	}
	return nil
}

func (s *peerSession) Rcpt(to string, o *smtp.RcptOptions) error {
	if s.rcpt != nil {
		if err := s.rcpt(to); err != nil {
			return err
		}
	}
	s.now.to, s.now.rcpt = append(s.now.to, to), append(s.now.rcpt, *o)
	return nil
}

func (s *peerSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.now.data = string(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		if err := s.data(len(s.mails)); err != nil {
			return err
		}
	}
	s.mails = append(s.mails, s.now)
	return nil
}

func (p *peer) got() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mails)
}

func submitter(t *testing.T, c Config) Submitter {
	t.Helper()
	s, err := c.Submitter("usher.example")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func to(addresses ...string) []Recipient {
	var rs []Recipient
	for _, a := range addresses {
		rs = append(rs, Recipient{Address: a})
	}
	return rs
}

func TestSMTPSendsSeveralMailsOnOneConnection(t *testing.T) {
	p := &peer{}
	line, err := submitter(t, p.serve(t)).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"Subject: one\r\n\r\n.dot\r\n..dots\r\n", "Subject: two\r\n\r\nno end", "Subject: three\r\n\r\n"}
	for _, text := range texts {
		answers, err := line.Send(t.Context(), Envelope{From: "john@example.org", To: to("jane@example.org")}, bytes.NewBufferString(text))
		if err != nil || len(answers) != 1 || answers[0] != nil {
			t.Fatalf("Send = %v, %v", answers, err)
		}
	}
	if err := line.Close(); err != nil {
		t.Error(err)
	}
	got := p.got()
	if p.sessions != 1 || len(got) != 3 {
		t.Fatalf("%d mails in %d sessions", len(got), p.sessions)
	}
	for i, text := range texts {
		if want := strings.TrimSuffix(text, "\r\n") + "\r\n"; got[i].data != want {
			t.Errorf("got %q; want %q", got[i].data, want)
		}
	}
}

// textproto's dot writer completes a bare LF, as SMTP demands (RFC 5321 2.3.8), and gives a line that ends in
// CR CR LF a third CR. Mail that came by SMTP has neither.
func TestSMTPLineEnds(t *testing.T) {
	p := &peer{}
	line, _ := submitter(t, p.serve(t)).Open(t.Context())
	defer line.Close()
	if _, err := line.Send(t.Context(), Envelope{To: to("a@example.org")}, bytes.NewBufferString("A: b\n\nx\rx\n\r\r\n")); err != nil {
		t.Fatal(err)
	}
	if got := p.got()[0].data; got != "A: b\r\n\r\nx\rx\r\n\r\r\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestSMTPPassesArgumentsOn(t *testing.T) {
	p := &peer{}
	line, _ := submitter(t, p.serve(t)).Open(t.Context())
	defer line.Close()
	env := Envelope{From: "jörg@example.org", FromArgs: []string{"SIZE=12", "BODY=8BITMIME", "ret=hdrs", "ENVID=a+2Bb"},
		To: []Recipient{{Address: "a@example.org", Args: []string{"NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;A+2Bb@example.org"}},
			{Address: "b@example.org", Args: []string{"notify=never"}}, {Address: "c@example.org", Args: []string{"NOTIFY=never,DELAY", "ORCPT=x400;what"}}}}
	if _, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	got := p.got()[0]
	if got.from != "jörg@example.org" || !got.mail.UTF8 || got.mail.Return != smtp.DSNReturnHeaders || got.mail.EnvelopeID != "a+b" {
		t.Errorf("MAIL %q %+v", got.from, got.mail)
	}
	a, b, c := got.rcpt[0], got.rcpt[1], got.rcpt[2]
	if !slices.Equal(a.Notify, []smtp.DSNNotify{"SUCCESS", "FAILURE"}) || a.OriginalRecipient != "A+b@example.org" ||
		!slices.Equal(b.Notify, []smtp.DSNNotify{"NEVER"}) || len(c.Notify) > 0 || c.OriginalRecipient != "" {
		t.Errorf("RCPT %+v", got.rcpt)
	}
}

func TestSMTPWithoutSMTPUTF8(t *testing.T) {
	p := &peer{}
	c := p.serve(t, func(s *smtp.Server) { s.EnableSMTPUTF8, s.EnableDSN = false, false })
	line, _ := submitter(t, c).Open(t.Context())
	defer line.Close()
	env := Envelope{FromArgs: []string{"SMTPUTF8", "RET=FULL"}, To: to("jörg@example.org", "john@example.org")}
	answers, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n"))
	if err != nil || answers[0] == nil || !answers[0].Final() || answers[1] != nil {
		t.Errorf("Send = %v, %v", answers, err)
	}
	if got := p.got(); len(got) != 1 || !slices.Equal(got[0].to, []string{"john@example.org"}) {
		t.Errorf("got %+v", got)
	}
	env.From = "jörg@example.org"
	var r *Refused
	if _, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n")); !errors.As(err, &r) || !r.Final() {
		t.Errorf("Send from an address the server cannot take = %v", err)
	}
}

func TestSMTPRefusals(t *testing.T) {
	word := func(code int, e smtp.EnhancedCode, text string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: text}
	}
	no := word(550, smtp.EnhancedCode{5, 1, 1}, "no such user")
	later := word(450, smtp.EnhancedCode{4, 2, 0}, "greylisted")
	only := func(addr string, err error) func(string) error {
		return func(to string) error {
			if to == addr {
				return err
			}
			return nil
		}
	}
	tests := []struct {
		name    string
		peer    *peer
		whole   bool
		answers string // y, n (for good) or l (later) for each of a and b; "" is an error
		word    string // what the error says
		mails   int
	}{
		{"nothing", &peer{}, false, "yy", "", 1},
		{"one for good", &peer{rcpt: only("a@example.org", no)}, false, "ny", "", 1},
		{"one for now", &peer{rcpt: only("b@example.org", later)}, false, "yl", "", 1},
		{"all", &peer{rcpt: func(string) error { return no }}, false, "nn", "", 0},
		{"whole, one for good", &peer{rcpt: only("b@example.org", no)}, true, "", "refused for b@example.org: 550 5.1.1 no such user", 0},
		{"whole, one for now", &peer{rcpt: only("b@example.org", later)}, true, "yl", "", 1},
		{"sender", &peer{from: func(string) error { return word(553, smtp.EnhancedCode{5, 1, 8}, "bad sender") }}, false, "", "refused: 553 5.1.8 bad sender", 0},
		{"who we are", &peer{from: func(string) error { return word(554, smtp.EnhancedCode{5, 7, 1}, "go away") }}, false, "", "MAIL FROM: 554 go away", 0},
		{"content", &peer{data: func(int) error { return word(554, smtp.EnhancedCode{5, 6, 0}, "spam  \x1b") }}, false, "",
			"refused: 554 5.6.0 spam", 0},
		{"closing at the recipient", &peer{rcpt: only("b@example.org", word(421, smtp.EnhancedCode{4, 3, 2}, "shutting down"))}, false, "",
			"refused for b@example.org: 421 4.3.2 shutting down", 0},
	}
	for _, tt := range tests {
		line, err := submitter(t, tt.peer.serve(t)).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		env := Envelope{From: "john@example.org", To: to("a@example.org", "b@example.org"), Whole: tt.whole}
		answers, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n"))
		if got := shape(answers, err); got != tt.answers || (err != nil) != (tt.word != "") || err != nil && !strings.Contains(err.Error(), tt.word) {
			t.Errorf("%s: %q, %v; want %q, %q", tt.name, got, err, tt.answers, tt.word)
		}
		if n := len(tt.peer.got()); n != tt.mails {
			t.Errorf("%s: %d mails; want %d", tt.name, n, tt.mails)
		}
		// The session is good for another mail.
		tt.peer.rcpt, tt.peer.from, tt.peer.data = nil, nil, nil
		if answers, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n")); shape(answers, err) != "yy" {
			t.Errorf("%s: the next mail: %v, %v", tt.name, answers, err)
		}
		if again := strings.HasPrefix(tt.name, "closing") || strings.HasPrefix(tt.name, "who we"); (tt.peer.sessions > 1) != again {
			t.Errorf("%s: %d sessions", tt.name, tt.peer.sessions)
		}
		line.Close()
	}
}

func shape(answers []*Refused, err error) string {
	if err != nil {
		return ""
	}
	var s string
	for _, a := range answers {
		switch {
		case a == nil:
			s += "y"
		case a.Final():
			s += "n"
		default:
			s += "l"
		}
	}
	return s
}

func TestSMTPAskSendsNothing(t *testing.T) {
	p := &peer{rcpt: func(to string) error {
		if strings.HasPrefix(to, "no") {
			return &smtp.SMTPError{Code: 550, Message: "no"}
		}
		return nil
	}}
	line, _ := submitter(t, p.serve(t)).Open(t.Context())
	defer line.Close()
	env := Envelope{To: to("a@example.org", "no@example.org")}
	answers, err := line.Ask(t.Context(), env)
	if shape(answers, err) != "yn" || len(p.got()) > 0 {
		t.Errorf("Ask = %v, %v with %d mails", answers, err, len(p.got()))
	}
	if answers, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n")); shape(answers, err) != "yn" || len(p.got()) != 1 {
		t.Errorf("Send = %v, %v", answers, err)
	}
}

// script is a server that says what it is told to, line by line; "-" is silence, "!" hangs up.
func script(t *testing.T, lines ...string) Config {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for i, line := range lines {
			if i > 0 && !read(in, lines[i-1]) {
				return
			}
			switch line {
			case "-":
				_, _ = in.WriteTo(io.Discard)
				return
			case "!":
				return
			}
			fmt.Fprintf(conn, "%s\r\n", line)
		}
	}()
	c := DefaultConfig()
	c.SMTP, c.Timeout = listener.Addr().String(), time.Second
	return c
}

// read takes a command, or after a 354 a whole mail.
func read(in *bufio.Reader, last string) bool {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if !strings.HasPrefix(last, "354") || line == ".\r\n" {
			return true
		}
	}
}

func TestSMTPServersThatMisbehave(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		lost  bool // the mail may have been taken
	}{
		{"says nothing", []string{"-"}, false},
		{"hangs up at once", []string{"!"}, false},
		{"is too busy", []string{"421 4.3.2 too many connections"}, false},
		{"greets with a refusal", []string{"554 5.3.2 no service"}, false},
		{"refuses the greeting", []string{"220 peer", "550 5.7.1 who are you"}, false},
		{"speaks nonsense", []string{"HTTP/1.1 400 Bad Request"}, false},
		{"hangs up at MAIL", []string{"220 peer", "250 peer", "!"}, false},
		{"is silent at RCPT", []string{"220 peer", "250 peer", "250 ok", "-"}, false},
		{"hangs up at DATA", []string{"220 peer", "250 peer", "250 ok", "250 ok", "!"}, false},
		{"hangs up after the dot", []string{"220 peer", "250 peer", "250 ok", "250 ok", "354 go", "!"}, true},
		{"is silent after the dot", []string{"220 peer", "250 peer", "250 ok", "250 ok", "354 go", "-"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			done := &MemoryLog{}
			w := New(Parts{Submitter: submitter(t, script(t, tt.lines...)), DoneLog: done, Clock: clock})
			err := w.Apply(t.Context(), []filter.Effect{answer("reply", "john@example.org")})
			want := "failed"
			if tt.lost {
				want = "committed"
			}
			if kind(err) != want || errors.Is(err, ErrLost) != tt.lost || len(done.keys) > 0 {
				t.Errorf("%v (%s), %d noted as done; want %s and none", err, kind(err), len(done.keys), want)
			}
		})
	}
}

func TestSMTPWordsOnSeveralLines(t *testing.T) {
	line, err := submitter(t, script(t, "220 peer", "250 peer", "250 ok", "550-5.7.1 not\r\n550-5.7.1 from\r\n550 5.7.1 you", "250 reset", "221 bye")).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answers, err := line.Send(t.Context(), Envelope{To: to("a@example.org")}, bytes.NewBufferString("A: b\r\n\r\n"))
	if err != nil || answers[0] == nil || answers[0].Error() != "refused for a@example.org: 550 5.7.1 not from you" {
		t.Errorf("Send = %v, %v", answers, err)
	}
	if long := oneLine(strings.Repeat("ü", maxText)); len(long) != maxText || strings.Contains(long, "\ufffd") {
		t.Errorf("a long text is cut to %d bytes", len(long))
	}
}

func TestSMTPEndsWithItsContext(t *testing.T) {
	for _, lines := range [][]string{{"-"}, {"220 peer", "250 peer", "250 ok", "250 ok", "354 go", "-"}} {
		c := script(t, lines...)
		s := submitter(t, c)
		s.(*SMTP).timeout = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		w := New(Parts{Submitter: s})
		err := w.Apply(ctx, []filter.Effect{answer("reply", "john@example.org")})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Apply = %v; want the deadline", err)
		}
		cancel()
	}
}

func TestSMTPRefusedConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	c.SMTP = listener.Addr().String()
	listener.Close()
	w := New(Parts{Submitter: submitter(t, c)})
	if err := w.Apply(t.Context(), []filter.Effect{answer("reply", "john@example.org")}); kind(err) != "failed" || !strings.Contains(err.Error(), c.SMTP) {
		t.Errorf("Apply = %v", err)
	}
}

// half is a mail whose spool fails in the middle.
type half struct{}

func (half) WriteTo(w io.Writer) (int64, error) {
	n, _ := io.WriteString(w, "Subject: half\r\n\r\nthe beginn")
	return int64(n), errDisk
}

func TestSMTPDoesNotSendHalfAMail(t *testing.T) {
	p := &peer{}
	line, _ := submitter(t, p.serve(t)).Open(t.Context())
	defer line.Close()
	env := Envelope{To: to("a@example.org")}
	if _, err := line.Send(t.Context(), env, half{}); !errors.Is(err, errDisk) || errors.Is(err, ErrLost) {
		t.Errorf("Send = %v; want the spool's error", err)
	}
	if _, err := line.Send(t.Context(), env, bytes.NewBufferString("A: b\r\n\r\n")); err != nil {
		t.Errorf("the next mail: %v", err)
	}
	if got := p.got(); len(got) != 1 || got[0].data != "A: b\r\n\r\n" {
		t.Errorf("got %+v", got)
	}
}

func TestSMTPOverAUnixSocket(t *testing.T) {
	for _, prefix := range []string{"", "unix:"} {
		path := filepath.Join(t.TempDir(), "smtp.sock")
		listener, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		p := &peer{}
		c := p.serveOn(t, listener)
		c.SMTP = prefix + path
		if err := submitter(t, c).(*SMTP).Probe(t.Context()); err != nil || p.sessions != 1 {
			t.Errorf("Probe = %v, %d sessions", err, p.sessions)
		}
	}
}

func TestSMTPSecurity(t *testing.T) {
	dir := t.TempDir()
	cert, ca := certificate(t, dir, "127.0.0.1")
	_, foreign := certificate(t, t.TempDir(), "127.0.0.1")
	wrong, wrongCA := certificate(t, t.TempDir(), "192.0.2.1")
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad")
	if err := os.WriteFile(bad, []byte("guess"), 0o600); err != nil {
		t.Fatal(err)
	}
	var mechanism string
	tests := []struct {
		name   string
		cert   *tls.Certificate
		direct bool
		set    func(*Config)
		ok     bool
	}{
		{"plain", nil, false, func(*Config) {}, true},
		{"starttls", &cert, false, func(c *Config) { c.TLS, c.CAFile = StartTLS, ca }, true},
		{"starttls not offered", nil, false, func(c *Config) { c.TLS, c.CAFile = StartTLS, ca }, false},
		{"starttls, unknown authority", &cert, false, func(c *Config) { c.TLS, c.CAFile = StartTLS, foreign }, false},
		{"starttls, system's authorities", &cert, false, func(c *Config) { c.TLS = StartTLS }, false},
		{"starttls, another host", &wrong, false, func(c *Config) { c.TLS, c.CAFile = StartTLS, wrongCA }, false},
		{"tls", &cert, true, func(c *Config) { c.TLS, c.CAFile = TLS, ca }, true},
		{"tls, unknown authority", &cert, true, func(c *Config) { c.TLS, c.CAFile = TLS, foreign }, false},
		{"tls to a plain server", nil, false, func(c *Config) { c.TLS, c.CAFile = TLS, ca }, false},
		{"login", nil, false, func(c *Config) { c.User, c.PasswordFile = "usher", password }, true},
		{"login over tls", &cert, true, func(c *Config) { c.TLS, c.CAFile, c.User, c.PasswordFile = TLS, ca, "usher", password }, true},
		{"login over starttls", &cert, false, func(c *Config) { c.TLS, c.CAFile, c.User, c.PasswordFile = StartTLS, ca, "usher", password }, true},
		{"login by LOGIN", nil, false, func(c *Config) { c.User, c.PasswordFile, mechanism = "usher", password, sasl.Login }, true},
		{"login by nothing we know", nil, false, func(c *Config) { c.User, c.PasswordFile, mechanism = "usher", password, "XOAUTH" }, false},
		{"wrong password by LOGIN", nil, false, func(c *Config) { c.User, c.PasswordFile, mechanism = "usher", bad, sasl.Login }, false},
		{"wrong password", nil, false, func(c *Config) { c.User, c.PasswordFile = "usher", bad }, false},
	}
	for _, tt := range tests {
		p := &peer{}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		offer := func(s *smtp.Server) {}
		if tt.cert != nil {
			config := &tls.Config{Certificates: []tls.Certificate{*tt.cert}}
			if tt.direct {
				listener = tls.NewListener(listener, config)
			} else {
				offer = func(s *smtp.Server) { s.TLSConfig = config }
			}
		}
		c := p.serveOn(t, listener, offer)
		c.Timeout, mechanism = 2*time.Second, ""
		tt.set(&c)
		p.mechanism = mechanism
		err = submitter(t, c).(*SMTP).Probe(t.Context())
		if (err == nil) != tt.ok {
			t.Errorf("%s: Probe = %v; want ok %v", tt.name, err, tt.ok)
		}
		var r *Refused
		if errors.As(err, &r) || err != nil && strings.Contains(err.Error(), "guess") {
			t.Errorf("%s: Probe = %v: a verdict on a mail, or a password shown", tt.name, err)
		}
		if logged := p.user == "usher"; tt.ok && logged != (c.User != "") {
			t.Errorf("%s: logged in %v", tt.name, logged)
		}
	}
}

// certificate makes a self-signed certificate for a host and writes it to a file.
func certificate(t *testing.T, dir, host string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}
