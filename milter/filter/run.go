package filter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"usher/address"
)

// maxAttempts bounds how often one mail is planned because the world moved. From the second attempt on
// the mail has its turn at the calendars concerned, so only other hosts can still come first.
const maxAttempts = 8

// Run plans, performs the effects and tells what becomes of the mail. Nothing happens before every step
// agreed, and nothing is accepted whose effects did not happen.
func (p *Pipeline) Run(ctx context.Context, tx *Tx) Outcome {
	mail := *tx
	r := run{p: p, tx: &mail, without: map[int]error{}, begun: map[int]bool{}, host: ctx, ctx: ctx}
	r.crowds = &crowds{directory: p.Directory, known: map[address.Address]crowd{}}
	defer r.release()
	for r.attempt = 1; r.attempt <= maxAttempts; r.attempt++ {
		if outcome, done := r.once(); done {
			outcome.Attempts = r.attempt
			p.audited(&tx.Envelope, outcome.Reasons)
			return outcome
		}
	}
	return r.unavailable(fmt.Errorf("planned %d times, the world moved each time", maxAttempts))
}

// despite adds to an error what the mail had to be planned again for: who reads that it was not decided in time
// wants to know what it waited for.
func (r *run) despite(err error) error {
	if r.moved == nil || errors.Is(err, ErrStale) {
		return err
	}
	return fmt.Errorf("%w (before that: %w)", err, r.moved)
}

// audited logs the refusals of steps that were only asked, once the mail is decided.
func (p *Pipeline) audited(env *Envelope, reasons []Reason) {
	for _, r := range reasons {
		if r.Audit && r.Plan.Refuse != nil {
			p.wouldRefuse(env, Checked{Step: r.Step, Stage: AtMessage, Verdict: Verdict{Why: r.Plan.Why}}, r.Plan.Refuse)
		}
	}
}

// run is one mail at the end of its message.
type run struct {
	p        *Pipeline
	tx       *Tx
	host     context.Context // with the host's deadline
	ctx      context.Context // the same, in the reservation once there is one
	attempt  int
	without  map[int]error
	crowds   *crowds
	reserved []string
	free     func()
	last     *draft
	moved    error        // why it was planned again last
	begun    map[int]bool // steps of whose effects some may have happened for good: they are not left out any more
}

// once plans and applies; done is false when it has to be planned again.
func (r *run) once() (o Outcome, done bool) {
	d := r.p.draft(r.ctx, r.tx, r.without, r.crowds, r.begun)
	d.inPlace(r.p.World)
	r.last = d
	if d.refuse != nil || len(d.effects) == 0 {
		return d.outcome(), true
	}
	if r.p.World == nil {
		return r.unavailable(errors.New("no world to perform effects in")), true
	}
	err := r.p.World.Apply(r.ctx, d.effects)
	var failed *EffectError
	switch {
	case err == nil:
		return d.outcome(), true
	case errors.Is(err, ErrStale) && !errors.As(err, &failed):
		r.moved = err
		if errors.Is(err, ErrHeld) {
			r.release() // to the back of the queue: the one we wait for may be in it
		}
		if err := r.reserve(d.calendars()); err != nil {
			return r.unavailable(err), true
		}
		return Outcome{}, false
	case errors.As(err, &failed) && r.around(failed):
		return Outcome{}, false
	case errors.As(err, &failed) && !failed.Committed && r.leaveOut(failed):
		return Outcome{}, false
	default:
		return r.unavailable(err), true
	}
}

// around has everything planned again without a calendar that cannot be written to, if on_error lets whom it belongs to
// go without: the calendars of others, and the recipients the step is not about, are not to suffer for it. What has
// happened already is planned once more as it is.
func (r *run) around(failed *EffectError) bool {
	put, ok := r.last.putApart(failed.Index)
	if !ok || r.tx.Unwritable[put.Calendar] != nil || r.last.strict[r.last.owner[failed.Index]] {
		return false
	}
	unwritable := maps.Clone(r.tx.Unwritable)
	if unwritable == nil {
		unwritable = map[string]error{}
	}
	unwritable[put.Calendar] = failed.Err
	r.tx.Unwritable = unwritable
	if failed.Committed {
		for _, step := range r.last.owner {
			r.begun[step] = true
		}
	}
	r.attempt-- // there are no more of these than calendars
	return true
}

// leaveOut drops the step whose effect failed, if its on_error says so.
func (r *run) leaveOut(failed *EffectError) bool {
	if failed.Index < 0 || failed.Index >= len(r.last.owner) {
		return false
	}
	step := r.last.owner[failed.Index]
	if step < 0 || r.last.strict[step] || r.begun[step] {
		return false
	}
	r.without[step] = failed.Err
	return true
}

// reserve takes a turn at the calendars concerned; turns are given in order of arrival.
func (r *run) reserve(calendars []string) error {
	want := slices.Concat(r.reserved, calendars)
	slices.Sort(want)
	want = slices.Compact(want)
	if slices.Equal(want, r.reserved) {
		return nil
	}
	r.release()
	ctx, free, err := r.p.World.Reserve(r.host, want)
	if err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	r.ctx, r.free, r.reserved = ctx, free, want
	return nil
}

func (r *run) release() {
	if r.free != nil {
		r.free()
		r.free, r.reserved, r.ctx = nil, nil, r.host
	}
}

// unavailable keeps what the steps said and answers 451.
func (r *run) unavailable(err error) Outcome {
	o := Outcome{Refuse: r.refusal(err)}
	if r.last != nil {
		o.Reasons = r.last.reasons
	}
	o.Reasons = append(slices.Clone(o.Reasons), Reason{Step: "host", Err: r.despite(err)})
	o.Attempts = r.attempt
	return o
}

// refusal is what the sender is told about an error: to try again, or, when a branch of the mail was refused for
// good, what its sender has to know.
func (r *run) refusal(err error) *Refusal {
	var failed *EffectError
	var verdict interface {
		Final() bool
		Refusal() *Refusal
	}
	if !errors.As(err, &failed) || !errors.As(err, &verdict) || !verdict.Final() || r.last == nil {
		return Unavailable()
	}
	if send, ok := r.last.effects[failed.Index].(Send); ok && send.Branch {
		return verdict.Refusal()
	}
	return Unavailable()
}
