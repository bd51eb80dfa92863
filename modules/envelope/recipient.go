package envelope

import (
	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// delivery is one recipient, and what the steps need to know about the mail to it.
type delivery struct {
	env  *filter.Envelope
	rcpt address.Address
	pr   principal
	from acting
	to   ldapdir.Match
	ours truth
	// exempt: a list of the site lets the mail pass whatever lists of people say.
	exempt bool
	// doubt: nobody could be asked whether it does; what is refused then is refused for now.
	doubt bool
	// moderators get the mail in place of the recipient.
	moderators []address.Address
}

// recipient decides at RCPT TO, in the order of the rules C1 to C9; the first that speaks decides.
func (p *policy) recipient(f *facts, env *filter.Envelope, rcpt address.Address) (outcome, []address.Address) {
	if !p.RecipientChecks {
		return outcome{}, nil
	}
	d := &delivery{env: env, rcpt: rcpt}
	o := p.ask(f, d, p.who, p.reach, p.stop, p.tooMany, p.whom, p.sites, p.restricted, p.unknown, p.disabled, p.denies, p.mode,
		p.spend, p.moderated)
	return o, d.moderators
}

// ask goes through steps until one speaks.
func (p *policy) ask(f *facts, d *delivery, steps ...func(*facts, *delivery) outcome) outcome {
	for _, step := range steps {
		f.begin()
		o := f.guard(step(f, d))
		if d.doubt && o.reason.permanent() {
			return unavailable()
		}
		if o.reason != accepted || o.final {
			return o
		}
	}
	return outcome{}
}

// who finds the principal; what is wrong with him was said at MAIL.
func (p *policy) who(f *facts, d *delivery) outcome {
	var t truth
	if d.pr, t = p.principal(f, d.env); t == unsure {
		return unavailable()
	}
	return outcome{}
}

// reach (C1): postmaster and abuse can be written to, except by the disabled.
func (p *policy) reach(f *facts, d *delivery) outcome {
	if !p.reachable[d.rcpt.Local()] {
		return outcome{}
	}
	switch f.ours(d.rcpt.Domain()) {
	case unsure:
		return unavailable()
	case no:
		return outcome{}
	}
	if why, _ := p.stopped(d.pr.entry); why == principalDisabled {
		return outcome{} // and on to C2
	}
	return outcome{final: true}
}

// stop (C2): who was suspended or disabled.
func (p *policy) stop(f *facts, d *delivery) outcome {
	if d.pr.account == "" {
		return outcome{}
	}
	p.touch(f, d.pr)
	why, text, t := p.halted(f, d.pr.entry, d.pr.account)
	if t == no {
		if t = p.overDenied(f, d.pr, 0); t == yes {
			why, text = principalSuspended, p.Status.Text
		}
	}
	switch {
	case t == unsure:
		return unavailable()
	case t == yes:
		return outcome{reason: why, own: text}
	}
	return outcome{}
}

// touch makes what follows rest on the principal's entry.
func (p *policy) touch(f *facts, pr principal) {
	if pr.login != "" {
		f.login(pr.login)
	}
}

// tooMany (C3): recipients of one mail, counting those that were accepted.
func (p *policy) tooMany(f *facts, d *delivery) outcome {
	if len(p.attrs.RcptPerMessage) > 0 {
		p.touch(f, d.pr)
	}
	if most := p.limitsOf(d.pr).RcptPerMessage; d.pr.account != "" && most > 0 && len(d.env.Rcpts) >= most {
		return outcome{reason: limitRcpts, limit: limit{most: int64(most), used: int64(len(d.env.Rcpts))}}
	}
	return outcome{}
}

// whom finds who is acted for, and whom the recipient's address belongs to.
func (p *policy) whom(f *facts, d *delivery) outcome {
	var t truth
	if d.from, t = p.acting(f, d.env, d.pr); t == unsure {
		return unavailable()
	}
	if d.ours = f.ours(d.rcpt.Domain()); d.ours == unsure {
		return unavailable()
	}
	if d.ours == no {
		return outcome{} // nobody needs to be asked
	}
	if d.to, t = f.owners(d.rcpt); t == unsure {
		return unavailable()
	}
	return outcome{}
}

// unknown: an address of ours that nobody has.
func (p *policy) unknown(f *facts, d *delivery) outcome {
	if d.ours != yes || len(d.to.Owners) > 0 || !p.refuses(f, d.rcpt.Domain()) {
		return outcome{}
	}
	f.owners(d.rcpt)
	return refuse(rcptUnknown, d.rcpt)
}

// refuses: people of relay domains need not be in the directory, so those domains have to be named.
func (p *policy) refuses(f *facts, domain string) bool {
	if refuse, set := p.refuse[domain]; set {
		return refuse
	}
	return p.refuse["*"] && !f.relayed(domain)
}

// disabled (C5): everybody who has the address.
func (p *policy) disabled(f *facts, d *delivery) outcome {
	if len(d.to.Owners) == 0 {
		return outcome{}
	}
	f.owners(d.rcpt)
	for _, e := range d.to.Owners {
		if why, _ := p.stopped(e); why != principalDisabled {
			return outcome{}
		}
	}
	return refuse(rcptDisabled, d.rcpt)
}
