package envelope

import (
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// subject is whom a list of rules is asked about: an address as it was used, and the entries behind it.
type subject struct {
	address  address.Address
	untagged address.Address // the address without its tag; the same if it has none
	people   []*ldapdir.Entry
	all      bool // a rule covers the subject only if it covers everybody behind it
	itself   bool // a group's name means its own addresses, too: the subject is a recipient
	stranger bool // nobody knows who is really there: rules about our own prove nothing
}

// list is a policy: rules, and what is said if none of them matches.
type list struct {
	rules []rule
	open  bool // although there are only allow rules
}

// judge tells whether a list lets a subject pass: the most specific matching rule wins, deny wins ties, order
// means nothing. Allow rules are asked about one form of the subject, deny rules about another: a delegate has
// the rights of whom he acts for, and keeps his own restrictions.
func (l list) judge(f *facts, allow, deny subject) truth {
	if len(l.rules) == 0 {
		return yes
	}
	byRank := map[int]*level{}
	var ranks []int
	for _, r := range l.rules {
		about := allow
		if r.deny {
			about = deny
		}
		match := about.matches(f, r)
		if match == no {
			continue
		}
		rank := r.rank(f)
		if byRank[rank] == nil {
			byRank[rank] = &level{}
			ranks = append(ranks, rank)
		}
		byRank[rank].add(r.deny, match)
	}
	slices.Sort(ranks)
	verdict := truthOf(l.open || slices.ContainsFunc(l.rules, func(r rule) bool { return r.deny }))
	for _, rank := range ranks { // the most specific last: it has the last word
		verdict = byRank[rank].over(verdict)
	}
	return verdict
}

// level is what the rules of one specificity say.
type level struct{ allow, deny truth }

func (l *level) add(deny bool, match truth) {
	if deny {
		l.deny = l.deny.or(match)
	} else {
		l.allow = l.allow.or(match)
	}
}

// over is the verdict with this level laid over what the less specific rules say.
func (l *level) over(below truth) truth {
	switch {
	case l.deny == yes:
		return no
	case l.allow == yes:
		below = yes
	case l.allow == unsure && below == no:
		below = unsure
	}
	if l.deny == unsure && below == yes {
		return unsure
	}
	return below
}

// rank is how specific a rule is. Of two suffixes the longer one wins.
func (r rule) rank(f *facts) int {
	switch r.kind {
	case mailbox:
		return 50_000
	case named:
		if e, t := f.entry(r.value); t == unsure || t == yes && isOne(e) {
			return 50_000
		}
		return 40_000
	case search:
		return 40_000
	case localPart:
		return 30_000
	case domain, ours:
		return 20_000
	case suffix:
		return 10_000 + len(r.value)
	}
	return 0
}

// isOne tells a person, a room or a folder from what stands for many: groups, units and roles.
func isOne(e *ldapdir.Entry) bool {
	return !isGroup(e) && !slices.ContainsFunc(e.Attrs["objectclass"], func(c string) bool { return plural[strings.ToLower(c)] })
}

// plural are classes of entries that stand for those below or those who hold them.
var plural = map[string]bool{
	"organizationalunit": true, "organization": true, "domain": true, "dcobject": true, "locality": true, "country": true,
	"container": true, "organizationalrole": true, "nsroledefinition": true, "ldapsubentry": true,
}

func isGroup(e *ldapdir.Entry) bool {
	return e != nil && (e.Kind == ldapdir.Group || e.Kind == ldapdir.Collection)
}

// matches tells whether a rule is about the subject.
func (s subject) matches(f *facts, r rule) truth {
	if s.stranger && !r.deny {
		if r.kind == ours || r.kind == named || r.kind == search {
			return no
		}
		switch f.ours(s.address.Domain()) {
		case yes:
			return no
		case unsure:
			return unsure
		}
	}
	at := s.address.Domain()
	switch r.kind {
	case everybody:
		return yes
	case ours:
		return f.ours(at)
	case domain:
		return truthOf(at == r.value)
	case suffix:
		return truthOf(at == r.value || strings.HasSuffix(at, "."+r.value))
	case localPart:
		return truthOf(s.address.Local() == r.value || s.untagged.Local() == r.value)
	case mailbox:
		return s.isMailbox(f, address.Address(r.value))
	case search:
		return s.each(func(e *ldapdir.Entry) truth { return f.found(r.value, e) })
	}
	return s.isNamed(f, r.value)
}

// isMailbox: an address means whoever it belongs to, under all of his addresses.
func (s subject) isMailbox(f *facts, a address.Address) truth {
	if s.address == a || s.untagged == a {
		return yes
	}
	if len(s.people) == 0 {
		return no
	}
	m, t := f.owners(a)
	if t != yes {
		return t
	}
	if m.Tagged { // a rule about bob+lists@ is not one about bob
		return no
	}
	return s.each(func(e *ldapdir.Entry) truth { return truthOf(owns(m, e)) })
}

func (s subject) isNamed(f *facts, dn string) truth {
	e, t := f.entry(dn)
	if t == unsure {
		return unsure
	}
	if isGroup(e) && len(s.people) == 0 {
		return f.member(dn, party{address: s.address})
	}
	return s.each(func(p *ldapdir.Entry) truth {
		switch {
		case isGroup(e) && ldapdir.SameDN(dn, p.DN):
			return truthOf(s.itself)
		case isGroup(e):
			return f.member(dn, party{entry: p})
		}
		return truthOf(below(p.DN, dn) || holds(p, e, dn))
	})
}

// below tells whether a name is another one, or lies below it.
func below(dn, base string) bool {
	a, okA := ldapdir.CanonicalDN(dn)
	b, okB := ldapdir.CanonicalDN(base)
	return okA && okB && ldapdir.Under(a, b)
}

// holds tells whether somebody has a role, as written on him (389 Directory Server) or on the role (RFC 4519 2.21, 3.10).
func holds(p, role *ldapdir.Entry, dn string) bool {
	same := func(other string) func(string) bool {
		return func(v string) bool { return ldapdir.SameDN(v, other) }
	}
	return slices.ContainsFunc(p.Attrs["nsroledn"], same(dn)) || slices.ContainsFunc(p.Attrs["nsrole"], same(dn)) ||
		role != nil && slices.ContainsFunc(role.Attrs["roleoccupant"], same(p.DN))
}

// each asks about everybody behind the subject: one suffices, or all are needed.
func (s subject) each(ask func(*ldapdir.Entry) truth) truth {
	if len(s.people) == 0 {
		return no
	}
	t := truthOf(s.all)
	for _, e := range s.people {
		if s.all {
			t = t.and(ask(e))
		} else {
			t = t.or(ask(e))
		}
	}
	return t
}

// owns tells whether somebody is among the owners of an address.
func owns(m ldapdir.Match, e *ldapdir.Entry) bool {
	return e != nil && slices.ContainsFunc(m.Owners, func(o *ldapdir.Entry) bool { return o == e || o.DN == e.DN || ldapdir.SameDN(o.DN, e.DN) })
}
