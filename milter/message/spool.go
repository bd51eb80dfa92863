package message

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// DefaultMemoryPerMail is how much of a body is kept in memory before it goes to a file.
const DefaultMemoryPerMail = 256 << 10

// ErrClosed says that a spool was closed and its bytes are gone.
var ErrClosed = fmt.Errorf("spool: %w", fs.ErrClosed)

// Spool takes in one body as it arrives: first in memory, then in one file that has no name any more when the
// first byte is written, so that nothing is left behind whatever happens to the process.
type Spool struct {
	budget *Budget
	limit  int64 // bytes in memory

	mu     sync.RWMutex
	chunks [][]byte
	ends   []int64 // where each chunk ends
	file   *os.File
	size   int64
	err    error // what ended it
}

// Spool opens a spool that keeps up to memoryPerMail bytes in memory (0: DefaultMemoryPerMail; negative: none).
// With the memory of all mails used up, it takes a file at once.
func (b *Budget) Spool(memoryPerMail int64) *Spool {
	if memoryPerMail == 0 {
		memoryPerMail = DefaultMemoryPerMail
	}
	return &Spool{budget: b, limit: memoryPerMail}
}

// Append takes the next bytes. The chunk is kept: whoever hands it in must not write to it again. After an
// error (ErrFull, or one of the disk) the spool takes nothing more.
func (s *Spool) Append(chunk []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if len(chunk) == 0 || s.keep(chunk) {
		return nil
	}
	if err := s.write(chunk); err != nil {
		s.err = err
		return err
	}
	return nil
}

// keep holds the chunk in memory, if there is room.
func (s *Spool) keep(chunk []byte) bool {
	n := int64(len(chunk))
	if s.file != nil || s.size+n > s.limit || !s.budget.memory.take(n) {
		return false
	}
	s.size += n
	s.chunks, s.ends = append(s.chunks, chunk), append(s.ends, s.size)
	return true
}

// write puts the chunk into the file.
func (s *Spool) write(chunk []byte) error {
	if s.file == nil {
		if err := s.spill(); err != nil {
			return err
		}
	}
	n := int64(len(chunk))
	if !s.budget.disk.take(n) {
		return fmt.Errorf("spool: %w", ErrFull)
	}
	if _, err := s.file.WriteAt(chunk, s.size); err != nil {
		s.budget.disk.give(n)
		return diskError(err)
	}
	s.size += n
	return nil
}

// spill moves what is in memory into a new file.
func (s *Spool) spill() error {
	if !s.budget.disk.take(s.size) {
		return fmt.Errorf("spool: %w", ErrFull)
	}
	file, err := namelessFile(s.budget.dir)
	for _, chunk := range s.chunks {
		if err == nil {
			_, err = file.Write(chunk)
		}
	}
	if err != nil {
		file.Close() // harmless if there is none
		s.budget.disk.give(s.size)
		return diskError(err)
	}
	s.file, s.chunks, s.ends = file, nil, nil
	s.budget.memory.give(s.size)
	return nil
}

func namelessFile(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "usher-")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("spool: %w: %w", ErrFull, err)
	}
	return fmt.Errorf("spool: %w", err)
}

// Body is what was taken in so far. It can be read until the spool is closed.
func (s *Spool) Body() Body {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &spooled{s, s.size}
}

// Close lets go of memory and file. It may be called again.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == ErrClosed {
		return nil
	}
	s.err = ErrClosed
	if s.file == nil {
		s.budget.memory.give(s.size)
		s.chunks, s.ends = nil, nil
		return nil
	}
	s.budget.disk.give(s.size)
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}
