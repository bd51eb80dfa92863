package envelope

import (
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// grantKind is why somebody may use an address, the strongest last.
type grantKind uint8

const (
	none grantKind = iota
	explicit
	pattern
	onBehalf
	sendAs
	own
)

func (k grantKind) String() string {
	return [...]string{"no grant", "an explicit grant", "a pattern", "delegation", "send-as", "ownership"}[k]
}

// grant is the strongest right to an address that was found, and who gave it.
type grant struct {
	kind  grantKind
	owner *ldapdir.Entry // of the address, who is acted for; nil: nobody but the principal
	// stopped is why the grant of an owner who was suspended or disabled does not count.
	stopped reason
}

// claim is what is known of an address somebody wants to use.
type claim struct {
	grant
	known  truth         // unsure: there may be a grant that could not be seen
	owners ldapdir.Match // of the address
	owned  truth
}

// grant unites the grants from all sources and gives the strongest.
func (p *policy) grant(f *facts, pr principal, a address.Address) claim {
	c := claim{}
	if pr.entry != nil && has(pr.entry, a) {
		c.kind, c.known = own, yes // whoever else has it
		return c
	}
	c.owners, c.owned = f.owners(a)
	c.known = yes
	if c.owned == unsure {
		c.known = unsure
	}
	if pr.entry != nil {
		if owns(c.owners, pr.entry) || c.owned == no && p.untag(a) != a && has(pr.entry, p.untag(a)) && f.ours(a.Domain()) == no {
			c.kind, c.known = own, yes
			return c
		}
		p.given(f, pr, &c)
		if mine := p.patterns(pr.entry); c.kind == none && c.owned == no && (mine.covers(a) || mine.covers(p.untag(a))) {
			c.kind = pattern
		}
	}
	if c.kind == none && p.explicit(f, pr, a, c.owned == yes && !c.owners.Tagged) {
		p.take(f, &c, explicit, c.owners.Entry())
	}
	if c.kind != none {
		c.known = yes
	}
	return c
}

func has(e *ldapdir.Entry, a address.Address) bool {
	for _, mine := range e.Addresses {
		if mine == a {
			return true
		}
	}
	return false
}

// given looks for what the owners of the address have given. Delegation is not transitive: only they are asked.
func (p *policy) given(f *facts, pr principal, c *claim) {
	for _, owner := range c.owners.Owners {
		kind, t := p.givenBy(f, pr, owner)
		if t == unsure {
			c.known = unsure
		}
		if kind > c.kind {
			p.take(f, c, kind, owner)
		}
	}
}

// take makes a grant count, unless the owner whose address it is was stopped.
func (p *policy) take(f *facts, c *claim, kind grantKind, owner *ldapdir.Entry) {
	why, t := accepted, no
	if owner != nil {
		why, _, t = p.halted(f, owner, accountOf(owner, ""))
	}
	switch {
	case t == unsure:
		c.known = unsure
	case why != accepted:
		c.stopped = why
	default:
		c.kind, c.owner = kind, owner
	}
}

// givenBy is the strongest grant of one owner.
func (p *policy) givenBy(f *facts, pr principal, owner *ldapdir.Entry) (grantKind, truth) {
	as := f.anyNames(values(owner, p.attrs.SendAs), pr.party())
	if as != yes && isGroup(owner) && isTrue(values(owner, p.attrs.SendAsMembers)) {
		as = as.or(f.member(owner.DN, pr.party()))
	}
	if as == yes {
		return sendAs, yes
	}
	behalf := f.anyNames(owner.Delegates, pr.party())
	if behalf == yes {
		return onBehalf, yes
	}
	return none, as.or(behalf)
}

func isTrue(values []string) bool {
	return len(values) > 0 && strings.EqualFold(values[0], "TRUE")
}

// patterns are the addresses and domains an entry may use where nobody has them. A malformed one grants nothing.
func (p *policy) patterns(e *ldapdir.Entry) senders {
	texts := values(e, p.attrs.Patterns)
	if len(texts) == 0 {
		return nil
	}
	all := senders{}
	for _, text := range texts {
		if s, ok := sender(text); ok {
			all[s] = true
		}
	}
	return all
}

// explicit tells whether the configuration or a table of Postfix lets the principal use an address. A tag does not
// matter, unless somebody has the address just as it is.
func (p *policy) explicit(f *facts, pr principal, a address.Address, exact bool) bool {
	plain := p.untag(a)
	if exact {
		plain = a
	}
	if pr.own.senders.covers(a) || pr.own.senders.covers(plain) {
		return true
	}
	if !p.tabled || pr.login == "" {
		return false
	}
	for _, login := range pr.names() {
		if f.granted(a, login) == yes || plain != a && f.granted(plain, login) == yes {
			return true
		}
	}
	return false
}

// names are what a table may call a principal: the login as told, and the logins and addresses of its entry.
func (pr principal) names() []string {
	all := []string{ldapdir.Fold(pr.login)}
	if pr.entry == nil {
		return all
	}
	for _, l := range pr.entry.Logins {
		all = append(all, ldapdir.Fold(l))
	}
	for _, a := range pr.entry.Addresses {
		all = append(all, a.String())
	}
	return all
}
