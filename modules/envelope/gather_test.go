package envelope

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// folding is a directory that compares as LDAP does, by full case folding: straße is strasse to it.
type folding struct{ *double }

func (d folding) Login(_ context.Context, user string) (*ldapdir.Entry, bool, error) {
	found := d.pick(func(e *ldapdir.Entry) bool { return len(e.Logins) > 0 && loose(e.Logins[0]) == loose(user) })
	return found[0], true, nil
}

func (d folding) Resolve(_ context.Context, a address.Address) (ldapdir.Match, bool, error) {
	return ldapdir.Match{Owners: d.pick(func(e *ldapdir.Entry) bool {
		return len(e.Addresses) == 0 || loose(e.Addresses[0]) == loose(a)
	}), Address: a}, true, nil
}

func TestStrasseAndStraßeAreTwoPeople(t *testing.T) {
	sharp := &ldapdir.Entry{DN: "uid=1", Logins: []string{"straße"}, Addresses: []address.Address{"straße@example.org"}}
	other := &ldapdir.Entry{DN: "uid=2"} // found by an attribute that is not read as an address
	d := folding{&double{entries: []*ldapdir.Entry{sharp, other}}}
	g := &gatherer{directory: d}
	ask := func(kind queryKind, a string) answer {
		return g.answer(t.Context(), newFacts(), query{kind: kind, a: a}, time.Time{})
	}
	if a := ask(askLogin, "strasse"); a.found || a.entry != nil {
		t.Errorf("strasse logs in as %s", a.entry.DN)
	}
	if a := ask(askLogin, "STRAßE"); !a.found || a.entry != sharp {
		t.Error("straße cannot log in")
	}
	if a := ask(askOwners, "strasse@example.org"); len(a.match.Owners) != 1 || a.match.Owners[0] != other {
		t.Errorf("strasse belongs to %v", a.match.Owners)
	}
	if a := ask(askOwners, "straße@example.org"); len(a.match.Owners) != 2 {
		t.Errorf("straße belongs to %v", a.match.Owners)
	}
}

// nested is a directory of groups in groups, wide and deep as asked.
type nested struct {
	*double
	asked int
}

func (d *nested) ByDNs(ctx context.Context, dns []string) ([]*ldapdir.Entry, error) {
	d.asked += len(dns)
	return d.double.ByDNs(ctx, dns)
}

func TestMembersAreLookedForWithinBounds(t *testing.T) {
	chain := func(depth int) *nested {
		d := &nested{double: &double{}}
		for i := range depth {
			d.entries = append(d.entries, &ldapdir.Entry{DN: fmt.Sprintf("cn=%d", i), Kind: ldapdir.Group, Members: []string{fmt.Sprintf("CN=%d", i+1), "cn=0"}})
		}
		return d
	}
	alice := party{entry: &ldapdir.Entry{DN: "cn=5"}}
	tests := []struct {
		name      string
		d         *nested
		found     bool
		err       error
		asksUnder int
	}{
		{"deep down", chain(5), true, nil, 10},
		{"deeper than allowed", chain(30), true, nil, 10},
		{"not within the bound", chain(4), false, nil, 10},
		{"many people", &nested{double: &double{entries: []*ldapdir.Entry{{DN: "cn=0", Kind: ldapdir.Group, Members: manyNames(200)}}}}, false, ldapdir.ErrTooMany, 1},
		{"one of many, named directly", &nested{double: &double{entries: []*ldapdir.Entry{{DN: "cn=0", Kind: ldapdir.Group, Members: append(manyNames(200), "cn=5")}}}}, true, nil, 1},
	}
	for _, tt := range tests {
		f := newFacts()
		f.parties["cn=5"] = alice
		g := &gatherer{directory: tt.d, policy: &policy{attrs: &Attributes{}, Config: Config{Groups: Groups{MaxDepth: 10, MaxMembers: 100}}}}
		a := g.answer(t.Context(), f, query{kind: askMember, a: "cn=0", b: "cn=5"}, time.Time{})
		if a.found != tt.found || !errors.Is(a.err, tt.err) || tt.d.asked >= tt.asksUnder {
			t.Errorf("%s: %v, %v, %d asked", tt.name, a.found, a.err, tt.d.asked)
		}
	}
	f := newFacts()
	f.parties["cn=99"] = party{entry: &ldapdir.Entry{DN: "cn=99"}}
	g := &gatherer{directory: chain(30), policy: &policy{attrs: &Attributes{}, Config: Config{Groups: Groups{MaxDepth: 10, MaxMembers: 100}}}}
	if a := g.answer(t.Context(), f, query{kind: askMember, a: "cn=0", b: "cn=99"}, time.Time{}); !errors.Is(a.err, ldapdir.ErrTooMany) {
		t.Errorf("thirty groups deep: %v, %v", a.found, a.err)
	}
}

func manyNames(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("uid=%d", i))
	}
	return names
}

// TestNoCaseNeedsManyRounds: each round is one step along the chain of facts, and the bound is far away.
func TestNoCaseNeedsManyRounds(t *testing.T) {
	s := loadSuite(t, "testdata/envelope-cases.yaml")
	for _, c := range s.Cases {
		now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		g := c.pure(t, c.double(t, now), now)
		m := c.mails()[0]
		env := &filter.Envelope{Role: filter.Role(m.Session.Role), Client: m.client(), User: m.Session.Auth, From: address.Must(m.Mail), Time: now}
		for _, r := range m.Rcpt {
			q := question{stage: filter.AtRcpt, env: env, rcpt: address.Must(r.meant())}
			f, rounds := newFacts(), 0
			for g.policy.decide(f, q); len(f.needs) > 0; g.policy.decide(f, q) {
				for _, need := range append([]query{}, f.needs...) {
					f.known[need] = g.answer(t.Context(), f, need, now)
				}
				if rounds++; rounds > maxRounds/4 {
					t.Fatalf("%s: %d rounds", c.ID, rounds)
				}
			}
		}
	}
}

func TestAmbiguousLoginIsNobody(t *testing.T) {
	g := &gatherer{directory: ambiguous{}}
	a := g.answer(t.Context(), newFacts(), query{kind: askLogin, a: "x"}, time.Time{})
	if a.found || a.err != nil {
		t.Errorf("%+v", a)
	}
}

type ambiguous struct{ Directory }

func (ambiguous) Login(context.Context, string) (*ldapdir.Entry, bool, error) {
	return nil, false, fmt.Errorf("%w: a and b", ldapdir.ErrAmbiguous)
}

// TestAtOnce is for the race detector: one module serves all connections.
func TestAtOnce(t *testing.T) {
	s := loadSuite(t, "testdata/envelope-cases.yaml")
	c := s.Cases[0]
	c.Module = map[string]any{"login_maps": []any{"login_maps"}}
	now := time.Now()
	built, err := build(filter.Host{Directory: c.open(t, now), Ledger: c.counters(now)}, c.moduleConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	m := built.(*module)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				env := &filter.Envelope{Role: filter.Submission, User: "grace", From: "sales@example.org", Time: now.Add(time.Duration(i*j) * time.Second)}
				v, err := m.CheckSender(t.Context(), env)
				if err != nil || v.Refusal != nil || !strings.Contains(v.Why, "explicit grant") {
					t.Errorf("%v, %v, %q", v.Refusal, err, v.Why)
					return
				}
				if v, err = m.CheckRecipient(t.Context(), env, filter.Recipient{Address: "staff@example.org"}); err != nil || v.Refusal != nil && v.Refusal.Reason != string(rcptGroupMembers) {
					t.Errorf("%v, %v", v.Refusal, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
