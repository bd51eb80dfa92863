package world

import (
	"context"
	"fmt"
	"io"
	"strings"

	"usher/milter/filter"
)

// Submitter hands mail to an SMTP service.
type Submitter interface {
	// Open begins a session for the Sends of one mail.
	Open(ctx context.Context) (Session, error)
}

// Session submits mails one after the other. Its errors are about all recipients; one of type *Refused is the
// server's word, any other means that it could not be asked or that its answer was lost.
type Session interface {
	// Ask learns what the server says to the sender and to each recipient, and sends nothing.
	// There is one answer for each of env.To, nil being yes.
	Ask(ctx context.Context, env Envelope) ([]*Refused, error)
	// Send submits a mail to those recipients that are not refused. For each of env.To there is one answer; nil
	// means that the server has taken the mail for it, for good.
	Send(ctx context.Context, env Envelope, mail io.WriterTo) ([]*Refused, error)
	Close() error
}

// Envelope is what SMTP is told before a mail.
type Envelope struct {
	From     string // without brackets; "" is the null sender
	FromArgs []string
	To       []Recipient
	// Whole: the mail goes to nobody if somebody is refused for good.
	Whole bool
}

// Recipient is one RCPT TO.
type Recipient struct {
	Address string // without brackets
	Args    []string
}

// Refused is a mail, or one recipient of it, that the SMTP service did not take.
type Refused struct {
	Rcpt     string // "" is the mail as a whole
	Code     int
	Enhanced string // RFC 3463; "" if the server gave none
	Text     string // the server's words, one line
}

func (r *Refused) Error() string {
	words := strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)), " ")
	if r.Rcpt == "" {
		return "refused: " + words
	}
	return fmt.Sprintf("refused for %s: %s", r.Rcpt, words)
}

// Final tells whether the refusal is a verdict on this mail or recipient that trying again will not change.
// A 5xx that is about the two of us (syntax, sequence, "authenticate first") is a mistake in the set-up: the
// mail waits until somebody has corrected it.
func (r *Refused) Final() bool {
	switch r.Code {
	case 500, 501, 502, 503, 504, 521, 530, 534, 535, 538:
		return false
	}
	return r.Code/100 == 5
}

// Refusal is the answer for a sender whose own mail (a branch of it) was refused: with the server's code and
// words, so that the sender's queue can tell its user.
func (r *Refused) Refusal() *filter.Refusal {
	enhanced, text := r.Enhanced, r.Text
	if !strings.HasPrefix(enhanced, fmt.Sprintf("%d.", r.Code/100)) {
		enhanced = fmt.Sprintf("%d.0.0", r.Code/100)
	}
	if r.Rcpt != "" {
		text = "<" + r.Rcpt + ">: " + text
	}
	return &filter.Refusal{Code: r.Code, Enhanced: enhanced, Text: text}
}
