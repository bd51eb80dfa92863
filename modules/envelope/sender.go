package envelope

import (
	"time"

	"usher/address"
	"usher/milter/filter"
)

// outcome is what a step says: the zero outcome has nothing against the mail.
type outcome struct {
	reason reason
	about  address.Address // whom or what the text is about
	own    string          // words for the account's owner, from the directory
	limit  limit           // that was reached
	final  bool            // the steps behind this one are not asked
}

func refuse(r reason, about address.Address) outcome { return outcome{reason: r, about: about} }

func unavailable() outcome { return outcome{reason: directoryUnavailable} }

// guard makes a refusal temporary that would rest on facts older than they should be.
func (f *facts) guard(o outcome) outcome {
	if o.reason.permanent() && f.stale {
		return unavailable()
	}
	return o
}

// mail decides at MAIL FROM.
func (p *policy) mail(f *facts, env *filter.Envelope) outcome {
	f.begin()
	pr, t := p.principal(f, env)
	switch {
	case !p.SenderChecks:
		return outcome{}
	case t == unsure:
		return unavailable()
	case t == no:
		return f.guard(refuse(principalUnknown, ""))
	case pr.anonymous() && env.Role == filter.Submission:
		return refuse(principalNone, "")
	}
	for _, step := range []func(*facts, *filter.Envelope, principal) outcome{p.fromHere, p.sender, p.size} {
		f.begin()
		if o := f.guard(step(f, env, pr)); o.reason != accepted {
			return o
		}
	}
	return outcome{}
}

// fromHere: some groups may submit from some networks only.
func (p *policy) fromHere(f *facts, env *filter.Envelope, pr principal) outcome {
	switch t, _ := p.network(f, env, pr); t {
	case unsure:
		return unavailable()
	case no:
		return refuse(principalNetwork, "")
	}
	return outcome{}
}

// sender: may the principal use this envelope sender.
func (p *policy) sender(f *facts, env *filter.Envelope, pr principal) outcome {
	switch {
	case env.From == "":
		return p.nullSender(pr)
	case pr.login != "":
		return p.entitled(f, env.From, pr)
	}
	if o := p.suspendedOwner(f, env.From); o.reason != accepted {
		return o
	}
	if pr.host != nil && !pr.host.Relay {
		return p.entitled(f, env.From, pr)
	}
	return p.stranger(f, env, pr)
}

func (p *policy) nullSender(pr principal) outcome {
	switch {
	case pr.login != "" && p.AuthNullSender == "reject",
		pr.host != nil && !pr.host.Relay && !pr.host.NullSender:
		return refuse(senderNull, "")
	}
	return outcome{}
}

// entitled wants a grant.
func (p *policy) entitled(f *facts, from address.Address, pr principal) outcome {
	p.touch(f, pr)
	c := p.grant(f, pr, from)
	if c.kind != none {
		return outcome{}
	}
	switch {
	case c.known != yes:
		return unavailable()
	case c.stopped == principalSuspended:
		return refuse(principalSuspended, from)
	case c.stopped != accepted:
		return refuse(senderOwnerDisabled, from)
	case c.owned == yes:
		return refuse(senderNotOwned, from)
	}
	switch f.ours(from.Domain()) {
	case unsure:
		return unavailable()
	case yes:
		return refuse(senderUnknownLocal, from)
	}
	return refuse(senderExternal, from)
}

// suspendedOwner: the address of a suspended account is not to be seen from anywhere, with or without a login.
func (p *policy) suspendedOwner(f *facts, from address.Address) outcome {
	m, t := f.owners(from)
	if t == unsure {
		return unavailable()
	}
	for _, owner := range m.Owners {
		account := accountOf(owner, "")
		why, _, known := p.halted(f, owner, account)
		if known == unsure {
			return unavailable()
		}
		disabledLater := why == principalDisabled && account != "" && f.suspended(account) == yes
		if why != principalSuspended && !disabledLater {
			return outcome{} // somebody else has the address, too
		}
	}
	if len(m.Owners) > 0 {
		return refuse(principalSuspended, from)
	}
	return outcome{}
}

// stranger: nobody logged in.
func (p *policy) stranger(f *facts, env *filter.Envelope, pr principal) outcome {
	if p.LocalSender != "require-auth" || pr.host != nil {
		return outcome{}
	}
	switch _, t := f.owners(env.From); t {
	case unsure:
		return unavailable()
	case yes:
		return refuse(senderNotLoggedIn, env.From)
	}
	return outcome{}
}

func (p *policy) size(f *facts, env *filter.Envelope, pr principal) outcome {
	if len(p.attrs.Size) > 0 {
		p.touch(f, pr)
	}
	limits := p.limitsOf(pr)
	if limits.Size > 0 && env.Size > int64(limits.Size) {
		return outcome{reason: limitSize, limit: limit{most: int64(limits.Size), used: env.Size}}
	}
	return outcome{}
}

// limit is a bound that was reached.
type limit struct {
	most, used int64
	window     time.Duration
	resets     time.Time
}
