package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
)

// maxText bounds what is kept of a server's words.
const maxText = 400

// smtpSession is one connection. After an error that is not the server's word it is closed, and the next use
// connects again.
type smtpSession struct {
	smtp   *SMTP
	client *smtp.Client // nil: closed
	conn   net.Conn
}

// Ask implements Session.
func (s *smtpSession) Ask(ctx context.Context, env Envelope) (answers []*Refused, err error) {
	err = s.use(ctx, func() error {
		if answers, err = s.begin(env); err == nil {
			s.reset()
		}
		return err
	})
	return answers, err
}

// Send implements Session.
func (s *smtpSession) Send(ctx context.Context, env Envelope, mail io.WriterTo) (answers []*Refused, err error) {
	err = s.use(ctx, func() error {
		if answers, err = s.begin(env); err != nil {
			return err
		}
		if r := firstFinal(answers); env.Whole && r != nil {
			s.reset()
			return r
		}
		if len(taken(env.To, answers)) == 0 {
			s.reset()
			return nil
		}
		return s.data(mail)
	})
	return answers, err
}

// quitWithin bounds the farewell: everything that matters has been answered by then.
const quitWithin = 2 * time.Second

// Close implements Session.
func (s *smtpSession) Close() error {
	if s.client == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), quitWithin)
	defer cancel()
	return s.use(ctx, func() error {
		err := s.client.Quit()
		s.drop()
		return err
	})
}

// use runs one exchange on a connection that is there, and ends it with ctx.
func (s *smtpSession) use(ctx context.Context, exchange func() error) error {
	if s.client == nil {
		client, conn, err := s.smtp.connect(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.smtp.address, err)
		}
		s.client, s.conn = client, conn
	}
	conn := s.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	err := exchange()
	if err == nil {
		return nil
	}
	var r *Refused
	if !errors.As(err, &r) || r.Code == 421 {
		s.drop()
	}
	if r != nil {
		return r
	}
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("%s: %w", s.smtp.address, err)
}

// reset ends a transaction in which nothing was sent. What it was for is known already.
func (s *smtpSession) reset() {
	if err := s.client.Reset(); err != nil {
		s.drop()
	}
}

func (s *smtpSession) drop() {
	if s.client != nil {
		_ = s.conn.Close()
		s.client, s.conn = nil, nil
	}
}

// begin says MAIL FROM and every RCPT TO.
func (s *smtpSession) begin(env Envelope) ([]*Refused, error) {
	can, _ := s.client.Extension("SMTPUTF8")
	if !can && !isASCII(env.From) {
		return nil, unsupported("")
	}
	if err := s.client.Mail(env.From, mailOptions(env, can)); err != nil {
		return nil, s.begun(refusedBy(err, ""))
	}
	answers := make([]*Refused, len(env.To))
	for i, to := range env.To {
		if !can && !isASCII(to.Address) {
			answers[i] = unsupported(to.Address)
			continue
		}
		err := refusedBy(s.client.Rcpt(to.Address, rcptOptions(to.Args)), to.Address)
		if err != nil && (!errors.As(err, &answers[i]) || answers[i].Code == 421) {
			return nil, err
		}
	}
	return answers, nil
}

// begun narrows a refused MAIL FROM: 550 to 553 are about this mail (its sender, its size), any other 5xx is
// about who we are to that server and may be put right.
func (s *smtpSession) begun(err error) error {
	var r *Refused
	if errors.As(err, &r) && r.Final() && (r.Code < 550 || r.Code > 553) {
		return plain("MAIL FROM", &smtp.SMTPError{Code: r.Code, Message: r.Text})
	}
	return err
}

// data sends the mail. If it cannot be read to its end the connection is cut, for a final dot would make half
// a mail a whole one.
func (s *smtpSession) data(mail io.WriterTo) error {
	w, err := s.client.Data()
	if err != nil {
		return refusedBy(err, "")
	}
	if _, err := mail.WriteTo(w); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	err = refusedBy(w.Close(), "")
	var r *Refused
	if err != nil && !errors.As(err, &r) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return err
}

// refusedBy gives a server's answer as *Refused; other errors pass as they are.
func refusedBy(err error, rcpt string) error {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return err
	}
	r := &Refused{Rcpt: rcpt, Code: answer.Code, Text: oneLine(answer.Message)}
	if e := answer.EnhancedCode; e != smtp.EnhancedCodeNotSet && e != smtp.NoEnhancedCode {
		r.Enhanced = fmt.Sprintf("%d.%d.%d", e[0], e[1], e[2])
	}
	return r
}

// unsupported is our own word where the server does not take internationalized addresses (RFC 6531 3.2).
func unsupported(rcpt string) *Refused {
	return &Refused{Rcpt: rcpt, Code: 553, Enhanced: "5.6.7", Text: "the next server does not offer SMTPUTF8"}
}

// oneLine makes a server's words fit for a log and for an answer of our own.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != utf8.RuneError && unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
