package main

import "fmt"

// filterMail writes the mail as it would leave to standard output and what became of it to standard error.
// Nothing is performed. A mail that does not leave is not written.
func filterMail(s stdio, args []string) error {
	o, err := try("filter", s, args)
	if err != nil {
		return err
	}
	fmt.Fprint(s.errout, o.summary())
	if o.outcome.Refuse != nil || o.outcome.Discard {
		return done(o.code())
	}
	leaves := o.mail
	if o.outcome.Message != nil {
		leaves = o.outcome.Message
	}
	_, err = leaves.WriteTo(s.out)
	return err
}
