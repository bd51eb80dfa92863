package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"usher/milter/filter"
)

// explain says what would happen to a mail and why, step by step. Nothing is performed.
func explain(args []string, in io.Reader, out, errout io.Writer) int {
	o, v, code := try("explain", args, in, errout)
	if o == nil {
		return code
	}
	fmt.Fprint(out, o.describe(), v.reasons(), v.summary(o))
	return code
}

// describe is the envelope as the pipeline sees it.
func (o *offline) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "listener  %s (role %s)\n", o.env.Listener, o.env.Role)
	if o.env.User != "" {
		fmt.Fprintf(&b, "login     %s%s\n", o.env.User, known(o.env.Principal != nil))
	}
	fmt.Fprintf(&b, "from      <%s>%s\n", o.env.From, known(o.env.Sender != nil))
	for _, r := range o.env.Rcpts {
		fmt.Fprintf(&b, "rcpt      <%s>", r.Address)
		switch {
		case r.Err != nil:
			fmt.Fprintf(&b, ", unknown for now: %v", r.Err)
		case r.Entry != nil:
			fmt.Fprintf(&b, ", %s %s", r.Entry.Kind, r.Entry.Name)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func known(ok bool) string {
	if ok {
		return ", in the directory"
	}
	return ", not in the directory"
}

// reasons is what each step said and wants.
func (v verdict) reasons() string {
	if v.stage == "early" {
		return "nobody is interested: let go at the end of the header\n"
	}
	var b strings.Builder
	for _, r := range v.outcome.Reasons {
		said := r.Plan.Why
		switch {
		case r.Err != nil:
			said = "could not: " + r.Err.Error()
		case said == "":
			said = "nothing to do"
		}
		fmt.Fprintf(&b, "%-9s %s\n", r.Step, said)
		if r.Audit {
			fmt.Fprintf(&b, "          (audit: only logged)\n")
		}
		for _, line := range slices.Concat(edits(r.Plan.Edits), effects(r.Plan.Effects)) {
			fmt.Fprintf(&b, "          - %s\n", line)
		}
	}
	return b.String()
}

// edits in words.
func edits(es []filter.Edit) (lines []string) {
	for _, e := range es {
		switch e := e.(type) {
		case filter.DropRcpt:
			lines = append(lines, "take "+e.Addr.String()+" off the envelope")
		case filter.AddRcpt:
			lines = append(lines, "put "+e.Addr.String()+" on the envelope")
		case filter.ChangeFrom:
			lines = append(lines, "make <"+e.Addr.String()+"> the envelope sender")
		case filter.AddHeader:
			lines = append(lines, "add field "+e.Name)
		case filter.SetHeader:
			lines = append(lines, "set field "+e.Name)
		case filter.DelHeader:
			lines = append(lines, "remove field "+e.Name)
		case filter.ReplacePart:
			lines = append(lines, fmt.Sprintf("change part %s", e.Path))
		case filter.Quarantine:
			lines = append(lines, "hold the mail: "+e.Reason)
		case filter.Split:
			lines = append(lines, fmt.Sprintf("a branch of its own for %v", e.Rcpts))
			lines = append(lines, edits(e.Edits)...)
		}
	}
	return lines
}

// effects in words.
func effects(es []filter.Effect) (lines []string) {
	for _, e := range es {
		switch e := e.(type) {
		case filter.PutEvent:
			verb := "store"
			if e.Claim != nil {
				verb = fmt.Sprintf("book %d period(s) and store", len(e.Claim.Periods))
			}
			lines = append(lines, fmt.Sprintf("%s %s in %s", verb, e.UID, e.Calendar))
		case filter.DeleteEvent:
			lines = append(lines, fmt.Sprintf("remove %s from %s", e.UID, e.Calendar))
		case filter.Send:
			lines = append(lines, fmt.Sprintf("send %s to %v", e.ID, rcpts(e.To)))
		}
	}
	return lines
}

func rcpts(rs []filter.Recipient) (all []string) {
	for _, r := range rs {
		all = append(all, r.Address.String())
	}
	return all
}

// summary is the last lines: what the mail server would be told.
func (v verdict) summary(o *offline) string {
	var b strings.Builder
	for _, arg := range o.rcpts {
		if r := v.refused[arg]; r != nil {
			fmt.Fprintf(&b, "refused   <%s> %s\n", arg, r)
		}
	}
	switch out := v.outcome; {
	case out.Refuse != nil:
		fmt.Fprintf(&b, "outcome   %s\n", out.Refuse)
	case out.Discard:
		fmt.Fprintf(&b, "outcome   accepted, nobody is left to get it\n")
	default:
		b.WriteString("outcome   accepted")
		for _, r := range out.Drop {
			fmt.Fprintf(&b, ", without <%s>", r.Address)
		}
		for _, r := range out.Add {
			fmt.Fprintf(&b, ", also to <%s>", r.Address)
		}
		if out.From != nil {
			fmt.Fprintf(&b, ", as <%s>", *out.From)
		}
		if out.Message != nil {
			b.WriteString(", edited")
		}
		if out.Quarantine != "" {
			b.WriteString(", held: " + out.Quarantine)
		}
		b.WriteString("\n")
	}
	return b.String()
}
