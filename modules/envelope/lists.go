package envelope

import "usher/ldapdir"

// sites: the lists of the site. Nobody is kept from an exempt recipient, also who is blocked elsewhere.
func (p *policy) sites(f *facts, d *delivery) outcome {
	if len(p.exempt) > 0 {
		any, _ := p.receiver(d)
		t := list{rules: p.exempt}.judge(f, any, any)
		if d.exempt, d.doubt = t == yes, t == unsure; d.exempt {
			return outcome{}
		}
	}
	if len(p.site) > 0 && d.env.From != "" {
		switch p.matched(f, d) {
		case unsure:
			return unavailable()
		case no:
			return refuse(rcptRecipientDenies, d.rcpt)
		}
	}
	return outcome{}
}

// matched asks the lists of senders: no for a blocked one. An allowed one is exempt.
func (p *policy) matched(f *facts, d *delivery) truth {
	allow, deny := d.from.allow(p, d.pr.believed()), d.from.deny(p)
	allowed := list{rules: p.site}.judge(f, allow, deny)
	d.exempt, d.doubt = allowed == yes && p.hasAllow(f, allow, deny), d.doubt || allowed == unsure
	return list{rules: p.site, open: true}.judge(f, allow, deny)
}

// hasAllow tells whether an allow rule of the site's lists is about the sender, as opposed to none at all.
func (p *policy) hasAllow(f *facts, allow, deny subject) bool {
	for _, r := range p.site {
		if !r.deny && allow.matches(f, r) == yes {
			return true
		}
	}
	return false
}

// receiver is the recipient as lists on senders see him: an allow rule has to cover everybody who gets the mail.
func (p *policy) receiver(d *delivery) (allow, deny subject) {
	deny = subject{address: d.rcpt, untagged: p.untag(d.rcpt), people: d.to.Owners, itself: true}
	allow = deny
	allow.all = true
	return allow, deny
}

// restricted (C4): to whom the principal may write, and whom he acts for.
func (p *policy) restricted(f *facts, d *delivery) outcome {
	if d.exempt || d.pr.login == "" {
		return outcome{}
	}
	p.touch(f, d.pr)
	p.whom(f, d)
	verdict := yes
	if p.DelegatePolicy == "both" || d.from.owner == nil {
		verdict = p.mayWriteTo(f, d, d.pr.entry, d.pr.own.rules)
	}
	if verdict == yes && d.from.owner != nil {
		verdict = p.mayWriteTo(f, d, d.from.owner, p.accounts[accountOf(d.from.owner, "")].rules)
	}
	return outcomeOf(verdict, refuse(rcptSenderRestricted, d.rcpt))
}

// spoiled is the verdict of a list with a malformed rule.
const spoiled truth = -1

func outcomeOf(verdict truth, refusal outcome) outcome {
	switch verdict {
	case spoiled:
		return refuse(policyMalformed, refusal.about)
	case unsure:
		return unavailable()
	case no:
		return refusal
	}
	return outcome{}
}

func (p *policy) mayWriteTo(f *facts, d *delivery, whose *ldapdir.Entry, more []rule) truth {
	rules, err := parseRules(ruleTexts(whose, p.attrs.RecipientRules))
	if err != nil {
		f.blame(err)
		return spoiled
	}
	allow, deny := p.receiver(d)
	return p.list(append(rules, more...)).judge(f, allow, deny)
}

func (p *policy) list(rules []rule) list { return list{rules: rules, open: p.KolabCompatOpenAllowlist} }
