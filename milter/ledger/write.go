package ledger

import (
	"errors"
	"time"

	"usher/milter/store"
)

// behind is how long a charge may wait for others to go to the disk with.
const behind = 500 * time.Millisecond

// maxQueue bounds the charges that wait for a disk that does not answer. More are counted, and not written.
const maxQueue = 1 << 16

// enqueue notes what has to go to the disk. Suspensions and resumptions always find room: there are few.
func (l *Ledger) enqueue(e entry) {
	if l.file == nil {
		return
	}
	if n := len(l.queue); e.kind == isCharge && n > 0 && l.queue[n-1].joins(e) {
		l.queue[n-1].amount += e.amount // the next recipient of the same mail
		return
	}
	if e.kind == isCharge && len(l.queue) >= maxQueue {
		if !l.dropped {
			l.log.Error("ledger is not written, a restart will forget some charges", "waiting", len(l.queue))
		}
		l.dropped = true
		return
	}
	l.queue = append(l.queue, e)
}

func (l *Ledger) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// keepWriting brings charges to the disk, a batch at a time.
func (l *Ledger) keepWriting() {
	for {
		select {
		case <-l.wake:
		case <-l.end:
			return
		}
		select {
		case <-time.After(behind):
		case <-l.end:
			return // Close writes the rest
		}
		if l.flush() != nil {
			l.nudge() // the disk may have room again
		}
	}
}

// flush brings the queue to the disk. What cannot be written stays in it, in its order.
func (l *Ledger) flush() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	batch := l.queue
	l.queue = nil
	l.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := l.file.Update(func(tx *store.Tx) error { return write(tx, batch) })
	l.mu.Lock()
	if err != nil {
		l.queue = append(batch, l.queue...)
	} else {
		l.dropped = false
	}
	l.mu.Unlock()
	l.report(err)
	return err
}

// report tells of the first write that fails, and of the first that does not.
func (l *Ledger) report(err error) {
	switch was := l.failing; {
	case err != nil && !was:
		l.log.Error("ledger not written, it counts on in memory", "err", err, "for_good", errors.Is(err, store.ErrDamaged))
	case err == nil && was:
		l.log.Info("ledger is written again")
	}
	l.failing = err != nil
}
