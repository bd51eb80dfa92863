package envelope

import (
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// maxModerators bounds who gets a mail in place of one recipient.
const maxModerators = 100

// moderated (C8, C9): moderators and those on the skip list write directly, the mail of others goes to the
// moderators. Without any it is not lost: the sender's mail server tries again.
func (p *policy) moderated(f *facts, d *delivery) outcome {
	if d.ours != yes || d.exempt {
		return outcome{}
	}
	for i, e := range d.to.Owners {
		if !p.waits(d, e) || d.env.From == "" && !isGroup(e) { // a report must find its way to a person
			continue
		}
		t := p.skips(f, d, e)
		if t == no && i > 0 { // Match is told of the first owner alone, so nobody would divert the mail
			return refuse(moderationNotAvailable, d.rcpt)
		}
		if t == no {
			d.moderators, t = p.moderators(f, e)
		}
		if t != yes {
			return outcomeOf(t, refuse(moderationNotAvailable, d.rcpt))
		}
	}
	return outcome{}
}

// waits tells whether mail to an address of an entry waits for a moderator.
func (p *policy) waits(d *delivery, e *ldapdir.Entry) bool {
	forms := p.forms(d)
	mode, _ := p.modeOf(e, forms)
	return mode == "moderated" && single(p.posting, forms) == ""
}

// skips tells whether the sender, or whom he acts for, need not wait for a moderator.
func (p *policy) skips(f *facts, d *delivery, e *ldapdir.Entry) truth {
	if !d.pr.believed() {
		return no
	}
	names := append(append([]string{}, values(e, p.attrs.Moderators)...), values(e, p.attrs.SkipModeration)...)
	t := no
	for _, person := range d.from.also {
		t = t.or(f.anyNames(names, party{entry: person}))
	}
	return t
}

// moderators are the addresses of those who moderate an entry: no if there are none, unsure if those that could be
// seen are none.
func (p *policy) moderators(f *facts, e *ldapdir.Entry) (all []address.Address, t truth) {
	t = no
	for _, value := range values(e, p.attrs.Moderators) {
		a, known := p.moderator(f, e, strings.TrimSpace(value))
		if t = t.or(known); known == yes && !slices.Contains(all, a) && len(all) < maxModerators {
			all = append(all, a)
		}
	}
	return all, t
}

// moderator is the address that one value means: an address, a name, or a login.
func (p *policy) moderator(f *facts, list *ldapdir.Entry, value string) (address.Address, truth) {
	var who *ldapdir.Entry
	var t truth
	a, err := address.Parse(value)
	switch {
	case err == nil && a != "":
		var m ldapdir.Match
		if m, t = f.owners(a); t == no {
			return a, yes // of somebody elsewhere
		}
		who = m.Entry()
	case strings.Contains(value, "="):
		who, t = f.entry(value)
	default:
		who, t = f.login(value)
	}
	if t != yes {
		return "", t
	}
	if a == "" {
		a = who.Mail()
	}
	return a, truthOf(a != "" && p.mayModerate(who, a, list))
}

// mayModerate: what is sent to moderators is not asked about again. It must reach a person, and neither the list
// itself nor another one whose mail has to wait.
func (p *policy) mayModerate(e *ldapdir.Entry, a address.Address, list *ldapdir.Entry) bool {
	mode, _ := p.modeOf(e, []address.Address{a})
	why, _ := p.stopped(e)
	return mode != "moderated" && why != principalDisabled && !ldapdir.SameDN(e.DN, list.DN)
}

// mayWait tells whether mail to a recipient may have to wait, as far as the host resolved who that is.
func (p *policy) mayWait(r filter.Recipient) bool {
	return r.Err != nil || slices.ContainsFunc(values(r.Entry, p.attrs.Posting), func(value string) bool {
		word, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		return strings.EqualFold(word, "moderated")
	})
}

// divert gives what waits for moderators to them: each recipient is asked about again as at RCPT, and only what
// makes mail wait counts.
func (p *policy) divert(f *facts, env *filter.Envelope) (outcome, []filter.Edit) {
	var edits []filter.Edit
	if !p.RecipientChecks {
		return outcome{}, nil
	}
	for _, r := range env.Rcpts {
		if !p.mayWait(r) {
			continue
		}
		d := &delivery{env: env, rcpt: r.Address}
		if o := p.ask(f, d, p.who, p.reach, p.whom, p.sites, p.moderated); o.reason != accepted {
			return o, nil
		}
		if len(d.moderators) == 0 {
			continue
		}
		edits = append(edits, filter.DropRcpt{Addr: r.Address})
		for _, m := range d.moderators {
			edits = append(edits, filter.AddRcpt{Addr: m})
		}
	}
	return outcome{}, edits
}
