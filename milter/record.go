package milter

import (
	"context"
	"io"
	"log/slog"
	"time"

	"usher/address"
	"usher/milter/filter"
)

// Result is what became of a mail.
type Result string

// The results.
const (
	Accepted    Result = "accepted"    // nobody was interested: let go at the end of its header
	Passed      Result = "passed"      // looked at and left as it was
	Edited      Result = "edited"      // let go with changes
	Refused     Result = "refused"     // 5xx
	Deferred    Result = "deferred"    // 4xx
	Discarded   Result = "discarded"   // accepted, and nobody is left to get it
	Quarantined Result = "quarantined" // held in the mail server's queue
	Aborted     Result = "aborted"     // the client or the mail server gave up before an answer
)

// Record is one mail when it is done, for the log and the metrics.
type Record struct {
	Queue    string
	Listener string
	Role     filter.Role
	Client   string
	User     string
	From     address.Address
	Rcpts    int // on the envelope when the answer was given
	Refused  int // recipients refused before
	Result   Result
	Sender   bool // refused at MAIL: there was no mail
	Early    bool // let go before its body
	Code     int  // of the answer; 0: none was given
	Why      string
	Size     int64         // bytes of header and body we saw, or the declared size if that is more
	Busy     time.Duration // what we took
	Elapsed  time.Duration // since MAIL, with the waiting for the client
}

// ending is how a mail ends.
type ending struct {
	result  Result
	refusal *filter.Refusal
	why     string
	early   bool
}

var aborted = ending{result: Aborted}

func refused(r *filter.Refusal, why string) ending {
	e := ending{result: Refused, refusal: r, why: why}
	if code, _ := codes(r); code/100 == 4 {
		e.result = Deferred
	}
	return e
}

func (e ending) code() int {
	switch {
	case e.refusal != nil:
		code, _ := codes(e.refusal)
		return code
	case e.result == Aborted:
		return 0
	}
	return 250
}

// endMail ends the mail in flight, if there is one, and what was told about it.
func (s *session) endMail(e ending) {
	s.finish(e)
	s.macros.forgetMail()
}

// finish frees what the mail holds, says what became of it, and lets Shutdown have the connection.
func (s *session) finish(e ending) {
	if s.mail == nil {
		return
	}
	rec := s.record(e)
	s.drop()
	s.log.LogAttrs(context.Background(), slog.LevelInfo, "mail done",
		slog.String("queue", rec.Queue), slog.String("role", string(rec.Role)), slog.String("client", rec.Client),
		slog.String("user", rec.User), slog.String("from", rec.From.String()), slog.Int("rcpts", rec.Rcpts),
		slog.String("result", string(rec.Result)), slog.Int("code", rec.Code), slog.String("why", rec.Why),
		slog.Int64("size", rec.Size), slog.Int64("ms", rec.Busy.Milliseconds()))
	s.srv.opts.Observe(rec)
}

func (s *session) drop() {
	s.mail.free()
	if c, ok := s.mail.pipeline.(io.Closer); ok {
		c.Close()
	}
	s.mail = nil
	s.conn.setBusy(false)
}

func (s *session) record(e ending) Record {
	m := s.mail
	return Record{
		Queue: m.env.QueueID, Listener: m.env.Listener, Role: m.env.Role, Client: clientText(m.env),
		User: m.env.User, From: m.env.From, Rcpts: len(m.env.Rcpts), Refused: m.turned,
		Result: e.result, Early: e.early, Code: e.code(), Why: e.why,
		Size: max(m.bytes, m.env.Size), Busy: m.busy, Elapsed: time.Since(m.env.Time),
	}
}

func clientText(env filter.Envelope) string {
	if !env.Client.IsValid() {
		return env.ClientName
	}
	return env.Client.String()
}

// refuseSender answers MAIL. There is no mail then: one line says who was refused.
func (s *session) refuseSender(r *filter.Refusal) *answer {
	rec := s.record(refused(r, r.Text))
	utf8 := s.mail.env.SMTPUTF8
	rec.Sender = true
	s.log.Info("sender refused", "queue", rec.Queue, "role", rec.Role, "client", rec.Client, "user", rec.User,
		"from", rec.From, "arg", s.mail.env.FromArg, "code", rec.Code, "why", rec.Why)
	s.drop()
	s.macros.forgetMail()
	s.srv.opts.Observe(rec)
	return refusalAnswer(r, utf8)
}

// refuseRecipient answers RCPT for this recipient alone; role local does not refuse yet (see lost).
func (s *session) refuseRecipient(rcpt filter.Recipient, r *filter.Refusal) *answer {
	m := s.mail
	m.turned++
	code, _ := codes(r)
	s.log.Info("recipient refused", "queue", m.env.QueueID, "role", m.env.Role, "client", clientText(m.env),
		"user", m.env.User, "from", m.env.From, "rcpt", wireArg(rcpt), "code", code, "why", r.Text)
	if m.env.Role == filter.Local {
		m.refused = append(m.refused, refusedRcpt{rcpt, r})
		return answerContinue
	}
	return refusalAnswer(r, m.env.SMTPUTF8)
}
