package main

import (
	"log/slog"
	"sync"
	"time"

	"usher/milter/filter"
	"usher/milter/ledger"
)

// books is where the modules of an engine read what accounts have used. In a service that is the service's ledger,
// which outlives the engine. Elsewhere it is found when the first question comes: a usher serve that runs is asked,
// or else the file is read; nothing is ever written.
type books struct {
	dir  string
	log  *slog.Logger
	once sync.Once
	kept filter.Ledger
}

// keep sets the ledger, before the first question.
func (b *books) keep(l filter.Ledger) { b.once.Do(func() { b.kept = l }) }

func (b *books) open() filter.Ledger {
	b.once.Do(func() {
		b.kept = new(filter.MemoryLedger)
		c := newClient(b.dir)
		if c.running() {
			b.kept = &remote{client: c, log: b.log}
			return
		}
		l, err := ledger.Read(b.dir, b.log)
		if err != nil {
			b.log.Warn("what accounts have used is not known, they count as fresh", "err", err)
			return
		}
		b.kept = l
	})
	return b.kept
}

// Used implements filter.Ledger.
func (b *books) Used(account, counter string, window time.Duration, now time.Time) filter.Usage {
	return b.open().Used(account, counter, window, now)
}

// Suspended implements filter.Ledger.
func (b *books) Suspended(account string) (filter.Suspension, bool) {
	return b.open().Suspended(account)
}
