package world

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"path/filepath"
	"time"

	"usher/milter/store"
)

// DoneLogFile is the name of the done-log in the state directory.
const DoneLogFile = "usher.db"

// pruneEach is how many expired entries each write takes along. More than one, so that the file shrinks again.
const pruneEach = 16

// Two buckets: when a mail was done, by its key; and the keys in order of time, so that expiring never has to
// search.
const (
	byKey  = "done"
	byTime = "done-by-time"
)

// FileLog is the DoneLog in the state directory.
type FileLog struct {
	file *store.Store
	now  func() time.Time
}

// OpenDoneLog opens the done-log in dir and makes it if need be. A damaged one is moved aside, loudly, and a
// fresh one begun: remembering less is better than not sending.
func OpenDoneLog(dir string, log *slog.Logger, clock func() time.Time) (*FileLog, error) {
	file, err := store.Open(filepath.Join(dir, DoneLogFile), store.Options{
		Name: "done-log", Losing: "repeats of mails sent in the last days are possible",
		Buckets: []string{byKey, byTime}, Log: log, Clock: clock,
	})
	if err != nil {
		return nil, err
	}
	return &FileLog{file: file, now: clock}, nil
}

// Seen implements DoneLog.
func (l *FileLog) Seen(key string) (seen bool, err error) {
	err = l.file.View(func(tx *store.Tx) error {
		when, ok := readTime(tx.Get(byKey, []byte(key)))
		seen = ok && l.now().Sub(when) < doneLife
		return nil
	})
	return seen, err
}

// Record implements DoneLog. It is durable when it returns.
func (l *FileLog) Record(key string) error {
	return l.file.Update(func(tx *store.Tx) error {
		now := l.now()
		if err := prune(tx, now.Add(-doneLife)); err != nil {
			return err
		}
		return put(tx, key, now)
	})
}

// Close lets go of the file.
func (l *FileLog) Close() error { return l.file.Close() }

func put(tx *store.Tx, key string, now time.Time) error {
	if old := tx.Get(byKey, []byte(key)); old != nil {
		if err := tx.Delete(byTime, append(old[:len(old):len(old)], key...)); err != nil {
			return err
		}
	}
	stamp := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	if err := tx.Put(byKey, []byte(key), stamp); err != nil {
		return err
	}
	return tx.Put(byTime, append(stamp[:len(stamp):len(stamp)], key...), nil)
}

// prune removes the oldest entries if they are from before cutoff, a few at a time.
func prune(tx *store.Tx, cutoff time.Time) error {
	var old [][]byte
	for k := range tx.All(byTime) {
		if when, ok := readTime(k); len(old) == pruneEach || ok && !when.Before(cutoff) {
			break
		}
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if len(k) > 8 {
			if err := tx.Delete(byKey, k[8:]); err != nil {
				return err
			}
		}
		if err := tx.Delete(byTime, k); err != nil {
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
