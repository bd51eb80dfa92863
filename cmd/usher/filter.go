package main

import (
	"fmt"
	"io"
)

// filterMail writes the mail as it would leave to standard output and what became of it to standard error.
// Nothing is performed.
func filterMail(args []string, in io.Reader, out, errout io.Writer) int {
	o, v, code := try("filter", args, in, errout)
	if o == nil {
		return code
	}
	fmt.Fprint(errout, v.summary(o))
	if v.outcome.Refuse != nil || v.outcome.Discard {
		return code
	}
	mail := o.mail
	if v.outcome.Message != nil {
		mail = v.outcome.Message
	}
	if failed := write(out, errout, mail); failed != exitOK {
		return failed
	}
	return code
}
