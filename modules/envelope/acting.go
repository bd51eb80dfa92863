package envelope

import (
	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// acting is who a mail is from: the owner for delegated mail, else the principal; for a stranger, who he says.
type acting struct {
	people  []*ldapdir.Entry // whose rights count
	also    []*ldapdir.Entry // whose restrictions count, too
	owner   *ldapdir.Entry   // who is acted for; nil: nobody
	address address.Address
}

// acting finds out who is acted for.
func (p *policy) acting(f *facts, env *filter.Envelope, pr principal) (acting, truth) {
	a := acting{address: env.From}
	if pr.login == "" {
		m, t := f.owners(env.From)
		a.people, a.also = m.Owners, m.Owners
		if t == no {
			t = yes
		}
		return a, t
	}
	if pr.entry != nil {
		a.people = []*ldapdir.Entry{pr.entry}
	}
	a.also = a.people
	if env.From == "" {
		return a, yes
	}
	c := p.grant(f, pr, env.From)
	if c.kind != none && c.owner != nil && (pr.entry == nil || c.owner.DN != pr.entry.DN) {
		a.owner, a.people = c.owner, []*ldapdir.Entry{c.owner}
		a.also = append([]*ldapdir.Entry{c.owner}, a.also...)
	}
	return a, c.known
}

// allow and deny are the sender as lists on recipients see him.
func (a acting) allow(p *policy, believed bool) subject {
	return subject{address: a.address, untagged: p.untag(a.address), people: a.people, stranger: !believed}
}

func (a acting) deny(p *policy) subject {
	return subject{address: a.address, untagged: p.untag(a.address), people: a.also}
}
