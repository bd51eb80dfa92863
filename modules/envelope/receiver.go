package envelope

import (
	"cmp"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// denies (C6): who may write to the recipient. Everybody who shares an address has to agree.
func (p *policy) denies(f *facts, d *delivery) outcome {
	if d.exempt {
		return outcome{}
	}
	p.whom(f, d)
	if rules := single(p.senderRules, p.forms(d)); len(rules) > 0 {
		if o := p.admits(f, d, d.to.Entry(), rules); o.reason != accepted {
			return o
		}
	}
	for _, e := range d.to.Owners {
		rules, err := parseRules(ruleTexts(e, p.attrs.SenderRules))
		if err != nil {
			f.blame(err)
			return refuse(policyMalformed, d.rcpt)
		}
		if o := p.admits(f, d, e, rules); o.reason != accepted {
			return o
		}
	}
	return outcome{}
}

// forms are the addresses under which something may be set for a recipient alone, the first that is counts: as it
// was written, without its tag, and as its entry carries it (of two names of one domain, the other one).
func (p *policy) forms(d *delivery) []address.Address {
	all := []address.Address{d.rcpt}
	if d.to.Tagged || len(d.to.Owners) == 0 {
		all = append(all, p.untag(d.rcpt))
	}
	if d.to.Address != "" {
		all = append(all, d.to.Address)
	}
	return all
}

// single is what is set for one address.
func single[T any](set map[address.Address]T, forms []address.Address) (none T) {
	for _, a := range forms {
		if v, ok := set[a]; ok {
			return v
		}
	}
	return none
}

func (p *policy) admits(f *facts, d *delivery, e *ldapdir.Entry, rules []rule) outcome {
	if len(rules) == 0 {
		return outcome{}
	}
	refusal := refuse(rcptRecipientDenies, d.rcpt)
	if isGroup(e) {
		refusal = refuse(rcptGroupClosed, d.rcpt)
	}
	if d.env.From == "" { // a report must find its way to a person
		return outcomeOf(truthOf(!isGroup(e) || p.Groups.AcceptNullSender), refusal)
	}
	return outcomeOf(p.list(rules).judge(f, d.from.allow(p, d.pr.believed()), d.from.deny(p)), refusal)
}

// mode (C6): the posting mode of the address, else of its entry.
func (p *policy) mode(f *facts, d *delivery) outcome {
	if d.exempt || d.ours != yes {
		return outcome{}
	}
	p.whom(f, d)
	if mode := single(p.posting, p.forms(d)); mode != "" {
		return p.posts(f, d, d.to.Entry(), mode)
	}
	for _, e := range d.to.Owners {
		mode, ok := p.modeOf(e, p.forms(d))
		if !ok {
			return refuse(policyMalformed, d.rcpt)
		}
		if o := p.posts(f, d, e, mode); o.reason != accepted {
			return o
		}
	}
	return outcome{}
}

// modeOf is an entry's mode at an address: values are a mode, or a mode and the one address it is for. ok is false for what is
// none of ours.
func (p *policy) modeOf(e *ldapdir.Entry, forms []address.Address) (mode string, ok bool) {
	if isGroup(e) {
		mode = p.Groups.DefaultMode
	}
	alone := map[address.Address]string{}
	for _, value := range values(e, p.attrs.Posting) {
		word, rest, alias := strings.Cut(strings.TrimSpace(value), " ")
		word, known := modeWord(word)
		if !known {
			return "", false
		}
		if !alias {
			mode = word
		} else if b, err := address.Parse(rest); err != nil {
			return "", false
		} else {
			alone[b] = word
		}
	}
	return cmp.Or(single(alone, forms), mode), true
}

// modeWord reads a mode; TRUE and FALSE are what Exchange writes of senders who have to be logged in.
func modeWord(s string) (string, bool) {
	switch s = strings.ToLower(s); s {
	case "public", "internal", "members", "moderated":
		return s, true
	case "true":
		return "internal", true
	case "false":
		return "public", true
	}
	return "", false
}

// posts tells whether a mode lets the sender write.
func (p *policy) posts(f *facts, d *delivery, e *ldapdir.Entry, mode string) outcome {
	refusal := refuse(rcptGroupInternal, d.rcpt)
	switch mode {
	case "members":
		refusal.reason = rcptGroupMembers
	case "internal":
	default:
		return outcome{}
	}
	if d.env.From == "" {
		return outcomeOf(truthOf(e != nil && !isGroup(e) || p.Groups.AcceptNullSender), refusal)
	}
	if mode == "internal" {
		return outcomeOf(truthOf(d.pr.believed()), refusal)
	}
	return outcomeOf(p.isMember(f, d, e), refusal)
}

// isMember: of a group; of anything else, whoever it is and who acts for it.
func (p *policy) isMember(f *facts, d *delivery, e *ldapdir.Entry) truth {
	outside := f.ours(d.env.From.Domain()) == no
	switch {
	case e == nil:
		return no
	case isGroup(e) && outside && len(d.from.people) == 0:
		if p.Groups.ExternalMembers != "envelope" {
			return no
		}
		return f.member(e.DN, party{address: d.env.From})
	case !d.pr.believed():
		return no
	}
	t := no
	for _, person := range d.from.people {
		if isGroup(e) {
			t = t.or(f.member(e.DN, party{entry: person}))
			continue
		}
		t = t.or(truthOf(person.DN == e.DN)).or(f.anyNames(e.Delegates, party{entry: person}))
	}
	return t
}

// spend (C7): the rate. Only what nobody else refuses is counted.
func (p *policy) spend(f *facts, d *delivery) outcome { return p.rate(f, d.env, d.pr) }
