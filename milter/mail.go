package milter

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// mail is one message in flight, from MAIL to its answer.
type mail struct {
	pipeline Pipeline
	env      filter.Envelope
	stage    stage
	header   message.Header
	bytes    int64 // of header and body, as far as we saw them
	headed   int64 // of the header
	interest filter.Interest
	spool    *message.Spool
	refusal  *filter.Refusal // found where no answer was possible; given at the next that is
	why      string          // of that refusal
	refused  []refusedRcpt   // role local: to be dropped
	asked    int             // recipients
	turned   int             // of them refused
	busy     time.Duration   // spent on it by us
}

type refusedRcpt struct {
	filter.Recipient
	refusal *filter.Refusal
}

// stage is how far a mail has come.
type stage uint8

const (
	inHeader stage = iota // or still in the envelope
	inBody
)

func (s *session) begin() {
	m := &mail{pipeline: s.srv.opts.Pipeline()}
	s.mail = m
	m.env = filter.Envelope{
		Role: s.listener.Role, Listener: s.listener.Name,
		Client: s.client, ClientName: cmp.Or(s.macros.clientName, s.name), Helo: s.helo,
		User: s.told.user, QueueID: s.macros.queue, Time: time.Now(),
	}
	m.env.FromArg, m.env.FromArgs = argument(s.told.args)
	readParameters(&m.env)
	s.conn.setBusy(true)
}

// argument takes the brackets off, once, as they may be part of what is between them.
func argument(args []string) (arg string, esmtp []string) {
	if len(args) == 0 {
		return "", nil
	}
	arg = args[0]
	if strings.HasPrefix(arg, "<") && strings.HasSuffix(arg, ">") {
		arg = arg[1 : len(arg)-1]
	}
	return arg, args[1:]
}

func (s *session) askSender() *filter.Refusal {
	m := s.mail
	defer m.clock(time.Now())
	from, err := s.resolved(m.env.FromArg)
	if err != nil {
		return &filter.Refusal{Code: 501, Enhanced: "5.1.7", Text: "Bad sender address syntax"}
	}
	m.env.From = from
	ctx, cancel := s.conn.within(s.srv.opts.CommandTimeout)
	defer cancel()
	return m.pipeline.Mail(ctx, &m.env)
}

// recipient reads the argument of RCPT. It is called again after a panic, so it leaves everything as it is.
func (s *session) recipient() (filter.Recipient, *filter.Refusal) {
	var rcpt filter.Recipient
	var err error
	rcpt.Arg, rcpt.Args = argument(s.told.args)
	rcpt.Address, err = s.resolved(rcpt.Arg)
	switch {
	case err != nil || rcpt.Address == "":
		return rcpt, &filter.Refusal{Code: 501, Enhanced: "5.1.3", Text: "Bad recipient address syntax"}
	case s.mail.asked >= s.srv.opts.MaxRecipients:
		return rcpt, &filter.Refusal{Code: 452, Enhanced: "4.5.3", Text: "Too many recipients"}
	}
	return rcpt, nil
}

func (m *mail) ask(s *session, rcpt filter.Recipient) *filter.Refusal {
	defer m.clock(time.Now())
	m.asked++
	m.env.QueueID = cmp.Or(s.macros.queue, m.env.QueueID)
	ctx, cancel := s.conn.within(s.srv.opts.CommandTimeout)
	defer cancel()
	return m.pipeline.Rcpt(ctx, &m.env, rcpt)
}

// resolved is the address meant: the mail server's macro has source routes, a missing domain and aliases of the
// local host resolved, the argument is what the client typed. sendmail's macro for a local user is the bare name.
func (s *session) resolved(arg string) (address.Address, error) {
	if a, err := address.Parse(s.told.addr); err == nil && a != "" {
		return a, nil
	}
	a, err := address.Parse(arg)
	if err != nil && s.macros.host != "" && !strings.Contains(arg, "@") {
		return address.Parse(arg + "@" + s.macros.host) // RFC 5321 4.5.1: <postmaster>
	}
	return a, err
}

// readParameters reads SIZE and SMTPUTF8 (RFC 1870, RFC 6531).
func readParameters(env *filter.Envelope) {
	for _, arg := range env.FromArgs {
		if strings.EqualFold(arg, "SMTPUTF8") {
			env.SMTPUTF8 = true
		}
		if name, size, _ := strings.Cut(arg, "="); strings.EqualFold(name, "SIZE") {
			n, _ := strconv.ParseInt(size, 10, 64)
			env.Size = max(n, 0)
		}
	}
}

// clock adds the time since start to what the mail cost us.
func (m *mail) clock(start time.Time) { m.busy += time.Since(start) }

// field takes one header field, in order. Beyond the limits fields are counted and not kept; the mail is refused at the
// end of its header.
func (s *session) field(name, value string) {
	m := s.mail
	if m == nil || m.stage != inHeader {
		return
	}
	size := int64(len(name) + len(value) + 3)
	m.headed += size
	m.bytes += size
	if m.headed > s.srv.opts.MaxHeaderBytes || len(m.header) >= s.srv.opts.MaxHeaderFields {
		m.refusal = &filter.Refusal{Code: 552, Enhanced: "5.3.4", Text: "Message header too large"}
		m.why, m.header = "header over the limit", nil
	}
	if m.refusal == nil {
		raw := s.conn.agreed.raw(value)
		m.header = append(m.header, message.Field{Name: name, Raw: raw, Origin: len(m.header) + 1})
	}
}

// body takes a piece of the body, if anybody wants it.
func (s *session) body(chunk []byte) (wanted bool) {
	m := s.mail
	if m == nil {
		return false
	}
	m.bytes += int64(len(chunk))
	if m.spool == nil || m.refusal != nil {
		return false
	}
	if err := m.spool.Append(chunk); err != nil {
		s.log.Warn("body not kept", "queue", m.env.QueueID, "err", err)
		m.refusal = &filter.Refusal{Code: 451, Enhanced: "4.3.1", Text: "Not enough space, please try again later"}
		m.why = err.Error()
		m.free()
		return false
	}
	return true
}

func (m *mail) free() {
	if m.spool != nil {
		m.spool.Close()
		m.spool = nil
	}
}
