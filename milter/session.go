package milter

import (
	"log/slog"
	"net"
	"net/netip"
	"net/textproto"
	"runtime/debug"
	"strings"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/filter"
)

// session is one milter connection: the callbacks of the library, in the order the mail server makes them. It
// lives as long as the connection, through any number of mails and refused recipients.
type session struct {
	gomilter.NoOpMilter // Header is never called: conn.header takes the fields
	conn                *conn
	srv                 *Server
	listener            Listener
	log                 *slog.Logger

	macros macros
	told   told
	client netip.Addr
	name   string // of the client
	helo   string
	mail   *mail // nil: none in flight
}

// told is what came with the command that is being asked about, and holds for it alone.
type told struct {
	args []string // MAIL, RCPT: the argument, then ESMTP's
	addr string   // {mail_addr}, {rcpt_addr}, or the address of the client
	user string   // {auth_authen}
}

func newSession(c *conn, l Listener) *session {
	return &session{conn: c, srv: c.srv, listener: l, log: c.srv.opts.Log.With("listener", l.Name)}
}

// answer is a response after which the library keeps its backend. Those of the library that are final make it
// forget the session, also when they refuse one recipient only: the rest of the mail would be judged without its
// sender and its other recipients.
type answer struct{ msg gomilter.Message }

func (a *answer) Response() *gomilter.Message { return &a.msg }
func (*answer) Continue() bool                { return true }

var (
	answerContinue = &answer{gomilter.Message{Code: byte(gomilter.ActContinue)}}
	answerAccept   = &answer{gomilter.Message{Code: byte(gomilter.ActAccept)}}
	answerDiscard  = &answer{gomilter.Message{Code: byte(gomilter.ActDiscard)}}
	answerSkip     = &answer{gomilter.Message{Code: byte(gomilter.ActSkip)}}
)

// Connect remembers the client.
func (s *session) Connect(host, _ string, _ uint16, _ net.IP, _ *gomilter.Modifier) (gomilter.Response, error) {
	s.endMail(aborted)
	s.name, s.client = host, s.address()
	s.log.Debug("connection", "client", s.client, "name", host, "service", s.macros.daemon)
	return s.quiet(gomilter.OptNoConnReply)
}

// address is the client's. sendmail writes IPv6: before some, and then the library reads none.
func (s *session) address() netip.Addr {
	for _, text := range []string{s.told.addr, s.macros.clientAddr} {
		if a, err := netip.ParseAddr(strings.TrimPrefix(text, "IPv6:")); err == nil {
			return a.Unmap()
		}
	}
	return netip.Addr{}
}

// Helo remembers the name. A second EHLO ends the mail in flight (RFC 5321 4.1.4); Postfix says so only afterwards.
func (s *session) Helo(name string, _ *gomilter.Modifier) (gomilter.Response, error) {
	s.endMail(aborted)
	s.helo = name
	return s.quiet(gomilter.OptNoHeloReply)
}

// MailFrom begins a mail.
func (s *session) MailFrom(string, *gomilter.Modifier) (r gomilter.Response, err error) {
	defer s.catch("mail", &r)
	s.finish(aborted) // the macros told already are those of the next mail
	s.begin()
	if refusal := s.askSender(); refusal != nil {
		return s.refuseSender(refusal), nil
	}
	return answerContinue, nil
}

// RcptTo asks about one recipient; a refusal is for this one alone.
func (s *session) RcptTo(string, *gomilter.Modifier) (r gomilter.Response, err error) {
	defer s.catch("rcpt", &r)
	if s.mail == nil {
		return s.outOfOrder("rcpt"), nil
	}
	rcpt, refusal := s.recipient()
	if refusal == nil {
		refusal = s.mail.ask(s, rcpt)
	}
	if refusal != nil {
		return s.refuseRecipient(rcpt, refusal), nil
	}
	return answerContinue, nil
}

// Headers is the end of the header: most mail goes here.
func (s *session) Headers(textproto.MIMEHeader, *gomilter.Modifier) (r gomilter.Response, err error) {
	defer s.catch("header", &r)
	if s.mail == nil || s.mail.stage != inHeader {
		return s.outOfOrder("end of header"), nil
	}
	return s.endHeader(), nil
}

// BodyChunk keeps a piece of the body. The slice is ours to keep: the library reads each into a new one.
func (s *session) BodyChunk(chunk []byte, _ *gomilter.Modifier) (gomilter.Response, error) {
	wanted := s.body(chunk)
	if !wanted && s.conn.agreed.skips() {
		return answerSkip, nil
	}
	return s.quiet(gomilter.OptNoBodyReply)
}

// Body is the end of the message.
func (s *session) Body(m *gomilter.Modifier) (r gomilter.Response, err error) {
	defer s.catch("end of message", &r)
	if s.mail == nil || s.mail.stage != inBody {
		return s.outOfOrder("end of message"), nil
	}
	return s.endMessage(m), nil
}

// Abort ends the mail, not the connection. Postfix sends it after every mail, and sometimes twice.
func (s *session) Abort(*gomilter.Modifier) error {
	s.endMail(aborted)
	return nil
}

// quiet answers a callback that may not be expected to answer.
func (s *session) quiet(agreed gomilter.OptProtocol) (gomilter.Response, error) {
	if s.conn.agreed.has(agreed) {
		return nil, nil
	}
	return answerContinue, nil
}

// forgetConnection is QUIT_NC: the same socket, another SMTP connection.
func (s *session) forgetConnection() {
	s.endMail(aborted)
	s.macros, s.client, s.name, s.helo = macros{}, netip.Addr{}, "", ""
}

// closed frees what the mail in flight holds.
func (s *session) closed() { s.endMail(aborted) }

// outOfOrder refuses for now what cannot be judged; letting it go would be letting it by.
func (s *session) outOfOrder(what string) *answer {
	s.log.Warn("command out of order", "command", what, "client", s.client)
	s.endMail(ending{result: Deferred, refusal: filter.Unavailable(), why: what + " out of order"})
	return refusalAnswer(filter.Unavailable(), false)
}

// catch answers a panic: 451 for this question, and the next mail begins afresh.
func (s *session) catch(at string, r *gomilter.Response) {
	v := recover()
	if v == nil {
		return
	}
	queue := s.macros.queue
	s.log.Error("panic", "at", at, "queue", queue, "err", v)
	s.log.Debug("panic", "at", at, "queue", queue, "stack", string(debug.Stack()))
	*r = s.afterPanic(at)
}

func (s *session) afterPanic(at string) *answer {
	refusal := filter.Unavailable()
	if at == "rcpt" && s.mail != nil {
		rcpt, _ := s.recipient()
		return s.refuseRecipient(rcpt, refusal)
	}
	s.endMail(ending{result: Deferred, refusal: refusal, why: "panic at " + at})
	return refusalAnswer(refusal, false)
}
