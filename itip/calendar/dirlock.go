package calendar

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lockFile lies in every calendar that was ever written to. Whoever reads or writes the calendar locks it;
// it holds the calendar's generation, eight bytes that rise with every write.
const lockFile = ".lock"

// Queues let the goroutines of this process wait in order of arrival before they contend with other processes.
type Queues struct {
	mu    sync.Mutex
	lines map[string]*line
}

type line struct {
	turn    chan struct{}
	waiting int
}

// Enter waits for the turn at a calendar; leave ends it.
func (q *Queues) Enter(ctx context.Context, path string) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.mu.Lock()
	if q.lines == nil {
		q.lines = map[string]*line{}
	}
	l := q.lines[path]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		q.lines[path] = l
	}
	l.waiting++
	q.mu.Unlock()
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; q.left(path, l) }, nil
	case <-ctx.Done():
		q.left(path, l)
		return nil, fmt.Errorf("wait for the calendar: %w", ctx.Err())
	}
}

func (q *Queues) left(path string, l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.waiting--; l.waiting == 0 {
		delete(q.lines, path)
	}
}

// lock is a locked calendar folder; closing it, or the death of the process, unlocks it.
type lock struct{ *os.File }

// acquire locks a folder against other processes. flock(2) itself cannot be given a deadline, so it is asked
// again and again. To look, a lock file that is there is enough, and none is made: explain may be run by root,
// and must not leave files that the service cannot open.
func acquire(ctx context.Context, folder string, write bool) (lock, error) {
	flags := os.O_RDONLY
	if write {
		flags = os.O_RDWR | os.O_CREATE
	}
	path := filepath.Join(folder, lockFile)
	for pause := time.Millisecond / 2; ; pause = min(2*pause, 10*time.Millisecond) {
		l, err := tryLock(path, flags)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return lock{}, fmt.Errorf("wait for %s: %w", path, ctx.Err())
		case <-time.After(pause):
		}
	}
}

func tryLock(path string, flags int) (lock, error) {
	f, err := os.OpenFile(path, flags|unix.O_NOFOLLOW, fileMode)
	if err != nil {
		return lock{}, err
	}
	if err := lockOpened(f, path); err != nil {
		f.Close()
		return lock{}, err
	}
	return lock{f}, nil
}

// lockOpened locks a file that still has this name. A lock on one that somebody replaced meanwhile would
// exclude nobody.
func lockOpened(f *os.File, path string) (err error) {
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err == nil && !sameFile(f, path) {
		err = unix.EWOULDBLOCK
	}
	return err
}

func sameFile(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Lstat(path)
	return err == nil && os.SameFile(a, b)
}

// generation tells how often the calendar was written to; 0 for one without a lock file.
func (l lock) generation() (uint64, error) {
	if l.File == nil {
		return 0, nil
	}
	var b [8]byte
	n, err := l.ReadAt(b[:], 0)
	if n == len(b) {
		return binary.BigEndian.Uint64(b[:]), nil
	}
	if n == 0 && err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return 0, nil // fresh, or torn when the power failed: nobody remembers another one then
}

// advance makes every other process look anew. It is called before the first change, so that a crash in the
// middle is seen too. It need not be durable: when the power fails, everybody forgets.
func (l lock) advance() (uint64, error) {
	g, err := l.generation()
	if err != nil {
		return 0, err
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], g+1)
	_, err = l.WriteAt(b[:], 0)
	return g + 1, err
}

// free unlocks; a calendar that had nothing to lock is free already.
func (l lock) free() {
	if l.File != nil {
		l.Close()
	}
}

func notThere(err error) bool { return errors.Is(err, fs.ErrNotExist) }
