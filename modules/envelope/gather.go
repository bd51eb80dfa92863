package envelope

import (
	"context"
	"errors"
	"slices"
	"time"

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
	var d decision
	if err := g.gather(ctx, f, q.env.Time, func() { d = g.policy.decide(f, q) }); err != nil {
		return decision{outcome: unavailable(), cause: err}, f
	}
	return d, f
}

// gather lets something be tried until the facts it needs are known.
func (g *gatherer) gather(ctx context.Context, f *facts, now time.Time, try func()) error {
	for range maxRounds {
		if try(); len(f.needs) == 0 {
			return nil
		}
		for _, need := range slices.Clone(f.needs) {
			if _, known := f.known[need]; !known {
				f.known[need] = g.answer(ctx, f, need, now)
			}
		}
	}
	return errRounds
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
