package envelope

import (
	"fmt"
	"strings"
	"time"

	"usher/milter/filter"
)

// proof lists the facts a decision used, in the order of their first use.
func (f *facts) proof(now time.Time) []filter.Fact {
	all := make([]filter.Fact, 0, len(f.used))
	for _, q := range f.used {
		all = append(all, f.known[q].fact(q, now))
	}
	return all
}

func (a answer) fact(q query, now time.Time) filter.Fact {
	fact := filter.Fact{What: q.String(), Answer: a.words(q), Source: a.source, Stale: a.stale}
	if !a.fetched.IsZero() {
		fact.Age = max(0, now.Sub(a.fetched))
	}
	return fact
}

func (q query) String() string {
	switch q.kind {
	case askLogin:
		return "login " + q.a
	case askOwners:
		return "owners of " + q.a
	case askEntry:
		return "entry " + q.a
	case askDomain:
		return "domain " + q.a + " is ours"
	case askMember:
		return q.b + " is a member of " + q.a
	case askNames:
		return q.a + " means " + q.b
	case askFound:
		return q.a + " finds " + q.b
	case askUsed:
		return fmt.Sprintf("%s of %s within %v", q.b, q.a, q.window)
	case askSuspended:
		return q.a + " is suspended"
	case askGranted:
		return q.b + " may send as " + q.a
	}
	return q.a + " is in a table"
}

func (a answer) words(q query) string {
	switch {
	case a.err != nil:
		return "unknown: " + a.err.Error()
	case q.kind == askUsed:
		return fmt.Sprint(a.usage.Used)
	case !a.found:
		return "no"
	case a.entry != nil:
		return a.entry.DN
	case len(a.match.Owners) > 0:
		var names []string
		for _, o := range a.match.Owners {
			names = append(names, o.DN)
		}
		return strings.Join(names, "; ")
	case a.text != "":
		return "yes: " + a.text
	}
	return "yes"
}
