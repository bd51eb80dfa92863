package envelope

import (
	"errors"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// query names one fact. It is a value, so that facts can be kept in a map, replayed and compared.
type query struct {
	kind   queryKind
	a, b   string
	window time.Duration
}

// queryKind is what a fact is about.
type queryKind uint8

const (
	askLogin     queryKind = iota // a: what somebody logged in with
	askOwners                     // a: an address
	askEntry                      // a: a name
	askDomain                     // a: a domain
	askMember                     // a: a group's name, b: whom
	askNames                      // a: a value of a delegate attribute, b: whom
	askFound                      // a: an LDAP URL, b: whom
	askUsed                       // a: an account, b: a counter, within window
	askSuspended                  // a: an account
	askGranted                    // a: an address, b: a login; in the tables of Postfix
	askListed                     // a: a login; in the tables of Postfix
)

// answer is what a source said to a query.
type answer struct {
	found   bool // or: yes
	entry   *ldapdir.Entry
	match   ldapdir.Match
	usage   filter.Usage
	text    string // why an account is suspended
	relay   bool   // the domain is ours, but its people are elsewhere
	err     error  // could not be asked
	source  string
	fetched time.Time // zero: of this moment
	stale   bool
}

// party is somebody a fact is about: an entry of ours, or an address from outside.
type party struct {
	entry   *ldapdir.Entry
	address address.Address
}

func (p party) key() string {
	if p.entry != nil {
		return p.entry.DN
	}
	return p.address.String()
}

// facts are what is known when a decision is made. The decision asks nobody: what it misses it notes, and is
// made again once that is known. So it is a function of the facts, and the facts it used are its proof.
type facts struct {
	known   map[query]answer
	parties map[string]party // by key, for whoever answers queries about them
	used    []query          // in the order of their first use
	needs   []query          // not known
	stale   bool             // of the facts used since begin, one is older than it should be
	cause   error            // why one of them could not be had
}

func newFacts() *facts {
	return &facts{known: make(map[query]answer, 8), parties: map[string]party{}}
}

// restart forgets what was used, not what is known.
func (f *facts) restart() { f.used, f.needs, f.stale, f.cause = f.used[:0], f.needs[:0], false, nil }

// begin is the start of a step: its refusal rests on the facts used from here on.
func (f *facts) begin() { f.stale = false }

func (f *facts) get(q query) (answer, truth) {
	a, known := f.known[q]
	if !known {
		f.needs = append(f.needs, q)
		return answer{}, unsure
	}
	f.use(q)
	f.stale = f.stale || a.stale
	if a.err != nil {
		f.blame(a.err)
		return a, unsure
	}
	return a, truthOf(a.found)
}

// blame notes why something could not be had. A value that is malformed explains more than a question without an
// answer: asking again will not help.
func (f *facts) blame(err error) {
	if f.cause == nil || errors.Is(err, ldapdir.ErrMalformed) {
		f.cause = err
	}
}

func (f *facts) use(q query) {
	for _, u := range f.used {
		if u == q {
			return
		}
	}
	f.used = append(f.used, q)
}

func (f *facts) about(kind queryKind, a string, p party) truth {
	f.parties[p.key()] = p
	_, t := f.get(query{kind: kind, a: a, b: p.key()})
	return t
}

// login is who logged in.
func (f *facts) login(user string) (*ldapdir.Entry, truth) {
	a, t := f.get(query{kind: askLogin, a: user})
	return a.entry, t
}

// owners are those who have an address.
func (f *facts) owners(a address.Address) (ldapdir.Match, truth) {
	if a == "" {
		return ldapdir.Match{}, no
	}
	found, t := f.get(query{kind: askOwners, a: a.String()})
	return found.match, t
}

// entry is what has a name.
func (f *facts) entry(dn string) (*ldapdir.Entry, truth) {
	a, t := f.get(query{kind: askEntry, a: dn})
	return a.entry, t
}

// ours tells whether a domain is ours.
func (f *facts) ours(domain string) truth {
	if domain == "" {
		return no
	}
	_, t := f.get(query{kind: askDomain, a: domain})
	return t
}

// relayed tells whether a domain is ours but delivered elsewhere.
func (f *facts) relayed(domain string) bool {
	a, _ := f.get(query{kind: askDomain, a: domain})
	return a.relay
}

// member tells whether somebody is in a group, or in one within it.
func (f *facts) member(dn string, p party) truth { return f.about(askMember, dn, p) }

// names tells whether a value of a delegate attribute means somebody: as a DN, a login, an address, or a group.
func (f *facts) names(value string, p party) truth { return f.about(askNames, value, p) }

// found tells whether an LDAP URL finds somebody.
func (f *facts) found(url string, e *ldapdir.Entry) truth {
	return f.about(askFound, url, party{entry: e})
}

// anyNames tells whether one of several values means somebody.
func (f *facts) anyNames(values []string, p party) truth {
	t := no
	for _, v := range values {
		if t = t.or(f.names(v, p)); t == yes {
			return yes
		}
	}
	return t
}

func (f *facts) usedBy(account, counter string, window time.Duration) (filter.Usage, truth) {
	a, t := f.get(query{kind: askUsed, a: account, b: counter, window: window})
	return a.usage, t
}

func (f *facts) suspended(account string) truth {
	_, t := f.get(query{kind: askSuspended, a: account})
	return t
}

func (f *facts) granted(a address.Address, login string) truth {
	_, t := f.get(query{kind: askGranted, a: a.String(), b: login})
	return t
}

func (f *facts) listed(login string) truth {
	_, t := f.get(query{kind: askListed, a: login})
	return t
}
