package main

import (
	"context"
	"sync"

	"usher/milter/filter"
)

// engines hands every new mail the current engine, and closes one that was replaced when its last mail is done.
type engines struct {
	mu      sync.Mutex
	current *generation
}

// generation is an engine with its pipeline at work.
type generation struct {
	*engine
	*filter.Pipeline
	users int    // mails on it, and one more while it is the current
	close func() // when there are none any more
}

// replace makes next the current one; nil at the end.
func (es *engines) replace(next *generation) {
	es.mu.Lock()
	before := es.current
	if es.current = next; next != nil {
		next.users++
	}
	es.mu.Unlock()
	if before != nil {
		es.leave(before)
	}
}

// now is the current one, for a look.
func (es *engines) now() *generation {
	es.mu.Lock()
	defer es.mu.Unlock()
	return es.current
}

// board is the current one, for somebody who will leave.
func (es *engines) board() *generation {
	es.mu.Lock()
	defer es.mu.Unlock()
	es.current.users++
	return es.current
}

func (es *engines) leave(g *generation) {
	es.mu.Lock()
	g.users--
	last := g.users == 0
	es.mu.Unlock()
	if last {
		g.close()
	}
}

// ride is one mail on a generation's pipeline.
type ride struct {
	*generation
	leave   func(*generation)
	metrics *metrics
}

// Run is that of the pipeline, and counts what the modules said.
func (r *ride) Run(ctx context.Context, tx *filter.Tx) filter.Outcome {
	o := r.generation.Run(ctx, tx)
	r.metrics.modules(o.Reasons)
	return o
}

// Close ends the ride.
func (r *ride) Close() error {
	r.leave(r.generation)
	return nil
}
