package main

import (
	"fmt"
	"strings"
	"time"

	"usher/milter/filter"
)

// checks tells whether a module had a say at a stage; most have none, and are heard with nothing.
func checks(steps []filter.Step, c filter.Checked) bool {
	for _, s := range steps {
		if s.Name != c.Step {
			continue
		}
		if hasSay(s.Module, c.Stage) {
			return true
		}
		for _, v := range s.Variants {
			if hasSay(v.Module, c.Stage) {
				return true
			}
		}
	}
	return false
}

func hasSay(m filter.Module, stage string) (ok bool) {
	switch stage {
	case filter.AtMail:
		_, ok = m.(filter.SenderChecker)
	case filter.AtRcpt:
		_, ok = m.(filter.RecipientChecker)
	case filter.AtHeader:
		_, ok = m.(filter.HeaderChecker)
	}
	return ok
}

// checks is what was said at each stage, with the facts it rests on.
func (o *offline) checks() string {
	var a account
	for _, c := range o.stages {
		a.line(c.Stage, "%s", o.checked(c))
		for _, f := range c.Proof {
			a.line("", "- %s", factWords(f))
		}
	}
	return a.String()
}

func (o *offline) checked(c filter.Checked) string {
	text := c.Step + ": "
	if c.Rcpt != "" {
		text += "<" + c.Rcpt.String() + "> "
	}
	text += verdictOf(c)
	if c.Answer == nil && c.Err == nil && c.Why != "" {
		text += ", " + c.Why
	}
	if c.Answer != nil {
		text += " " + c.Answer.String()
		if c.Answer.Reason != "" && !strings.Contains(c.Answer.Text, c.Answer.Reason) {
			text += " (" + c.Answer.Reason + ")"
		}
	}
	if c.Err != nil {
		text += ", could not: " + c.Err.Error()
	}
	if c.Audit {
		text += " (audit: only logged)"
	}
	return text
}

// verdictOf is one word for what follows.
func verdictOf(c filter.Checked) string {
	switch {
	case c.Answer == nil:
		return "accept"
	case c.Answer.Temporary():
		return "defer"
	}
	return "refuse"
}

func factWords(f filter.Fact) string {
	text := fmt.Sprintf("%s: %s (%s", f.What, f.Answer, f.Source)
	if age := f.Age.Round(time.Second); age > 0 {
		text += ", " + age.String() + " old"
	}
	if f.Stale {
		text += ", older than it should be"
	}
	return text + ")"
}
