package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"usher/milter/filter"
	"usher/milter/ledger"
	"usher/milter/store"
)

// keeper is whoever has the ledger: a usher serve that runs, or this process while none does.
type keeper interface {
	suspend(ctx context.Context, account, why, by string) error
	resume(ctx context.Context, account, by string) (was bool, err error)
	report(ctx context.Context, account string) (statement, error) // of everybody, if account is ""
	close() error
}

// local has the ledger itself.
type local struct {
	engine *engine
	ledger *ledger.Ledger
}

func (l local) suspend(_ context.Context, account, why, by string) error {
	return l.ledger.Suspend(account, filter.Suspension{Since: time.Now().Truncate(time.Second), Why: why, By: by})
}

func (l local) resume(_ context.Context, account, by string) (bool, error) {
	return l.ledger.Resume(account, by)
}

func (l local) report(ctx context.Context, account string) (statement, error) {
	r := reporter{engine: l.engine, ledger: l.ledger, now: time.Now()}
	if account == "" {
		return r.all(ctx), nil
	}
	return r.one(ctx, account), nil
}

func (l local) close() error { return l.ledger.Close() }

// keeperOf finds who has the ledger of a configuration. To read only, nothing is made.
func keeperOf(e *engine, readOnly bool, log *slog.Logger) (keeper, error) {
	c := newClient(e.config.StateDir)
	if c.running() {
		return c, nil
	}
	l, err := openLedger(e.config.StateDir, readOnly, log)
	if errors.Is(err, store.ErrInUse) {
		return nil, failed(exitTemporary, fmt.Errorf("a process has %s and does not answer on %s: try again, or end it", e.config.StateDir, c.path))
	}
	if err != nil {
		return nil, err
	}
	return local{engine: e, ledger: l}, nil
}

// openLedger does not make the folder: where there is none, usher serve never ran here, or state_dir is mistaken.
func openLedger(dir string, readOnly bool, log *slog.Logger) (*ledger.Ledger, error) {
	if readOnly {
		return ledger.Read(dir, log)
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("state_dir: no folder %s: usher serve has never run here", dir)
	}
	return ledger.Open(dir, log, time.Now)
}
