package filter

import (
	"errors"
	"time"

	"usher/address"
)

// Fact is one thing a verdict rests on, for explain and the log of audit: operators read it, clients never do.
type Fact struct {
	What   string        `json:"what"`   // the question: "login meier"
	Answer string        `json:"answer"` // in a few words
	Source string        `json:"source"` // session, configuration, directory, ledger, or the name of a file
	Age    time.Duration `json:"age"`    // since the source said so
	Stale  bool          `json:"stale"`  // older than it should be: used because the source does not answer
}

// The stages at which checkers are asked, and the one at which modules plan.
const (
	AtMail    = "mail"
	AtRcpt    = "rcpt"
	AtHeader  = "header"
	AtMessage = "message"
)

// Checked is what one checker said, and what came of it.
type Checked struct {
	Step  string
	Stage string          // AtMail, AtRcpt or AtHeader
	Rcpt  address.Address // AtRcpt: about whom
	Verdict
	Err    error    // the checker could not do its work
	Answer *Refusal // what follows, from an error, too; nil: nothing against it
	Audit  bool     // it was only asked, nothing of it happens
}

// Degraded tells whether the verdict rests on a fact that is older than it should be.
func (v Verdict) Degraded() bool {
	for _, f := range v.Proof {
		if f.Stale {
			return true
		}
	}
	return false
}

// Failure is an error of a module that knows what the client should be told while on_error is defer.
type Failure struct {
	Refusal *Refusal
	Err     error
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// refusalOf is what the client is told about an error of a module.
func refusalOf(err error) *Refusal {
	var f *Failure
	if errors.As(err, &f) && f.Refusal != nil && f.Refusal.Temporary() {
		return f.Refusal
	}
	return Unavailable()
}
