package envelope

import (
	"net/netip"

	"usher/ldapdir"
	"usher/milter/filter"
)

// principal is whose rights count: somebody who logged in, a host, or nobody we know (the zero principal).
type principal struct {
	login   string         // as told by the mail server; "" is no login
	entry   *ldapdir.Entry // of the login; nil: it lives from explicit grants alone
	host    *host          // nil: none
	account string         // under which it is counted; "" is not
	own     account        // what the configuration says of it
}

// anonymous tells whether nobody is known.
func (pr principal) anonymous() bool { return pr.login == "" && pr.host == nil }

// believed tells whether an address of ours proves anything.
func (pr principal) believed() bool { return pr.login != "" || pr.host != nil && pr.host.Internal }

// party is the principal as facts are asked about it.
func (pr principal) party() party { return party{entry: pr.entry} }

// principal finds out who sends (rules P1 to P3). {auth_author} is never looked at: the client chooses it.
func (p *policy) principal(f *facts, env *filter.Envelope) (principal, truth) {
	if env.User != "" {
		return p.loggedIn(f, env.User)
	}
	if h := p.host(env.Client); h != nil {
		return principal{host: h, account: "host:" + h.name, own: account{senders: h.senders, limits: h.Limits}}, yes
	}
	return principal{}, yes
}

// loggedIn is yes for somebody the directory or the configuration knows.
func (p *policy) loggedIn(f *facts, user string) (principal, truth) {
	e, t := f.login(user)
	pr := principal{login: user, entry: e, account: ldapdir.Fold(user)}
	if t == yes {
		pr.account = accountOf(e, user)
	}
	known := false
	pr.own, known = p.accountNamed(pr)
	if t == no && (known || p.tabled && f.listed(ldapdir.Fold(user)) == yes) {
		t = yes
	}
	return pr, t
}

// accountOf is the name an entry is counted under; one that logs in nowhere is counted as who came in.
func accountOf(e *ldapdir.Entry, otherwise string) string {
	if account, ok := filter.AccountOf(e); ok {
		return account
	}
	return ldapdir.Fold(otherwise)
}

// accountNamed is what the configuration says of a login, under any of its names.
func (p *policy) accountNamed(pr principal) (account, bool) {
	if a, ok := p.accounts[ldapdir.Fold(pr.login)]; ok || pr.entry == nil {
		return a, ok
	}
	for _, login := range pr.entry.Logins {
		if a, ok := p.accounts[ldapdir.Fold(login)]; ok {
			return a, true
		}
	}
	return account{}, false
}

// host is the most specific entry that holds the client's address.
func (p *policy) host(client netip.Addr) *host {
	var best *host
	most := -1
	for i := range p.hosts {
		for _, n := range p.hosts[i].Net {
			if bits := n.bits(client); bits > most {
				best, most = &p.hosts[i], bits
			}
		}
	}
	return best
}

// network tells whether the groups somebody is in let him submit from here, on whatever listener he logged in. Several
// groups all have to: being in a second one is no way out of the first.
func (p *policy) network(f *facts, env *filter.Envelope, pr principal) (truth, string) {
	verdict := yes
	if pr.entry == nil {
		return verdict, ""
	}
	for _, g := range p.Groups.Networks {
		inside := false
		for _, n := range g.Net {
			inside = inside || n.bits(env.Client) >= 0
		}
		if inside {
			continue
		}
		switch f.member(g.Group, pr.party()) {
		case yes:
			return no, g.Group
		case unsure:
			verdict = unsure
		}
	}
	return verdict, ""
}
