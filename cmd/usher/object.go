package main

import (
	"usher/milter/filter"
)

// explained is what explain -json writes.
type explained struct {
	Listener string         `json:"listener"`
	Role     filter.Role    `json:"role"`
	Client   string         `json:"client,omitempty"`
	Login    string         `json:"login,omitempty"`
	From     string         `json:"from"`
	Stages   []stageObject  `json:"stages"`
	Rcpts    []rcptObject   `json:"rcpts"`
	Reasons  []reasonObject `json:"reasons"` // what modules want done with the mail; none without a mail
	Outcome  answerObject   `json:"outcome"`
	Words    string         `json:"words"` // the outcome in words
}

// answerObject is an answer of SMTP. Without a refusal it is accept, and nothing else.
type answerObject struct {
	Verdict  string `json:"verdict"` // accept, refuse, defer; of a mail also discard
	Code     int    `json:"code"`
	Enhanced string `json:"enhanced"`
	Reason   string `json:"reason"`
	Text     string `json:"text"`
}

// stageObject is what one checker said at one stage.
type stageObject struct {
	Stage string `json:"stage"`
	Step  string `json:"step"`
	Rcpt  string `json:"rcpt,omitempty"`
	answerObject
	Why   string        `json:"why,omitempty"`   // in our words, not the client's
	Audit bool          `json:"audit,omitempty"` // only logged
	Error string        `json:"error,omitempty"` // why it could not be decided
	Facts []filter.Fact `json:"facts"`           // ages in nanoseconds
}

// rcptObject is a recipient and its answer.
type rcptObject struct {
	Address string `json:"address"`
	answerObject
}

// reasonObject is what one module says about the mail.
type reasonObject struct {
	Step  string   `json:"step"`
	Rcpts []string `json:"rcpts,omitempty"`
	Why   string   `json:"why"`
	Error string   `json:"error,omitempty"`
	Audit bool     `json:"audit,omitempty"`
	Wants []string `json:"wants"`
	Notes []string `json:"notes,omitempty"` // what it rests on
}

func answerOf(r *filter.Refusal) answerObject {
	if r == nil {
		return answerObject{Verdict: "accept", Code: 250}
	}
	return answerObject{verdictOf(filter.Checked{Answer: r}), r.Code, r.Enhanced, r.Reason, r.Text}
}

// object is the whole explanation.
func (o *offline) object() explained {
	e := explained{Listener: o.env.Listener, Role: o.env.Role, Login: o.env.User, From: o.env.FromArg,
		Stages: []stageObject{}, Rcpts: []rcptObject{}, Reasons: []reasonObject{},
		Outcome: answerOf(o.outcome.Refuse), Words: outcomeWords(o.outcome)}
	if o.env.Client.IsValid() {
		e.Client = o.env.Client.String()
	}
	if o.outcome.Discard {
		e.Outcome.Verdict = "discard"
	}
	for _, c := range o.stages {
		e.Stages = append(e.Stages, stageObject{c.Stage, c.Step, c.Rcpt.String(), answerOf(c.Answer), c.Why, c.Audit, errorText(c.Err),
			append([]filter.Fact{}, c.Proof...)})
	}
	for _, r := range o.reached() {
		e.Rcpts = append(e.Rcpts, rcptObject{r.Arg, answerOf(r.refusal)})
	}
	for _, r := range o.outcome.Reasons {
		one := reasonObject{Step: r.Step, Why: r.Plan.Why, Error: errorText(r.Err), Audit: r.Audit,
			Wants: append([]string{}, wants(r)...), Notes: r.Plan.Notes}
		for _, a := range r.Rcpts {
			one.Rcpts = append(one.Rcpts, a.String())
		}
		e.Reasons = append(e.Reasons, one)
	}
	return e
}

// reached are the recipients that were asked about: none behind a refused sender.
func (o *offline) reached() []asked {
	if o.mailRefused {
		return nil
	}
	return o.rcpts
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
