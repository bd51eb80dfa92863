package world

import (
	"sync"
	"time"
)

// DoneLog remembers which mails the submission service has taken, so that a retry does not send them again.
// It is a memory aid: losing it costs a duplicate with the same Message-ID, never a mail, and what cannot be
// read counts as not done.
type DoneLog interface {
	Seen(key string) (bool, error)
	Record(key string) error
}

// doneLife is how long a done mail is remembered: longer than any sender keeps trying (RFC 5321 4.5.4.1
// recommends four to five days).
const doneLife = 7 * 24 * time.Hour

// memoryLimit bounds MemoryLog; the oldest are forgotten first.
const memoryLimit = 1 << 16

// MemoryLog is a DoneLog that ends with the process, for tests and the demo. The zero value is empty.
type MemoryLog struct {
	mu   sync.Mutex
	done map[string]bool
	keys []string // in order of arrival
}

// Seen implements DoneLog.
func (l *MemoryLog) Seen(key string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done[key], nil
}

// Record implements DoneLog.
func (l *MemoryLog) Record(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done[key] {
		return nil
	}
	if l.done == nil {
		l.done = make(map[string]bool)
	}
	if len(l.keys) == memoryLimit {
		delete(l.done, l.keys[0])
		l.keys = l.keys[1:]
	}
	l.done[key] = true
	l.keys = append(l.keys, key)
	return nil
}
