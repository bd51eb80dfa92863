package world

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Outbox is a Submitter that only collects, for tests, explain and the demo. The zero value takes everything.
type Outbox struct {
	// Refuse, if set, answers each RCPT TO; nil is yes.
	Refuse func(rcpt string) *Refused
	// Deliver, if set, gets each mail before it is collected, as the service of role own would at the end of
	// DATA. Its error is the answer to DATA; one that is not a *Refused is a lost connection.
	Deliver func(ctx context.Context, m Mail) error

	mu    sync.Mutex
	mails []Mail
}

// Mail is one mail that was submitted, for the recipients that were taken.
type Mail struct {
	Envelope
	Data []byte
}

// MessageID is the value of the first Message-ID field, brackets included, or "".
func (m Mail) MessageID() string {
	header, _, _ := bytes.Cut(m.Data, []byte("\r\n\r\n"))
	for line := range bytes.Lines(header) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if ok && bytes.EqualFold(name, []byte("Message-ID")) {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// Open implements Submitter.
func (o *Outbox) Open(ctx context.Context) (Session, error) {
	return outboxSession{o}, ctx.Err()
}

// Mails gives everything collected so far, in order.
func (o *Outbox) Mails() []Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mails)
}

// Distinct tells who has got what, sorted, one line "recipient message-id" for each. A duplicate that a crash
// made is the same mail by its Message-ID (where there is none, by its bytes), which is how its reader sees it.
func (o *Outbox) Distinct() []string {
	var lines []string
	for _, m := range o.Mails() {
		id := m.MessageID()
		if id == "" {
			sum := sha256.Sum256(m.Data)
			id = hex.EncodeToString(sum[:])
		}
		for _, to := range m.To {
			lines = append(lines, to.Address+" "+id)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

type outboxSession struct{ *Outbox }

func (s outboxSession) Ask(ctx context.Context, env Envelope) ([]*Refused, error) {
	answers := make([]*Refused, len(env.To))
	if s.Refuse != nil {
		for i, to := range env.To {
			answers[i] = s.Refuse(to.Address)
		}
	}
	return answers, ctx.Err()
}

func (s outboxSession) Send(ctx context.Context, env Envelope, mail io.WriterTo) ([]*Refused, error) {
	answers, err := s.Ask(ctx, env)
	if err != nil {
		return nil, err
	}
	if r := firstFinal(answers); env.Whole && r != nil {
		return nil, r
	}
	yes := taken(env.To, answers)
	if len(yes) == 0 {
		return answers, nil
	}
	var data bytes.Buffer
	if _, err := mail.WriteTo(&data); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	env.To = yes
	m := Mail{Envelope: env, Data: data.Bytes()}
	if s.Deliver != nil {
		if err := s.Deliver(ctx, m); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	return answers, nil
}

func (s outboxSession) Close() error { return nil }

// taken is the recipients that were answered yes.
func taken(to []Recipient, answers []*Refused) []Recipient {
	var yes []Recipient
	for i, answer := range answers {
		if answer == nil {
			yes = append(yes, to[i])
		}
	}
	return yes
}

// firstFinal is the first refusal that trying again will not change, or nil.
func firstFinal(answers []*Refused) *Refused {
	for _, answer := range answers {
		if answer != nil && answer.Final() {
			return answer
		}
	}
	return nil
}
