package ldapdir

import (
	"sync"
	"time"
)

// breaker leaves a directory alone that does not answer, so that a mail does not wait for each of its
// questions, and lets one question through now and then to see whether it is back.
type breaker struct {
	Breaker
	mu       sync.Mutex
	failures int
	until    time.Time // left alone until then, when open
	open     bool
	probing  bool
	last     error
}

// allow tells whether to ask now, and whether it is to see if the directory is back; err is why not.
// Whoever was allowed reports.
func (b *breaker) allow(now time.Time) (probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open && (b.probing || now.Before(b.until)) {
		return false, b.last
	}
	b.probing = b.open
	return b.probing, nil
}

// report takes the outcome of a question: nil, or why the directory did not answer.
func (b *breaker) report(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	probed := b.probing
	b.probing = false
	if err == nil {
		b.failures, b.open, b.last = 0, false, nil
		return
	}
	b.failures++
	b.last = err
	if probed || b.failures >= b.Failures {
		b.open, b.until = true, now.Add(b.Pause)
	}
}

// state is closed (asking), open (left alone) or half-open (one question is on its way).
func (b *breaker) state() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.probing:
		return "half-open"
	case b.open:
		return "open"
	}
	return "closed"
}
