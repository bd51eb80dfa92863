package milter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	gomilter "github.com/emersion/go-milter"

	"usher/milter/filter"
	"usher/milter/message"
)

// endHeader decides whether anybody wants to see more.
func (s *session) endHeader() *answer {
	m := s.mail
	m.env.QueueID = cmp.Or(s.macros.queue, m.env.QueueID)
	if refusal, why := m.lost(); refusal != nil {
		return s.refuse(refusal, why)
	}
	interest, refusal := s.askHeader()
	switch {
	case refusal != nil:
		return s.refuse(refusal, refusal.Text)
	case interest == filter.Nothing && len(m.refused) == 0:
		s.endMail(ending{result: Accepted, early: true})
		return answerAccept
	}
	m.interest, m.stage = interest, inBody
	if interest.NeedsBody() {
		m.spool = s.srv.opts.Budget.Spool(s.srv.opts.MemoryPerMail)
	}
	return answerContinue
}

// lost is why a mail cannot go on, before anybody is asked about its header.
//
// Role local: a refusal at RCPT would leave the mail in Postfix's maildrop for ever ("can't reject recipient in
// non-smtpd(8) submission"). So it waits until here, where cleanup(8) understands it: a temporary one defers the whole mail,
// as nothing has been delivered yet; a permanent one is forgotten with its recipient as long as there are
// others, and bounces the mail when there are none.
func (m *mail) lost() (*filter.Refusal, string) {
	if m.refusal != nil {
		return m.refusal, m.why
	}
	for _, r := range m.refused {
		if r.refusal.Temporary() {
			return r.refusal, "recipient deferred: " + r.refusal.Text
		}
	}
	switch {
	case len(m.env.Rcpts) > 0:
		return nil, ""
	case len(m.refused) > 0:
		return m.refused[0].refusal, "no recipient is left: " + m.refused[0].refusal.Text
	}
	return &filter.Refusal{Code: 554, Enhanced: "5.5.1", Text: "No valid recipients"}, "no recipient was accepted"
}

func (s *session) askHeader() (filter.Interest, *filter.Refusal) {
	m := s.mail
	defer m.clock(time.Now())
	ctx, cancel := s.conn.within(s.srv.opts.CommandTimeout)
	defer cancel()
	return m.pipeline.Header(ctx, &m.env, m.header)
}

// endMessage runs the pipeline and does as it says.
func (s *session) endMessage(mod *gomilter.Modifier) *answer {
	m := s.mail
	m.env.QueueID = cmp.Or(s.macros.queue, m.env.QueueID)
	if m.refusal != nil {
		return s.refuse(m.refusal, m.why)
	}
	tx := &filter.Tx{Envelope: m.env, Message: message.New(m.header, m.body()), Log: s.log.With("queue", m.env.QueueID)}
	out, err := s.run(tx)
	switch {
	case errors.Is(err, errGone):
		s.endMail(ending{result: Aborted, why: err.Error()})
		return refusalAnswer(filter.Unavailable(), false)
	case err != nil:
		return s.refuse(filter.Unavailable(), err.Error())
	case out.Refuse != nil:
		return s.refuse(out.Refuse, cmp.Or(out.Why(), out.Refuse.Text))
	}
	return s.carryOut(mod, tx, out)
}

func (m *mail) body() message.Body {
	if m.spool == nil {
		return nil
	}
	return m.spool.Body()
}

// run asks the pipeline, if anybody wanted to see the mail. An error means that what it said does not count: its
// time was up. Doing it again is doing it once, so the sender may come back.
func (s *session) run(tx *filter.Tx) (filter.Outcome, error) {
	m := s.mail
	if m.interest == filter.Nothing {
		return filter.Outcome{}, nil
	}
	defer m.clock(time.Now())
	ctx, cancel := context.WithCancelCause(s.srv.base)
	defer cancel(nil)
	ctx, done := context.WithTimeoutCause(ctx, s.srv.opts.Timeout, errDeadline)
	defer done()
	w := s.watch(cancel)
	defer w.stop()
	out := m.pipeline.Run(ctx, tx)
	if ctx.Err() != nil && (out.Refuse == nil || out.Refuse.Temporary()) {
		return filter.Outcome{}, late(context.Cause(ctx), out.Why())
	}
	return out, nil
}

// late is the reason for the log, with what the pipeline was at when its time was up.
func late(cause error, why string) error {
	if why == "" {
		return cause
	}
	return fmt.Errorf("%w: %s", cause, why)
}

// carryOut turns the outcome into actions and the answer.
func (s *session) carryOut(mod *gomilter.Modifier, tx *filter.Tx, out filter.Outcome) *answer {
	m := s.mail
	for _, r := range m.refused {
		out.Drop = append(slices.Clip(out.Drop), r.Recipient)
	}
	why := out.Why()
	if out.Discard || m.nobodyLeft(out) {
		s.endMail(ending{result: Discarded, why: why})
		return answerDiscard
	}
	edited, err := s.edit(mod, tx, out)
	if err != nil {
		s.log.Error("mail not edited", "queue", m.env.QueueID, "err", err)
		return s.refuse(filter.Unavailable(), err.Error())
	}
	e := ending{result: Passed, why: why}
	switch {
	case out.Quarantine != "":
		e = ending{result: Quarantined, why: cmp.Or(why, out.Quarantine)}
	case edited:
		e.result = Edited
	}
	s.endMail(e)
	return answerAccept
}

// nobodyLeft tells whether all recipients leave and none comes. Postfix would drop such a mail with 250 as well;
// we say what we mean.
func (m *mail) nobodyLeft(out filter.Outcome) bool {
	if len(out.Drop) == 0 || len(out.Add) > 0 {
		return false
	}
	gone := make(map[string]bool, len(out.Drop))
	for _, r := range out.Drop {
		gone[wireArg(r)] = true
	}
	for _, r := range m.env.Rcpts {
		if !gone[wireArg(r)] {
			return false
		}
	}
	return true
}

// refuse answers for the whole mail.
func (s *session) refuse(r *filter.Refusal, why string) *answer {
	utf8 := s.mail.env.SMTPUTF8
	s.endMail(refused(r, why))
	return refusalAnswer(r, utf8)
}
