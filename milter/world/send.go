package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/milter/filter"
)

// ErrLost says that the connection ended after a mail was handed over and before the server's answer came: it
// may have been taken.
var ErrLost = errors.New("the server's answer was lost")

// askBranches asks for all recipients of branches before anything is done. A branch is somebody's mail: if a
// recipient is refused for good the sender has to be told, and to tell it with a refusal while a room is
// already booked would be half a lie.
//
// Under a reservation nothing is asked: the service may be waiting for the very calendars that are reserved.
// Then, or if the server changes its mind, the refusal comes from submit, as a *Refused that may be Committed.
func (j *job) askBranches(ctx context.Context) error {
	branches := slices.DeleteFunc(slices.Clone(j.sends), func(s *post) bool { return !s.Branch })
	if len(branches) == 0 || j.reserved(ctx) != nil {
		return nil
	}
	if err := j.look(ctx); err != nil { // an earlier attempt makes a difference to what a failure means
		return err
	}
	session := j.session()
	defer session.close()
	for _, s := range branches {
		if err := j.ask(ctx, session, s); err != nil {
			return j.failed(s.index, "ask for the recipients of a branch", err)
		}
	}
	return nil
}

func (j *job) ask(ctx context.Context, session *session, s *post) error {
	to := j.unsent(s)
	if len(to) == 0 {
		return nil
	}
	line, err := session.open(ctx)
	if err != nil {
		return err
	}
	answers, err := line.Ask(ctx, s.envelope(to))
	if err != nil {
		return err
	}
	return worst(answers)
}

// submit sends everything, in the order planned: who is told of a delegation first hears of it first. A
// failure stops it. The turns at the keys keep two attempts at the same mail from sending it twice.
func (j *job) submit(ctx context.Context) error {
	var keys []string
	for _, s := range j.sends {
		keys = append(keys, s.Key())
	}
	turn := &reservation{turns: &j.sending}
	defer turn.end()
	if err := turn.cover(ctx, keys); err != nil {
		return j.failed(j.sends[0].index, "wait for another attempt at the same mail", err)
	}
	session := j.session()
	defer session.close()
	for _, s := range j.sends {
		if err := j.send(ctx, session, s); err != nil {
			return j.failed(s.index, "send "+s.ID, err)
		}
	}
	return nil
}

// send submits one mail to whom it was not sent yet.
func (j *job) send(ctx context.Context, session *session, s *post) error {
	to := j.unsent(s)
	if len(to) == 0 {
		return nil
	}
	return j.act("send:"+s.ID, func() error {
		line, err := session.open(ctx)
		if err != nil {
			return err
		}
		answers, err := line.Send(ctx, s.envelope(to), j.Dress(s.Send))
		var r *Refused
		switch {
		case errors.As(err, &r):
			answers = slices.Repeat([]*Refused{r}, len(to))
		case err != nil:
			j.unknown = j.unknown || errors.Is(err, ErrLost)
			return err
		}
		return j.note(s, to, answers)
	})
}

// note records what is settled and returns what is not. A recipient that is refused for good is settled for an
// automatic mail: no retry would help, and the mail that caused it must not wait for ever. For a branch it is a
// failure, which the host passes on to the sender.
func (j *job) note(s *post, to []filter.Recipient, answers []*Refused) error {
	var settled []filter.Recipient
	for i, answer := range answers {
		switch {
		case answer == nil:
			j.gone = true
			settled = append(settled, to[i])
		case answer.Final() && !s.Branch:
			j.log.Warn("automatic mail refused for good", "send", s.ID, "rcpt", to[i].Address, "err", answer)
			settled = append(settled, to[i])
		}
	}
	if err := j.at("record:" + s.ID); err != nil {
		return err
	}
	for _, rcpt := range settled {
		if err := j.done.Record(s.doneKey(rcpt)); err != nil {
			j.log.Error("done-log unwritable, a retry would send again", "send", s.ID, "err", err)
		}
	}
	if s.Branch {
		return worst(answers)
	}
	return worst(slices.DeleteFunc(slices.Clone(answers), func(r *Refused) bool { return r != nil && r.Final() }))
}

// worst is the refusal that counts: a final one before a temporary one. nil: there is none.
func worst(answers []*Refused) error {
	if r := firstFinal(answers); r != nil {
		return r
	}
	for _, r := range answers {
		if r != nil {
			return r
		}
	}
	return nil
}

// unsent is the recipients that nobody has sent this mail to, each once. An unreadable done-log never stops
// mail.
func (j *job) unsent(s *post) []filter.Recipient {
	var to []filter.Recipient
	known := make(map[address.Address]bool)
	for _, rcpt := range s.To {
		if rcpt.Address == "" || known[rcpt.Address] {
			continue
		}
		known[rcpt.Address] = true
		seen, err := j.done.Seen(s.doneKey(rcpt))
		if err != nil {
			j.log.Error("done-log unreadable, mail may be sent again", "send", s.ID, "err", err)
		}
		if err != nil || !seen {
			to = append(to, rcpt)
			continue
		}
		j.found = true
		j.log.Debug("sent before", "send", s.ID, "rcpt", rcpt.Address)
	}
	return to
}

// doneKey is what the done-log knows: this mail to this recipient, so that of several recipients only those
// are tried again that were not reached.
func (s *post) doneKey(rcpt filter.Recipient) string {
	return digest(s.Key(), rcpt.Address.String())
}

// envelope is what SMTP is told. A branch goes out with the addresses as they came in.
func (s *post) envelope(to []filter.Recipient) Envelope {
	env := Envelope{From: s.From.String(), Whole: s.Branch}
	if s.Branch {
		env.FromArgs = s.FromArgs
		env.From = orCanonical(s.FromArg, s.From)
	}
	for _, rcpt := range to {
		r := Recipient{Address: rcpt.Address.String(), Args: rcpt.Args}
		if s.Branch {
			r.Address = orCanonical(rcpt.Arg, rcpt.Address)
		}
		env.To = append(env.To, r)
	}
	return env
}

// orCanonical is an SMTP argument without its brackets if it is the address it is said to be: an edit may have
// changed the one and not the other.
func orCanonical(arg string, a address.Address) string {
	arg = strings.TrimSpace(arg)
	if strings.HasPrefix(arg, "<") && strings.HasSuffix(arg, ">") {
		arg = arg[1 : len(arg)-1]
	}
	if parsed, err := address.Parse(arg); err == nil && parsed == a {
		return arg
	}
	return a.String()
}

// session opens a Session when it is first needed and keeps it for the whole mail.
type session struct {
	submitter Submitter
	line      Session
}

func (j *job) session() *session { return &session{submitter: j.submitter} }

func (s *session) open(ctx context.Context) (Session, error) {
	if s.line != nil {
		return s.line, nil
	}
	line, err := s.submitter.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("submit: %w", err)
	}
	s.line = line
	return line, nil
}

func (s *session) close() {
	if s.line != nil {
		_ = s.line.Close() // every answer that matters is in
	}
}
