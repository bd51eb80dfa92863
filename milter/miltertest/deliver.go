package miltertest

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
)

// Mail is a message for Deliver.
type Mail struct {
	// The SMTP connection; told with the first mail of a Session.
	Client     netip.AddrPort
	ClientName string
	Helo       string
	Daemon     string // {daemon_name}

	User     string // who logged in, {auth_authen}
	QueueID  string // {i}
	From     string // without brackets
	FromArgs []string
	Rcpts    []Rcpt
	Raw      []byte // the mail; lines end with LF or CRLF

	// Hide leaves these macros out, as some mail servers do.
	Hide []string
}

// Rcpt is a recipient without brackets, and its ESMTP arguments.
type Rcpt struct {
	Addr string
	Args []string
}

// To makes recipients without arguments.
func To(addrs ...string) []Rcpt {
	var all []Rcpt
	for _, a := range addrs {
		all = append(all, Rcpt{Addr: a})
	}
	return all
}

// Field is a header field; Raw is everything after the colon.
type Field struct{ Name, Raw string }

// Delivery is what became of a Mail, and the mail as it would be delivered.
type Delivery struct {
	MailFrom Answer
	RcptTo   []Answer // one for each recipient that was asked about
	Final    Answer   // the last word
	Stage    string   // where it was said: mail, rcpt, header, body or end
	Actions  []Action

	From        string
	FromArgs    []string
	Rcpts       []Rcpt
	Header      []Field
	Body        []byte
	BodySent    int // bytes of the body the filter got
	Discarded   bool
	Quarantined bool
	Reason      string // of the quarantine
	Beats       int    // progress packets

	space string // what the mail server sets before header values of the filter
}

// Accepted tells whether the client would read 250.
func (d *Delivery) Accepted() bool { return d.Final.SMTP == 250 }

// Raw is the mail as it would be delivered, with CRLF.
func (d *Delivery) Raw() []byte {
	var b bytes.Buffer
	for _, f := range d.Header {
		b.WriteString(f.Name + ":" + f.Raw + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(d.Body)
	return b.Bytes()
}

// Deliver plays a whole mail as Postfix would, ends it with an abort as Postfix does, and applies what the
// filter wants done. A refusal is no error; an error is a broken connection or protocol.
func (s *Session) Deliver(m Mail) (Delivery, error) {
	d := Delivery{From: m.From, FromArgs: m.FromArgs, Stage: "mail"}
	d.Header, d.Body = Split(m.Raw)
	if !s.agreed(LeadingSpace) {
		d.space = " "
	}
	beats := s.Beats
	err := s.play(&d, m)
	d.Beats = s.Beats - beats
	if err != nil {
		return d, err
	}
	return d, s.Abort()
}

func (s *Session) play(d *Delivery, m Mail) (err error) {
	if !s.connected {
		if err := s.greet(m); err != nil {
			return err
		}
	}
	s.macros('M', 2, m, "auth_authen", m.User, "auth_type", authType(m), "mail_addr", strings.ToLower(m.From))
	d.MailFrom, err = s.Mail("<"+m.From+">", m.FromArgs...)
	if d.Final = d.MailFrom; err != nil || d.Final.Refused() {
		return err
	}
	if err := s.rcpts(d, m); err != nil || len(d.Rcpts) == 0 {
		return err
	}
	return s.content(d, m)
}

func (s *Session) greet(m Mail) error {
	client := m.Client.Addr()
	addr := "unknown"
	if client.IsValid() {
		addr = client.String()
	}
	s.macros('C', 0, m, "j", "mx.example.org", "daemon_name", m.Daemon, "client_addr", addr, "client_name", m.ClientName)
	if _, err := s.Connect(m.ClientName, m.Client); err != nil {
		return err
	}
	_, err := s.Helo(m.Helo)
	return err
}

func authType(m Mail) string {
	if m.User == "" {
		return ""
	}
	return "PLAIN"
}

// rcpts tells the recipients. Postfix has a queue ID from the second on.
func (s *Session) rcpts(d *Delivery, m Mail) error {
	d.Stage = "rcpt"
	for i, r := range m.Rcpts {
		id := ""
		if i > 0 {
			id = m.QueueID
		}
		s.macros('R', 3, m, "i", id, "rcpt_addr", strings.ToLower(r.Addr))
		a, err := s.Rcpt("<"+r.Addr+">", r.Args...)
		if err != nil {
			return err
		}
		d.RcptTo, d.Final = append(d.RcptTo, a), a
		if !a.Refused() {
			d.Rcpts = append(d.Rcpts, r)
		}
	}
	return nil
}

func (s *Session) content(d *Delivery, m Mail) (err error) {
	d.Stage = "header"
	for _, f := range d.Header {
		s.macros('L', 6, m, "i", m.QueueID)
		if d.Final, err = s.Header(f.Name, f.Raw); err != nil || d.Final.Code != 'c' {
			return err
		}
	}
	s.macros('N', 6, m, "i", m.QueueID)
	if d.Final, err = s.EndOfHeader(); err != nil || d.Final.Code != 'c' {
		return d.settle(nil, err)
	}
	d.Stage = "body"
	for chunk := range slices.Chunk(d.Body, 65535) {
		s.macros('B', 5, m, "i", m.QueueID)
		d.BodySent += len(chunk)
		d.Final, err = s.Body(chunk)
		if err == nil && d.Final.Code == 's' && s.agreed(Skip) {
			break
		}
		if err != nil || d.Final.Code != 'c' {
			return d.settle(nil, err)
		}
	}
	d.Stage = "end"
	s.macros('E', 5, m, "i", m.QueueID)
	d.Actions, d.Final, err = s.End()
	return d.settle(d.Actions, err)
}

// defaultMacros are sent for stages the filter did not ask about, as in Postfix.
var defaultMacros = map[uint32][]string{
	0: {"j", "{daemon_name}"}, 2: {"{auth_type}", "{auth_authen}", "{mail_addr}"}, 3: {"i", "{rcpt_addr}"}, 5: {"i"}, 6: {"i"},
}

// macros tells what is known of what the filter asked for; what is not known is left out.
func (s *Session) macros(command byte, stage uint32, m Mail, pairs ...string) {
	wanted, ok := s.Macros[stage]
	if !ok {
		wanted = defaultMacros[stage]
	}
	var tell []string
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i]
		if len(name) > 1 {
			name = "{" + name + "}"
		}
		if pairs[i+1] != "" && slices.Contains(wanted, name) && !slices.Contains(m.Hide, pairs[i]) {
			tell = append(tell, name, pairs[i+1])
		}
	}
	if len(tell) > 0 {
		s.Macro(command, tell...)
	}
}
