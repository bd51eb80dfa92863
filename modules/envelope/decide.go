package envelope

import (
	"errors"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// question is what is to be decided: one stage of one mail.
type question struct {
	stage  string // filter.AtMail, AtRcpt or AtHeader, or atEnd
	env    *filter.Envelope
	rcpt   address.Address // AtRcpt
	header message.Header  // AtHeader and atEnd
}

// atEnd is the end of the message, where the Sender field is set and what is moderated goes to the moderators.
const atEnd = "end"

// decision is a verdict with everything that belongs to it. The zero decision lets the mail pass.
type decision struct {
	outcome
	charges    []filter.Charge
	edits      []filter.Edit
	moderators []address.Address // at RCPT: who will get the mail in place of the recipient
	pr         principal
	cause      error // of directory.unavailable and policy.malformed
}

// decide is the one place where anything is decided: live, in explain, in audit and in tests. It is a function of
// the settings, the question and the facts; what it misses it leaves in facts.needs.
func (p *policy) decide(f *facts, q question) decision {
	f.restart()
	var d decision
	switch q.stage {
	case filter.AtMail:
		d.outcome = p.mail(f, q.env)
	case filter.AtRcpt:
		d.outcome, d.moderators = p.recipient(f, q.env, q.rcpt)
	case filter.AtHeader:
		d.outcome = p.header(f, q.env, q.header)
	case atEnd:
		d.outcome, d.edits = p.end(f, q)
	}
	if d.cause = f.cause; d.reason == directoryUnavailable && errors.Is(d.cause, ldapdir.ErrMalformed) {
		d.reason = policyMalformed // a dynamic group, say, whose search is none: never open, whatever on_error says
	}
	d.pr, _ = p.principal(f, q.env)
	if q.stage == filter.AtRcpt && p.RecipientChecks {
		d.charges = p.charges(f, q.env, d)
	}
	return d
}

func (p *policy) end(f *facts, q question) (outcome, []filter.Edit) {
	f.begin()
	value, touch, t := p.senderField(f, q.env, q.header)
	if t == unsure {
		return unavailable(), nil
	}
	o, edits := p.divert(f, q.env)
	if o.reason == accepted && touch {
		edits = append(edits, senderEdits(q.header, value)...)
	}
	return o, edits
}

// charges are what a recipient costs: accepted, one of the rate; refused by policy, one more refusal, and the one
// too many suspends the account.
func (p *policy) charges(f *facts, env *filter.Envelope, d decision) []filter.Charge {
	account := d.pr.account
	switch {
	case account == "":
		return nil
	case d.reason.denied():
		c := filter.Charge{Account: account, Counter: counterDenied, Amount: 1, Time: env.Time}
		if p.overDenied(f, d.pr, 1) == yes {
			c.Suspend = "denied_rcpt_10m"
		}
		return []filter.Charge{c}
	case d.reason == accepted && !d.final && !p.rateExempt[account]:
		return []filter.Charge{{Account: account, Counter: counterRcpts, Amount: 1, Time: env.Time}}
	}
	return nil
}
