package main

import (
	"fmt"
	"slices"
	"strings"

	"usher/ldapdir"
	"usher/milter/filter"
)

// explain says what would happen to a mail and why, step by step. Nothing is performed.
func explain(s stdio, args []string) error {
	asJSON := false
	o, err := try("explain", s, args, func(f *flags, t *told) {
		f.BoolVar(&t.none, "n", false, "no mail: the envelope alone is asked about")
		f.StringVar(&t.headerFrom, "header-from", "", "`ADDRESS` in the From field of a mail that is not there; goes without a mail")
		f.BoolVar(&asJSON, "json", false, "for programs")
	})
	if err != nil {
		return err
	}
	if asJSON {
		err = sayJSON(s, o.object())
	} else {
		err = say(s, o.describe()+o.checks()+o.reasons()+o.summary())
	}
	if err != nil {
		return err
	}
	return done(o.code())
}

// account is lines of a subject and what is to be said about it.
type account struct{ strings.Builder }

func (a *account) line(subject, format string, args ...any) {
	fmt.Fprintf(a, "%-10s %s\n", subject, fmt.Sprintf(format, args...))
}

// describe is the envelope as the pipeline sees it.
func (o *offline) describe() string {
	var a account
	a.line("listener", "%s (role %s)", o.env.Listener, o.env.Role)
	if o.env.Client.IsValid() {
		a.line("client", "%s", o.env.Client)
	}
	if o.env.User != "" {
		a.line("login", "%s, %s", o.env.User, whois(o.env.Principal, o.env.Err))
	}
	if o.env.From == "" {
		a.line("from", "<>, the null sender")
	} else {
		a.line("from", "<%s>, %s", o.env.From, whois(o.env.Sender, o.env.Err))
	}
	for _, r := range o.env.Rcpts {
		a.line("rcpt", "<%s>, %s", r.Address, whois(r.Entry, r.Err))
	}
	return a.String()
}

// whois is what the directory says about somebody.
func whois(e *ldapdir.Entry, err error) string {
	switch {
	case err != nil:
		return "unknown for now: " + err.Error()
	case e == nil:
		return "not in the directory"
	}
	return fmt.Sprintf("%s %s", e.Kind, e.Name)
}

// reasons is what each step said and wants.
func (o *offline) reasons() string {
	if o.mail == nil {
		return ""
	}
	if o.early {
		return "nobody is interested: let go at the end of the header\n"
	}
	var a account
	for _, r := range o.outcome.Reasons {
		a.line(r.Step, "%s", said(r))
		for _, note := range r.Plan.Notes {
			a.line("", "  %s", note)
		}
		for _, line := range wants(r) {
			a.line("", "- %s", line)
		}
	}
	return a.String()
}

// wants is what a step wants done, a line each.
func wants(r filter.Reason) []string {
	return slices.Concat(editWords(r.Plan.Edits), openingWords(r.Groups), effectWords(r.Plan.Effects))
}

// said is a step's own sentence, and for whom it counts.
func said(r filter.Reason) string {
	text := r.Plan.Why
	switch {
	case r.Err != nil:
		text = "could not: " + r.Err.Error()
	case text == "":
		text = "nothing to do"
	}
	if len(r.Rcpts) > 0 {
		text += fmt.Sprintf(" (for %v)", r.Rcpts)
	}
	if r.Audit {
		text += " (audit: only logged)"
	}
	return text
}

// summary is the last lines: what the mail server would be told.
func (o *offline) summary() string {
	var a account
	for _, r := range o.rcpts {
		if r.refusal != nil {
			a.line("refused", "<%s> %s", r.Arg, r.refusal)
		}
	}
	a.line("outcome", "%s", outcomeWords(o.outcome))
	return a.String()
}
