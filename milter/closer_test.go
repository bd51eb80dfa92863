package milter

import (
	"context"
	"slices"
	"sync"
	"testing"

	"usher/milter/filter"
	"usher/milter/miltertest"
)

// rides gives each mail a pipeline of its own and counts how often each was closed.
type rides struct {
	mu     sync.Mutex
	closed []int
}

type ride struct {
	Pipeline
	rides *rides
	index int
}

func (r *ride) Close() error {
	r.rides.mu.Lock()
	defer r.rides.mu.Unlock()
	r.rides.closed[r.index]++
	return nil
}

func (rs *rides) begin(p Pipeline) Pipeline {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.closed = append(rs.closed, 0)
	return &ride{p, rs, len(rs.closed) - 1}
}

// TestPipelineIsClosedOnceForEachMail, however the mail ends.
func TestPipelineIsClosedOnceForEachMail(t *testing.T) {
	var rs rides
	p := &fake{
		mail: func(_ context.Context, env *filter.Envelope) *filter.Refusal {
			if env.From == "spoof@example.org" {
				return refusal(553, "5.7.1", "Not your address")
			}
			return nil
		},
		run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
			if tx.From == "panic@example.org" {
				panic("as agreed")
			}
			return filter.Outcome{}
		},
	}
	h := start(t, filter.Submission, p, func(o *Options) { o.Pipeline = func() Pipeline { return rs.begin(p) } })
	s := h.dial(miltertest.Postfix)
	for _, from := range []string{"alice@example.org", "spoof@example.org", "panic@example.org"} {
		m := simple()
		m.From = from
		deliver(t, s, m)
	}
	step(t, s.Mail, "<begun@example.org>")
	step(t, s.Mail, "<again@example.org>") // in the place of the one before
	s.Quit()
	h.done(5)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if want := []int{1, 1, 1, 1, 1}; !slices.Equal(rs.closed, want) {
		t.Errorf("closed %v times, want %v", rs.closed, want)
	}
}
