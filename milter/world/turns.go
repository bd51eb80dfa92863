package world

import (
	"context"
	"slices"
	"sync"
)

// turns lets one at a time have each name, in order of arrival. The zero value is ready.
type turns struct {
	mu    sync.Mutex
	lines map[string][]ticket
}

// ticket is a place in a line; it is closed when its turn has come.
type ticket chan struct{}

// take waits in line. Who gives up leaves the line without holding up those behind.
func (t *turns) take(ctx context.Context, name string) (ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	mine := t.queue(name)
	select {
	case <-mine:
		return mine, nil
	case <-ctx.Done():
		t.leave(name, mine)
		return nil, ctx.Err()
	}
}

func (t *turns) queue(name string) ticket {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lines == nil {
		t.lines = make(map[string][]ticket)
	}
	mine := make(ticket)
	if len(t.lines[name]) == 0 {
		close(mine)
	}
	t.lines[name] = append(t.lines[name], mine)
	return mine
}

// leave ends a turn, or the wait for it: both pass the turn on if it was ours to pass.
func (t *turns) leave(name string, mine ticket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := t.lines[name]
	place := slices.Index(line, mine)
	if place < 0 {
		return
	}
	line = slices.Delete(line, place, place+1)
	t.lines[name] = line
	switch {
	case len(line) == 0:
		delete(t.lines, name)
	case place == 0:
		close(line[0])
	}
}
