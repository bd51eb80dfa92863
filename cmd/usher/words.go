package main

import (
	"fmt"
	"strings"

	"usher/address"
	"usher/milter/filter"
)

// editWords are edits as a person would say them.
func editWords(edits []filter.Edit) (lines []string) {
	for _, e := range edits {
		lines = append(lines, editWord(e))
		if split, ok := e.(filter.Split); ok {
			for _, line := range editWords(split.Edits) {
				lines = append(lines, "  "+line)
			}
		}
	}
	return lines
}

func editWord(e filter.Edit) string {
	switch e := e.(type) {
	case filter.DropRcpt:
		return "take " + e.Addr.String() + " off the envelope"
	case filter.AddRcpt:
		return "put " + e.Addr.String() + " on the envelope"
	case filter.ChangeFrom:
		return "make <" + e.Addr.String() + "> the envelope sender"
	case filter.AddHeader:
		return "add field " + e.Name
	case filter.SetHeader:
		return "set field " + e.Name
	case filter.DelHeader:
		return "remove field " + e.Name
	case filter.ReplacePart:
		return fmt.Sprintf("change part %s", e.Path)
	case filter.Rewrite:
		return e.What
	case filter.Quarantine:
		return "hold the mail: " + e.Reason
	case filter.Split:
		return fmt.Sprintf("a branch of its own for %v", e.Rcpts)
	}
	return fmt.Sprintf("%T", e)
}

// openingWords are groups that leave the envelope, and those that cannot.
func openingWords(openings []filter.Opening) (lines []string) {
	for _, o := range openings {
		switch {
		case o.Why != "":
			lines = append(lines, fmt.Sprintf("leave %s closed: %s", o.Group, o.Why))
		case len(o.Left) == 0:
			lines = append(lines, fmt.Sprintf("open %s: nobody comes in its place", o.Group))
		default:
			lines = append(lines, fmt.Sprintf("open %s: %s in its place", o.Group, someOf(o.Left)))
		}
	}
	return lines
}

// maxNamed bounds the people that a line names.
const maxNamed = 10

func someOf(all []address.Address) string {
	var names []string
	for _, a := range all[:min(len(all), maxNamed)] {
		names = append(names, a.String())
	}
	if len(all) > maxNamed {
		names = append(names, fmt.Sprintf("%d more", len(all)-maxNamed))
	}
	return strings.Join(names, ", ")
}

// effectWords are effects as a person would say them.
func effectWords(effects []filter.Effect) (lines []string) {
	for _, e := range effects {
		lines = append(lines, effectWord(e))
	}
	return lines
}

func effectWord(e filter.Effect) string {
	switch e := e.(type) {
	case filter.PutEvent:
		return fmt.Sprintf("%s %s in %s", putWord(e), e.UID, e.Calendar)
	case filter.DeleteEvent:
		return fmt.Sprintf("remove %s from %s", e.UID, e.Calendar)
	case filter.Send:
		return fmt.Sprintf("send %s to %s", e.ID, addressList(e.To))
	}
	return fmt.Sprintf("%T", e)
}

func putWord(p filter.PutEvent) string {
	switch {
	case p.Claim == nil:
		return "store"
	case len(p.Claim.Periods) == 1:
		return "book one period and store"
	}
	return fmt.Sprintf("book %d periods and store", len(p.Claim.Periods))
}

func addressList(rcpts []filter.Recipient) string {
	var all []string
	for _, r := range rcpts {
		all = append(all, r.Address.String())
	}
	return strings.Join(all, ", ")
}

// outcomeWords is what the mail server would be told, in one line.
func outcomeWords(o filter.Outcome) string {
	switch {
	case o.Refuse != nil:
		return o.Refuse.String()
	case o.Discard:
		return "accepted, nobody is left to get it"
	}
	text := "accepted"
	for _, r := range o.Drop {
		text += fmt.Sprintf(", without <%s>", r.Address)
	}
	for _, r := range o.Add {
		text += fmt.Sprintf(", also to <%s>", r.Address)
	}
	if o.From != nil {
		text += fmt.Sprintf(", as <%s>", *o.From)
	}
	if o.Message != nil {
		text += ", edited"
	}
	if o.Quarantine != "" {
		text += ", held: " + o.Quarantine
	}
	return text
}
