package envelope

import (
	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// senderField is the value the one Sender field should have, "" for none; touch is false where the mail is not for
// us to change: nobody logged in, or it was written by somebody else and only sent on.
func (p *policy) senderField(f *facts, env *filter.Envelope, h message.Header) (value address.Address, touch bool, t truth) {
	if env.User == "" || !p.SenderChecks {
		return "", false, yes
	}
	if _, resent := p.redirected(h); resent {
		return "", false, yes
	}
	pr, t := p.principal(f, env)
	boxes, ok := authors(h)
	if t == unsure || !ok {
		return "", true, t
	}
	tell := len(boxes) > 1
	for _, a := range boxes {
		c := p.grant(f, pr, a)
		if c.kind == none && c.known != yes {
			return "", true, unsure
		}
		tell = tell || p.tells(c.kind, pr, a)
	}
	if !tell {
		return "", true, yes
	}
	if pr.entry.Mail() != "" {
		return pr.entry.Mail(), true, yes
	}
	return env.From, true, yes
}

// tells tells whether a Sender field says by which right an address was used.
func (p *policy) tells(kind grantKind, pr principal, a address.Address) bool {
	switch kind {
	case onBehalf:
		return p.SenderHeader.OnBehalf
	case sendAs:
		return p.SenderHeader.SendAs
	case own:
		return p.SenderHeader.Alias && p.untag(a) != pr.entry.Mail()
	}
	return false
}

// senderEdits leave exactly one Sender field with this value, or none. A field whose name ends in white space
// is another one to whoever edits, and the same to whoever reads.
func senderEdits(h message.Header, value address.Address) []filter.Edit {
	var edits []filter.Edit
	seen := map[string]bool{}
	for _, f := range fields(h, "Sender") {
		if !f.Is("Sender") && !seen[f.Name] {
			seen[f.Name] = true
			edits = append(edits, filter.DelHeader{Name: f.Name})
		}
	}
	switch {
	case value != "":
		edits = append(edits, filter.SetHeader{Name: "Sender", Value: value.String()})
	case h.Has("Sender"):
		edits = append(edits, filter.DelHeader{Name: "Sender"})
	}
	return edits
}
