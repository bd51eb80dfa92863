package envelope

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// Directory is what the module asks; ldapdir.Dir answers. "Not there" is ok == false; an error means that the
// question has no answer.
type Directory interface {
	Login(ctx context.Context, user string) (e *ldapdir.Entry, ok bool, err error)
	Resolve(ctx context.Context, a address.Address) (m ldapdir.Match, ok bool, err error)
	ByDN(ctx context.Context, dn string) (e *ldapdir.Entry, ok bool, err error)
	ByDNs(ctx context.Context, dns []string) ([]*ldapdir.Entry, error)
	Search(ctx context.Context, url string) ([]*ldapdir.Entry, error)
	Domain(ctx context.Context, domain string) (d ldapdir.Domain, ok bool, err error)
}

// gatherer answers queries: from the directory, the ledger and the tables.
type gatherer struct {
	policy    *policy
	directory Directory
	ledger    filter.Ledger // nil: nothing is counted
	tables    *tables
}

// maxRounds bounds how often a decision asks for more. Each round goes one step further along the chain of
// principal, owners, rules and groups; there are about ten in a mail that touches everything.
const maxRounds = 64

var errRounds = errors.New("the decision asked for more facts than it should")

// decide gathers facts until the decision misses none. Verdicts are never kept; what the directory says is, there.
func (g *gatherer) decide(ctx context.Context, q question) (decision, *facts) {
	f := newFacts()
	for range maxRounds {
		d := g.policy.decide(f, q)
		if len(f.needs) == 0 {
			return d, f
		}
		for _, need := range slices.Clone(f.needs) {
			if _, known := f.known[need]; !known {
				f.known[need] = g.answer(ctx, f, need, q.env.Time)
			}
		}
	}
	return decision{outcome: unavailable(), cause: errRounds}, f
}

// answer asks one question.
func (g *gatherer) answer(ctx context.Context, f *facts, q query, now time.Time) answer {
	a := answer{source: "directory"}
	switch q.kind {
	case askLogin:
		a.entry, a.found, a.err = g.directory.Login(ctx, q.a)
		if a.found && mistaken(a.entry, q.a) {
			a.entry, a.found = nil, false
		}
		if errors.Is(a.err, ldapdir.ErrAmbiguous) { // nobody is logged in by guessing
			a.err, a.text = nil, "several entries"
		}
		a.dated(a.entry)
	case askOwners:
		a.match, a.found, a.err = g.directory.Resolve(ctx, address.Address(q.a))
		a.match.Owners = carriers(a.match)
		a.found = len(a.match.Owners) > 0
		a.dated(a.match.Owners...)
	case askEntry:
		a.entry, a.found, a.err = g.directory.ByDN(ctx, q.a)
		a.dated(a.entry)
	case askDomain:
		var d ldapdir.Domain
		d, a.found, a.err = g.directory.Domain(ctx, q.a)
		a.relay = d.Relay
		if a.dated(d.Entry); d.Entry == nil {
			a.source = "configuration"
		}
	case askMember, askNames, askFound:
		w := &walk{ctx: ctx, g: g, who: f.parties[q.b], answer: &a, seen: map[string]bool{}}
		w.ask(q)
	default:
		g.local(q, now, &a)
	}
	return a
}

// carriers are the owners who carry the address itself. Directories compare by full case folding and find straße@
// for strasse@, which are two people. Owners found by an attribute that is not read as an address stay.
func carriers(m ldapdir.Match) []*ldapdir.Entry {
	if len(m.Owners) == 0 {
		return nil
	}
	asked := ""
	if !slices.ContainsFunc(m.Owners, func(e *ldapdir.Entry) bool { return !has(e, m.Address) }) {
		return m.Owners
	}
	return slices.DeleteFunc(slices.Clone(m.Owners), func(e *ldapdir.Entry) bool {
		if has(e, m.Address) {
			return false
		}
		if asked == "" {
			asked = loose(m.Address)
		}
		return slices.ContainsFunc(e.Addresses, func(a address.Address) bool { return loose(a) == asked })
	})
}

func loose[S ~string](s S) string { return cases.Fold().String(norm.NFKC.String(string(s))) }

// mistaken tells whether a directory took somebody for another one with a login that only folds alike.
func mistaken(e *ldapdir.Entry, login string) bool {
	alike := false
	local, _, _ := strings.Cut(login, "@")
	for _, l := range e.Logins {
		if folded := ldapdir.Fold(l); folded == ldapdir.Fold(login) || folded == ldapdir.Fold(local) {
			return false
		}
		alike = alike || loose(l) == loose(login) || loose(l) == loose(local)
	}
	return alike
}

// local answers from this host.
func (g *gatherer) local(q query, now time.Time, a *answer) {
	a.source = "ledger"
	switch {
	case q.kind == askGranted:
		a.found, a.source = g.tables.grants(q.a, q.b, now)
	case q.kind == askListed:
		a.found, a.source = g.tables.lists(q.a, now)
	case g.ledger == nil:
	case q.kind == askUsed:
		a.found, a.usage = true, g.ledger.Used(q.a, q.b, q.window, now)
	case q.kind == askSuspended:
		var s filter.Suspension
		if s, a.found = g.ledger.Suspended(q.a); a.found {
			a.text, a.fetched = s.Why, s.Since
		}
	}
}

// dated takes the age of the oldest entry.
func (a *answer) dated(entries ...*ldapdir.Entry) {
	for _, e := range entries {
		if e == nil {
			continue
		}
		a.stale = a.stale || e.Stale
		if a.fetched.IsZero() || e.Fetched.Before(a.fetched) {
			a.fetched = e.Fetched
		}
	}
}

// walk looks for somebody in a value or a group.
type walk struct {
	ctx    context.Context
	g      *gatherer
	who    party
	dn     string // canonical, of the party
	answer *answer
	seen   map[string]bool // groups, by canonical name
	count  int             // members asked for
}

var errTooMany = fmt.Errorf("%w in a group", ldapdir.ErrTooMany)

func (w *walk) ask(q query) {
	if w.who.entry != nil {
		w.dn, _ = ldapdir.CanonicalDN(w.who.entry.DN)
	}
	switch q.kind {
	case askFound:
		w.answer.found, w.answer.err = w.search(q.a)
	case askNames:
		w.answer.found, w.answer.err = w.named(q.a)
	default:
		w.answer.found, w.answer.err = w.group(q.a)
	}
}

// group asks whether the party is in the group of this name.
func (w *walk) group(dn string) (bool, error) {
	e, ok, err := w.g.directory.ByDN(w.ctx, dn)
	if err != nil || !ok {
		return false, err
	}
	return w.within(e)
}

// within goes through a group and the groups in it, level by level, so that whoever is near the top is found
// without asking for everybody else.
func (w *walk) within(group *ldapdir.Entry) (bool, error) {
	level := []*ldapdir.Entry{group}
	for depth := 0; len(level) > 0; depth++ {
		if depth >= w.g.policy.Groups.MaxDepth {
			return false, fmt.Errorf("%w: nested deeper than %d", errTooMany, depth)
		}
		var members []string
		for _, e := range level {
			w.answer.dated(e)
			if w.names(e) {
				return true, nil
			}
			members = append(members, e.Members...)
		}
		if found, err := w.dynamic(level); found || err != nil {
			return found, err
		}
		var err error
		if level, err = w.groups(members, level); err != nil {
			return false, err
		}
	}
	return false, nil
}

// names tells whether a group lists the party itself: by name, by login, by address.
func (w *walk) names(e *ldapdir.Entry) bool {
	for _, dn := range e.Members {
		if w.dn != "" && w.same(dn) {
			return true
		}
	}
	for _, a := range e.Forwards {
		if a == w.who.address || w.who.entry != nil && has(w.who.entry, a) {
			return true
		}
	}
	for _, login := range values(e, w.g.policy.attrs.MemberLogins) {
		if w.logsIn(login) {
			return true
		}
	}
	return false
}

func (w *walk) same(dn string) bool {
	if dn == w.who.entry.DN {
		return true
	}
	canonical, ok := ldapdir.CanonicalDN(dn)
	return ok && canonical == w.dn
}

func (w *walk) logsIn(login string) bool {
	folded := ldapdir.Fold(login)
	return w.who.entry != nil && slices.ContainsFunc(w.who.entry.Logins, func(l string) bool { return ldapdir.Fold(l) == folded })
}

// dynamic asks the searches of dynamic groups.
func (w *walk) dynamic(groups []*ldapdir.Entry) (bool, error) {
	for _, e := range groups {
		for _, url := range e.Queries {
			if found, err := w.search(url); found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

func (w *walk) search(url string) (bool, error) {
	entries, err := w.g.directory.Search(w.ctx, url)
	w.answer.dated(entries...)
	return w.who.entry != nil && slices.ContainsFunc(entries, func(e *ldapdir.Entry) bool { return w.same(e.DN) }), err
}

// groups are those among the members of a level, each once: cycles end here.
func (w *walk) groups(members []string, level []*ldapdir.Entry) ([]*ldapdir.Entry, error) {
	for _, e := range level {
		w.mark(e.DN)
	}
	members = slices.DeleteFunc(members, func(dn string) bool { return !w.mark(dn) })
	if w.count += len(members); w.count > w.g.policy.Groups.MaxMembers {
		return nil, fmt.Errorf("%w: more than %d", errTooMany, w.g.policy.Groups.MaxMembers)
	}
	entries, err := w.g.directory.ByDNs(w.ctx, members)
	if err != nil {
		return nil, err
	}
	var below []*ldapdir.Entry
	for _, e := range entries {
		if w.answer.dated(e); isGroup(e) {
			below = append(below, e)
		}
	}
	return below, nil
}

// mark notes a name; false: it was there already.
func (w *walk) mark(dn string) bool {
	if canonical, ok := ldapdir.CanonicalDN(dn); ok {
		dn = canonical
	}
	if w.seen[dn] {
		return false
	}
	w.seen[dn] = true
	return true
}

// named tells whether a value of a delegate attribute means the party: as a DN, an address or a login, or as a
// group it is in. Names are compared as names: cn=Smith\, Sue and cn=Smith\2C Sue are one.
func (w *walk) named(value string) (bool, error) {
	if w.who.entry == nil {
		return false, nil
	}
	value = strings.TrimSpace(value)
	if w.logsIn(value) {
		return true, nil
	}
	if a, err := address.Parse(value); err == nil && a != "" {
		return w.addressed(a)
	}
	if dn, ok := ldapdir.CanonicalDN(value); !ok || dn == "" || !strings.Contains(value, "=") {
		return false, nil
	}
	if w.same(value) {
		return true, nil
	}
	e, ok, err := w.g.directory.ByDN(w.ctx, value)
	if err != nil || !ok || !isGroup(e) {
		w.answer.dated(e)
		return false, err
	}
	return w.within(e)
}

func (w *walk) addressed(a address.Address) (bool, error) {
	if has(w.who.entry, a) {
		return true, nil
	}
	m, ok, err := w.g.directory.Resolve(w.ctx, a)
	if err != nil || !ok {
		return false, err
	}
	w.answer.dated(m.Owners...)
	for _, e := range m.Owners {
		if !isGroup(e) {
			continue
		}
		if found, err := w.within(e); found || err != nil {
			return found, err
		}
	}
	return false, nil
}
