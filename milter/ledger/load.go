package ledger

import (
	"encoding/json"

	"usher/milter/filter"
	"usher/milter/store"
)

// load reads the file into memory.
func (l *Ledger) load(file *store.Store) error {
	return file.View(func(tx *store.Tx) error {
		for k, v := range tx.All(charged) {
			if err := l.replay(v); err != nil {
				l.log.Error("ledger: some charges cannot be read, they count no more", "batch", k, "err", err)
			}
		}
		for k, v := range tx.All(suspended) {
			l.book.suspend(string(k), l.suspension(string(k), v))
		}
		return nil
	})
}

// replay does again what a batch says.
func (l *Ledger) replay(v []byte) error {
	_, rest, ok := batchOf(v)
	if !ok {
		return errRecord
	}
	for len(rest) > 0 {
		var e entry
		var err error
		if e, rest, err = next(rest); err != nil {
			return err
		}
		if e.kind == isResumption {
			l.book.resume(e.account)
		} else {
			l.book.charge(e.account, e.counter, e.at, e.amount)
		}
	}
	return nil
}

// suspension reads one. One that cannot be read is one all the same.
func (l *Ledger) suspension(account string, v []byte) filter.Suspension {
	var s storedSuspension
	if err := json.Unmarshal(v, &s); err != nil {
		l.log.Error("ledger: why an account is suspended cannot be read, it stays so", "account", account, "err", err)
		s = storedSuspension{Why: "unknown"}
	}
	return filter.Suspension(s)
}
