package message

import (
	"errors"
	"sync"
)

// ErrFull says that the budget for mails in flight is used up. The sender tries again later.
var ErrFull = errors.New("no room for more mail in flight")

// Budget is what all mails in flight may take together. It is shared by all sessions of a process.
type Budget struct {
	dir    string
	memory account
	disk   account
}

// NewBudget allows so many bytes in memory and on disk, the latter in files below dir ("": the system's folder
// for such).
func NewBudget(memoryTotal, diskTotal int64, dir string) *Budget {
	return &Budget{dir: dir, memory: account{limit: memoryTotal}, disk: account{limit: diskTotal}}
}

// InUse is what the mails in flight take now.
func (b *Budget) InUse() (memory, disk int64) { return b.memory.inUse(), b.disk.inUse() }

// account counts bytes up to a limit.
type account struct {
	mu          sync.Mutex
	limit, used int64
}

func (a *account) take(n int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > a.limit-a.used {
		return false
	}
	a.used += n
	return true
}

func (a *account) give(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used -= n
}

func (a *account) inUse() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used
}
