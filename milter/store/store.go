// Package store is a small file of keys and values that survives a restart: one process at a time, durable when a
// write returns, and moved aside, loudly, when it is damaged.
//
// It knows nothing of what is kept in it. Nothing else in the house touches bbolt, so that replacing it is an
// afternoon.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockWait is how long another process may take to let go of the file (a restart that overlaps).
const lockWait = 2 * time.Second

var (
	// ErrInUse says that another process has the file.
	ErrInUse = errors.New("in use by another process")
	// ErrDamaged says that the file cannot be read. It is not touched again until the next start.
	ErrDamaged = errors.New("damaged")
)

// Options describe a store to those who open it and to those who read the log.
type Options struct {
	Name    string   // "done-log"
	Losing  string   // what it costs to begin anew, for the log
	Buckets []string // made if need be
	Log     *slog.Logger
	Clock   func() time.Time // names what is moved aside
}

// Store is an open file.
type Store struct {
	name   string
	db     *bolt.DB
	broken atomic.Bool // a page was unreadable
}

// Open opens the file and makes it if need be, its folder too. A damaged one is moved aside, and a fresh one begun.
func Open(path string, o Options) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("make state directory: %w", err)
	}
	db, err := openBolt(path, o.Buckets, false)
	if errors.Is(err, ErrDamaged) {
		aside := path + "." + o.Clock().UTC().Format("20060102T150405.000000000") + ".damaged"
		o.Log.Error(o.Name+" damaged, moved aside; "+o.Losing, "file", path, "aside", aside, "err", err)
		if err := os.Rename(path, aside); err != nil {
			return nil, fmt.Errorf("move the damaged %s aside: %w", o.Name, err)
		}
		db, err = openBolt(path, o.Buckets, false)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s %s: %w", o.Name, path, err)
	}
	if err := leaveToOwner(path); err != nil {
		_ = guarded(db.Close)
		return nil, fmt.Errorf("open %s %s: %w", o.Name, path, err)
	}
	return &Store{name: o.Name, db: db}, nil
}

// OpenToRead opens a file that is there, to read only. What is damaged is left where it is.
func OpenToRead(path string, o Options) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Name, err)
	}
	db, err := openBolt(path, o.Buckets, true)
	if err != nil {
		return nil, fmt.Errorf("open %s %s: %w", o.Name, path, err)
	}
	return &Store{name: o.Name, db: db}, nil
}

// openBolt opens the file and reads all of it once: what is damaged shows now, not in the middle of a mail.
func openBolt(path string, buckets []string, readOnly bool) (db *bolt.DB, err error) {
	err = guarded(func() error {
		db, err = bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait, ReadOnly: readOnly})
		if err != nil {
			return err
		}
		if err := db.View(func(tx *bolt.Tx) error { return readAll(tx, buckets) }); err != nil || readOnly {
			return err
		}
		return db.Update(func(tx *bolt.Tx) error { return makeBuckets(tx, buckets) })
	})
	var onDisk *fs.PathError
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, &onDisk):
		return nil, err
	}
	if db != nil {
		_ = guarded(db.Close)
	}
	return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
}

// readAll touches every page in use. Past the end of a file that was cut short that is a fault, which guarded
// turns into an error; bolt's own Check would meet it in a goroutine of its own.
func readAll(tx *bolt.Tx, buckets []string) error {
	for _, name := range buckets {
		bucket := tx.Bucket([]byte(name))
		if bucket == nil {
			continue
		}
		if err := bucket.ForEach(func(k, v []byte) error { _, _ = string(k), string(v); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func makeBuckets(tx *bolt.Tx, buckets []string) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the file.
func (s *Store) Close() error { return guarded(s.db.Close) }

// View reads. What the function is given is good until it returns.
func (s *Store) View(read func(*Tx) error) error {
	return s.use(func() error { return s.db.View(func(tx *bolt.Tx) error { return read(&Tx{tx}) }) })
}

// Update writes all that the function does, or nothing. It is durable when it returns.
func (s *Store) Update(write func(*Tx) error) error {
	return s.use(func() error { return s.db.Update(func(tx *bolt.Tx) error { return write(&Tx{tx}) }) })
}

// use guards every access. bbolt panics, or faults in its memory map, on a page that is damaged, and may keep
// its lock then: the file is not touched again.
func (s *Store) use(access func() error) error {
	if s.broken.Load() {
		return fmt.Errorf("%s: %w", s.name, ErrDamaged)
	}
	err := guarded(access)
	if errors.Is(err, ErrDamaged) {
		s.broken.Store(true)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// guarded turns a panic into ErrDamaged, memory faults included.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}
