package filter

import (
	"strings"
	"time"

	"usher/address"
	"usher/milter/message"
)

// Outcome is what the host is to do with a mail. The zero Outcome accepts it as it came.
type Outcome struct {
	Refuse     *Refusal         // for the whole mail; nothing else happens then
	Discard    bool             // every recipient was taken off: accepted and dropped
	Drop       []Recipient      // taken off the envelope
	Add        []Recipient      // put on the envelope
	From       *address.Address // the changed envelope sender; nil: unchanged
	Message    *message.Message // as it should leave; nil: as it came
	Quarantine string           // why it is held; "" is not held
	Reasons    []Reason         // what each step said, in order
	Effects    []Effect         // what was performed (or, in explain, would be)
	Attempts   int              // how often it was planned; more than 1: the world moved
}

// Reason is what one step said about the mail, for the log, the trace and explain.
type Reason struct {
	Step  string
	Rcpts []address.Address // whom it was about, where not everybody
	Plan  Plan              // Plan.Why is the sentence
	Err   error             // the step could not do its work
	Audit bool              // it was only asked, nothing of it happens
	// Groups are those that leave the envelope for what the step plans, and those that it could not look behind.
	Groups []Opening
	Took   time.Duration
}

// Why joins what the steps said, for the one log line. It is bounded: what a mail makes us say is the business of
// whoever wrote it.
func (o Outcome) Why() string {
	var b strings.Builder
	for _, r := range o.Reasons {
		said := r.said()
		switch {
		case said == "":
			continue
		case b.Len() > maxWhy:
			return b.String() + "; …"
		case b.Len() > 0:
			b.WriteString("; ")
		}
		b.WriteString(r.Step + ": " + said)
	}
	return b.String()
}

// maxWhy and maxSaid bound the log line, in bytes.
const (
	maxWhy  = 2000
	maxSaid = 500
)

func (r Reason) said() string {
	said := r.Plan.Why
	if r.Err != nil {
		said = r.Err.Error()
	}
	said = bounded(said)
	if len(r.Groups) > 0 {
		said = strings.TrimPrefix(said+"; "+bounded(openingWords(r.Groups)), "; ")
	}
	if said != "" && r.Audit {
		said = "would: " + said
	}
	return said
}

func bounded(said string) string {
	if len(said) > maxSaid {
		said = strings.ToValidUTF8(said[:maxSaid], "") + "…"
	}
	return said
}
