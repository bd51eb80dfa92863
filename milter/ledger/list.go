package ledger

import (
	"maps"
	"slices"
)

// Account is somebody of whom something is known.
type Account struct {
	Name     string
	Counters []string // in order of their names
}

// Account tells what is known of one account; not ok: nothing is.
func (l *Ledger) Account(name string) (Account, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	a := l.book.accounts[short(name)]
	if a == nil {
		return Account{}, false
	}
	return a.describe(), true
}

// Accounts are at most so many of those something is known of: the suspended first, then those charged last.
// more is how many others there are.
func (l *Ledger) Accounts(most int) (all []Account, more int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	listed := map[*account]bool{}
	list := func(a *account) {
		if !listed[a] && len(all) < most {
			listed[a] = true
			all = append(all, a.describe())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.book.accounts)) {
		if a := l.book.accounts[name]; a.suspended != nil {
			list(a)
		}
	}
	for e := l.book.resting.Back(); e != nil && len(all) < most; e = e.Prev() {
		list(e.Value.(*counter).account)
	}
	return all, len(l.book.accounts) - len(all)
}

func (a *account) describe() Account {
	d := Account{Name: a.name}
	for _, c := range a.counters {
		d.Counters = append(d.Counters, c.name)
	}
	slices.Sort(d.Counters)
	return d
}
