package main

import (
	"errors"
	"fmt"
	"sync"
)

// held is what many large mails at once cost in memory.
type held struct {
	mails, size     int
	before, in, top int64 // resident bytes
}

// memory opens many connections, hands in on each all of a mail but its end, looks, and ends them all.
func (l *lab) memory() (h held, err error) {
	m := ofOurs("large", l.mailSize) // one whose body is wanted
	h = held{mails: l.inFlight, size: len(m.data)}
	pid := l.usher.child.pid()
	if h.before, _, err = resident(pid); err != nil {
		return h, err
	}
	lines := make([]*direct, l.inFlight)
	defer func() {
		for _, d := range lines {
			if d != nil {
				d.session.Close()
			}
		}
	}()
	for i := range lines {
		if lines[i], err = dialDirect(l.usher.sockets[m.role], m); err != nil {
			return h, err
		}
	}
	if err := each(lines, (*direct).sendAllButEnd); err != nil {
		return h, fmt.Errorf("%d mails in flight: %w", l.inFlight, err)
	}
	if h.in, _, err = resident(pid); err != nil {
		return h, err
	}
	if err := each(lines, (*direct).end); err != nil {
		return h, fmt.Errorf("%d mails at their end: %w", l.inFlight, err)
	}
	_, h.top, err = resident(pid)
	return h, err
}

func (d *direct) sendAllButEnd() error {
	wanted, err := d.upToBody()
	if err != nil {
		return err
	}
	if !wanted {
		return errors.New("the filter does not want to see the body")
	}
	return d.sendBody()
}

// each does the same on all lines at once.
func each(lines []*direct, do func(*direct) error) error {
	errs := make([]error, len(lines))
	var wg sync.WaitGroup
	for i, d := range lines {
		wg.Go(func() { errs[i] = do(d) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (h held) String() string {
	mb := func(n int64) int64 { return n >> 20 }
	return fmt.Sprintf("Resident memory of Usher: %d MB before, %d MB with %d mails of %d MB in flight, %d MB at most until all were decided.\n",
		mb(h.before), mb(h.in), h.mails, h.size>>20, mb(h.top))
}
