package world

import (
	"bytes"
	"encoding/binary"
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

// DoneLogFile is the name of the done-log in the state directory.
const DoneLogFile = "usher.db"

// lockWait is how long another process may take to let go of the file (a restart that overlaps).
const lockWait = 2 * time.Second

// pruneEach is how many expired entries each write takes along. More than one, so that the file shrinks again.
const pruneEach = 16

// Two buckets: when a mail was done, by its key; and the keys in order of time, so that expiring never has to
// search.
var (
	byKey  = []byte("done")
	byTime = []byte("done-by-time")
)

// ErrInUse says that another process has the state directory.
var ErrInUse = errors.New("in use by another process")

var errDamaged = errors.New("damaged")

// FileLog is the DoneLog in the state directory.
type FileLog struct {
	db     *bolt.DB
	now    func() time.Time
	broken atomic.Bool // a page was unreadable: not touched again until the next start
}

// OpenDoneLog opens the done-log in dir and makes it if need be. A damaged one is moved aside, loudly, and a
// fresh one begun: remembering less is better than not sending.
func OpenDoneLog(dir string, log *slog.Logger, clock func() time.Time) (*FileLog, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make state directory: %w", err)
	}
	path := filepath.Join(dir, DoneLogFile)
	db, err := openBolt(path)
	if errors.Is(err, errDamaged) {
		aside := path + "." + clock().UTC().Format("20060102T150405.000000000") + ".damaged"
		log.Error("done-log damaged, moved aside; repeats of mails sent in the last days are possible",
			"file", path, "aside", aside, "err", err)
		if err := os.Rename(path, aside); err != nil {
			return nil, fmt.Errorf("move the damaged done-log aside: %w", err)
		}
		db, err = openBolt(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open done-log %s: %w", path, err)
	}
	return &FileLog{db: db, now: clock}, nil
}

// openBolt opens the file and reads all of it once: what is damaged shows now, not in the middle of a mail.
func openBolt(path string) (db *bolt.DB, err error) {
	err = guarded(func() error {
		db, err = bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait})
		if err != nil {
			return err
		}
		if err := db.View(readAll); err != nil {
			return err
		}
		return db.Update(makeBuckets)
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
	return nil, fmt.Errorf("%w: %w", errDamaged, err)
}

// readAll touches every page in use. Past the end of a file that was cut short that is a fault, which guarded
// turns into an error; bolt's own Check would meet it in a goroutine of its own.
func readAll(tx *bolt.Tx) error {
	for _, name := range [][]byte{byKey, byTime} {
		bucket := tx.Bucket(name)
		if bucket == nil {
			continue
		}
		if err := bucket.ForEach(func(k, v []byte) error { _, _ = string(k), string(v); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func makeBuckets(tx *bolt.Tx) error {
	if _, err := tx.CreateBucketIfNotExists(byKey); err != nil {
		return err
	}
	_, err := tx.CreateBucketIfNotExists(byTime)
	return err
}

// Seen implements DoneLog.
func (l *FileLog) Seen(key string) (seen bool, err error) {
	err = l.use(func() error {
		return l.db.View(func(tx *bolt.Tx) error {
			when, ok := readTime(tx.Bucket(byKey).Get([]byte(key)))
			seen = ok && l.now().Sub(when) < doneLife
			return nil
		})
	})
	return seen, err
}

// Record implements DoneLog. It is durable when it returns.
func (l *FileLog) Record(key string) error {
	return l.use(func() error {
		return l.db.Update(func(tx *bolt.Tx) error {
			now := l.now()
			if err := prune(tx, now.Add(-doneLife)); err != nil {
				return err
			}
			return put(tx, key, now)
		})
	})
}

// Close lets go of the file.
func (l *FileLog) Close() error { return guarded(l.db.Close) }

func put(tx *bolt.Tx, key string, now time.Time) error {
	if old := tx.Bucket(byKey).Get([]byte(key)); old != nil {
		if err := tx.Bucket(byTime).Delete(append(old[:len(old):len(old)], key...)); err != nil {
			return err
		}
	}
	stamp := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	if err := tx.Bucket(byKey).Put([]byte(key), stamp); err != nil {
		return err
	}
	return tx.Bucket(byTime).Put(append(stamp[:len(stamp):len(stamp)], key...), nil)
}

// prune removes the oldest entries if they are from before cutoff, a few at a time.
func prune(tx *bolt.Tx, cutoff time.Time) error {
	var old [][]byte
	cursor := tx.Bucket(byTime).Cursor()
	for k, _ := cursor.First(); k != nil && len(old) < pruneEach; k, _ = cursor.Next() {
		if when, ok := readTime(k); ok && !when.Before(cutoff) {
			break
		}
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if len(k) > 8 {
			if err := tx.Bucket(byKey).Delete(k[8:]); err != nil {
				return err
			}
		}
		if err := tx.Bucket(byTime).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func readTime(b []byte) (time.Time, bool) {
	if len(b) < 8 {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0), true
}

// use guards every access. bbolt panics, or faults in its memory map, on a page that is damaged, and may keep
// its lock then: the log is not touched again, and mails go out unremembered.
func (l *FileLog) use(access func() error) error {
	if l.broken.Load() {
		return fmt.Errorf("done-log: %w", errDamaged)
	}
	err := guarded(access)
	if errors.Is(err, errDamaged) {
		l.broken.Store(true)
	}
	if err != nil {
		return fmt.Errorf("done-log: %w", err)
	}
	return nil
}

// guarded turns a panic into errDamaged, memory faults included.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return f()
}
