package filter

import (
	"sync"
	"time"
)

// Charge is something counted against an account: a recipient sent to, a refusal.
type Charge struct {
	Account string    // whose counter
	Counter string    // which one
	Amount  int       // how much
	Time    time.Time // when: that of the mail, so that counting needs no clock of its own
	// Suspend is why the account is to be stopped until somebody lets it go on; "" is not. One that is stopped
	// already stays so for its first reason.
	Suspend string
}

// Usage is how much of a counter was used within a window.
type Usage struct {
	Used  int
	Since time.Time // of the oldest charge that still counts; the window after it, that one counts no more
}

// Suspension is an account that was stopped.
type Suspension struct {
	Since time.Time
	Why   string
	By    string // who did it; "" is a charge
}

// Ledger is what modules read of the counters. The host writes them, from the Charges of verdicts.
type Ledger interface {
	// Used is what was charged to an account's counter in the window that ends now.
	Used(account, counter string, window time.Duration, now time.Time) Usage
	// Suspended tells whether an account was stopped.
	Suspended(account string) (Suspension, bool)
}

// MemoryLedger counts in memory: for tests, and where nothing has to survive. The zero value is empty.
type MemoryLedger struct {
	mu        sync.Mutex
	counters  map[[2]string][]Charge // oldest first
	suspended map[string]Suspension
}

// memoryOf is how long a MemoryLedger remembers.
const memoryOf = 24 * time.Hour

// Add records charges, as Pipeline.Charge does.
func (l *MemoryLedger) Add(charges ...Charge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counters == nil {
		l.counters, l.suspended = map[[2]string][]Charge{}, map[string]Suspension{}
	}
	for _, c := range charges {
		if _, already := l.suspended[c.Account]; c.Suspend != "" && !already {
			l.suspended[c.Account] = Suspension{Since: c.Time, Why: c.Suspend}
		}
		if c.Amount <= 0 {
			continue
		}
		key := [2]string{c.Account, c.Counter}
		kept := l.counters[key]
		for len(kept) > 0 && c.Time.Sub(kept[0].Time) >= memoryOf {
			kept = kept[1:]
		}
		l.counters[key] = append(kept, c)
	}
}

// Resume lets an account go on, and forgets what it was counted.
func (l *MemoryLedger) Resume(account string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.suspended, account)
	for key := range l.counters {
		if key[0] == account {
			delete(l.counters, key)
		}
	}
}

// Used adds up what was charged within the window.
func (l *MemoryLedger) Used(account, counter string, window time.Duration, now time.Time) (u Usage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.counters[[2]string{account, counter}] {
		if now.Sub(c.Time) >= window {
			continue
		}
		if u.Used == 0 || c.Time.Before(u.Since) {
			u.Since = c.Time
		}
		u.Used += c.Amount
	}
	return u
}

// Suspended tells whether an account was stopped.
func (l *MemoryLedger) Suspended(account string) (Suspension, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.suspended[account]
	return s, ok
}
