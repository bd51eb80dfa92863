package main

import (
	"bytes"
	"fmt"
)

// filterMail writes the mail as it would leave to standard output and what became of it to standard error.
// Nothing is performed. A mail that does not leave is not written.
func filterMail(s stdio, args []string) error {
	o, err := try("filter", s, args, func(*flags, *told) {})
	if err != nil {
		return err
	}
	return o.leave(s)
}

// leave writes the mail, and on standard error what became of it.
func (o *offline) leave(s stdio) (err error) {
	fmt.Fprint(s.errout, o.summary())
	switch {
	case o.outcome.Refuse != nil, o.outcome.Discard:
		return done(o.code())
	case o.outcome.Message == nil:
		_, err = o.mail.WriteTo(s.out)
		return err
	}
	return o.writeEdited(s)
}

// writeEdited gives an edited mail the line ends it came with: modules write CRLF, as it is everywhere in SMTP.
func (o *offline) writeEdited(s stdio) error {
	if !o.lf {
		_, err := o.outcome.Message.WriteTo(s.out)
		return err
	}
	var b bytes.Buffer
	if _, err := o.outcome.Message.WriteTo(&b); err != nil {
		return err
	}
	_, err := s.out.Write(bytes.ReplaceAll(b.Bytes(), []byte("\r\n"), []byte("\n")))
	return err
}
