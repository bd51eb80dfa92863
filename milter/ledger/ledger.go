// Package ledger keeps what accounts have used, and which of them are suspended, over a restart.
//
// It is read on the way of every recipient, so all of it is in memory. Charges reach the file in batches, half a
// second at most behind: a crash loses no more than that. Suspensions are on the disk before anybody is told.
//
// Counting has no clock of its own; the time is that of the charges. The package does not know what is counted, who
// may use how much, or what an account is.
package ledger

import (
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"usher/milter/filter"
	"usher/milter/store"
)

// File is the name of the ledger in the state directory. It has a file of its own beside the done-log: a batch of
// charges and a mail that was sent do not wait for each other, and damage to one is none to the other.
const File = "ledger.db"

// maxName bounds the name of an account. Longer ones are cut: no directory has them.
const maxName = 512

// Ledger is a filter.Ledger in the state directory.
type Ledger struct {
	log  *slog.Logger
	file *store.Store // nil: only read

	mu      sync.RWMutex
	book    *book
	queue   []entry // not on the disk yet, in order
	dropped bool    // the queue was full: something will be missing from the file
	closed  bool

	writing sync.Mutex    // held by who brings the queue to the disk
	failing bool          // the last write did not go well; guarded by writing
	wake    chan struct{} // there is something in the queue
	end     chan struct{}
	ended   sync.WaitGroup
}

func options(log *slog.Logger, clock func() time.Time) store.Options {
	return store.Options{Name: "ledger", Losing: "counters begin at 0, and accounts suspended here can send again",
		Buckets: []string{charged, suspended}, Log: log, Clock: clock}
}

// Open opens the ledger in dir and makes it if need be. A damaged one is moved aside, loudly, and a fresh one begun.
func Open(dir string, log *slog.Logger, clock func() time.Time) (*Ledger, error) {
	file, err := store.Open(filepath.Join(dir, File), options(log, clock))
	if err != nil {
		return nil, err
	}
	l := &Ledger{log: log, file: file, book: newBook(), wake: make(chan struct{}, 1), end: make(chan struct{})}
	if err := l.load(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	l.ended.Go(l.keepWriting)
	return l, nil
}

// Read gives what is in the ledger in dir, without writing anything. Where there is none, nothing is known.
func Read(dir string, log *slog.Logger) (*Ledger, error) {
	l := &Ledger{log: log, book: newBook()}
	file, err := store.OpenToRead(filepath.Join(dir, File), options(log, nil))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	return l, errors.Join(l.load(file), file.Close())
}

// Close writes what is not written yet, and lets go of the file.
func (l *Ledger) Close() error {
	l.mu.Lock()
	already := l.closed || l.file == nil
	l.closed = true
	l.mu.Unlock()
	if already {
		return nil
	}
	close(l.end)
	l.ended.Wait()
	return errors.Join(l.flush(), l.file.Close())
}

func short(name string) string { return name[:min(len(name), maxName)] }

// Used implements filter.Ledger. Since is in the zone of now.
func (l *Ledger) Used(account, counter string, window time.Duration, now time.Time) (u filter.Usage) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	a := l.book.accounts[short(account)]
	if a == nil {
		return u
	}
	c := a.counter(short(counter))
	if c == nil {
		return u
	}
	sum, since := c.used(window, now)
	if sum == 0 {
		return u
	}
	return filter.Usage{Used: int(sum), Since: time.UnixMicro(since).In(now.Location())}
}

// Suspended implements filter.Ledger.
func (l *Ledger) Suspended(account string) (filter.Suspension, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if a := l.book.accounts[short(account)]; a != nil && a.suspended != nil {
		return *a.suspended, true
	}
	return filter.Suspension{}, false
}

// SuspendedAccounts is how many there are.
func (l *Ledger) SuspendedAccounts() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.book.suspended
}
