package ledger

import (
	"fmt"
	"io/fs"

	"usher/milter/filter"
)

// Add records charges, as Pipeline.Charge does. One that suspends an account is on the disk when Add returns; if
// it cannot be written it counts all the same, and is tried again.
func (l *Ledger) Add(charges ...filter.Charge) {
	urgent := false
	for _, c := range charges {
		if c.Account = short(c.Account); c.Account == "" {
			continue // nobody's
		}
		if l.add(c) {
			l.tell(c.Account, filter.Suspension{Why: c.Suspend})
			urgent = true
		}
	}
	if !urgent {
		l.nudge()
	} else if err := l.flush(); err != nil {
		l.log.Error("suspension not written yet, it ends with this process", "err", err)
	}
}

func (l *Ledger) add(c filter.Charge) (suspends bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.book.accounts[c.Account]; c.Suspend != "" && (a == nil || a.suspended == nil) {
		l.suspend(c.Account, filter.Suspension{Since: c.Time, Why: c.Suspend})
		suspends = true
	}
	if c.Amount > 0 {
		e := entry{kind: isCharge, account: c.Account, counter: short(c.Counter), at: c.Time.UnixMicro(), amount: min(int64(c.Amount), maxAmount)}
		l.book.charge(e.account, e.counter, e.at, e.amount)
		l.enqueue(e)
	}
	return suspends
}

func (l *Ledger) suspend(account string, s filter.Suspension) {
	l.book.suspend(account, s)
	l.enqueue(entry{kind: isSuspension, account: account, suspension: s})
}

// tell is for administrators who watch the log.
func (l *Ledger) tell(account string, s filter.Suspension) {
	by := s.By
	if by == "" {
		by = "usher"
	}
	l.log.Info("account suspended", "account", account, "why", s.Why, "by", by)
}

// errReadOnly is a mistake of ours, not of an administrator.
var errReadOnly = fmt.Errorf("ledger: %w", fs.ErrPermission)

// Suspend stops an account; if it was stopped before, the new reason counts. It is on the disk when Suspend
// returns without an error.
func (l *Ledger) Suspend(account string, s filter.Suspension) error {
	if l.file == nil {
		return errReadOnly
	}
	account = short(account)
	l.mu.Lock()
	l.suspend(account, s)
	l.mu.Unlock()
	l.tell(account, s)
	return l.flush()
}

// Resume lets an account go on, and forgets what it was counted: it would be stopped again at once.
func (l *Ledger) Resume(account, by string) (was bool, err error) {
	if l.file == nil {
		return false, errReadOnly
	}
	account = short(account)
	l.mu.Lock()
	was = l.book.resume(account)
	l.enqueue(entry{kind: isResumption, account: account})
	l.mu.Unlock()
	if was {
		l.log.Info("account resumed", "account", account, "by", by)
	}
	return was, l.flush()
}
