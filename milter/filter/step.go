package filter

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"time"

	"usher/address"
	"usher/milter/message"
)

// Step is one module at its place in the pipeline.
type Step struct {
	Name string
	// PerRecipient: domain overrides follow the domain of each recipient, even for mail our own people send.
	// Otherwise they follow the sender's domain for mail our people send, and the recipients' for other mail.
	PerRecipient bool
	// Own: the module also works on role own, where our automatic mail comes back in.
	Own bool
	Setting
	Variants []Variant // in order, the last that fits wins
}

// Setting is a module as configured: for everybody, or for one listener or domain.
type Setting struct {
	Module  Module // nil: not enabled
	OnError OnError
	Timeout time.Duration // of one call; 0: only the host's deadline
	Audit   bool          // asked and logged, but nothing happens
}

// Variant is a Setting for one listener, one domain, or both; "" is any.
type Variant struct {
	Listener, Domain string
	Setting
}

// off is the setting of a module that is not asked.
var off Setting

// setting is what counts for this listener and domain; domain "" is "no particular one".
func (s *Step) setting(env *Envelope, domain string) *Setting {
	if env.Role == Own && !s.Own {
		return &off
	}
	for i := len(s.Variants) - 1; i >= 0; i-- {
		v := &s.Variants[i]
		if (v.Listener == "" || v.Listener == env.Listener) && (v.Domain == "" || v.Domain == domain) {
			return &v.Setting
		}
	}
	return &s.Setting
}

// ofSender tells whether the sender's domain decides which setting counts.
func (s *Step) ofSender(env *Envelope) bool {
	return !s.PerRecipient && (env.Role == Submission || env.Role == Local)
}

// settingForSender is what counts before there are recipients.
func (s *Step) settingForSender(env *Envelope) *Setting {
	if s.ofSender(env) {
		return s.setting(env, env.From.Domain())
	}
	return s.setting(env, "")
}

// settingFor is what counts for one recipient.
func (s *Step) settingFor(env *Envelope, rcpt address.Address) *Setting {
	if s.ofSender(env) {
		return s.setting(env, env.From.Domain())
	}
	return s.setting(env, rcpt.Domain())
}

// share is a setting and the recipients it counts for.
type share struct {
	*Setting
	rcpts []Recipient
}

// settingForAll is what counts for every recipient, if it is the same.
func (s *Step) settingForAll(env *Envelope) (set *Setting, same bool) {
	set = s.settingFor(env, env.Rcpts[0].Address)
	if s.ofSender(env) || len(s.Variants) == 0 {
		return set, true
	}
	for i := range env.Rcpts {
		if s.settingFor(env, env.Rcpts[i].Address) != set {
			return nil, false
		}
	}
	return set, true
}

// shares groups the recipients by what counts for them, in order of first appearance; disabled ones are left out.
// Where it is the same for all there is nothing to group: most mail is not for us and has to cost little.
func (s *Step) shares(env *Envelope) iter.Seq[share] {
	return func(yield func(share) bool) {
		if len(env.Rcpts) == 0 {
			return
		}
		if set, same := s.settingForAll(env); same {
			if set.Module != nil {
				yield(share{set, env.Rcpts})
			}
			return
		}
		for _, sh := range s.groups(env) {
			if !yield(sh) {
				return
			}
		}
	}
}

func (s *Step) groups(env *Envelope) []share {
	var all []share
	for _, r := range env.Rcpts {
		set := s.settingFor(env, r.Address)
		i := slices.IndexFunc(all, func(sh share) bool { return sh.Setting == set })
		switch {
		case set.Module == nil:
		case i < 0:
			all = append(all, share{set, []Recipient{r}})
		default:
			all[i].rcpts = append(all[i].rcpts, r)
		}
	}
	return all
}

// interest is what the module wants of this mail, without what the header already rules out.
func (s *Setting) interest(env *Envelope, h message.Header) (i Interest, err error) {
	defer catch(&err)
	i = s.Module.Match(env, h)
	if i&Calendar != 0 && !mayHoldCalendar(h) {
		i &^= Calendar
	}
	return i, nil
}

// plan asks the module, within its time.
func (s *Setting) plan(ctx context.Context, tx *Tx) (p Plan, err error) {
	defer catch(&err)
	ctx, cancel := s.within(ctx)
	defer cancel()
	return s.Module.Plan(ctx, tx)
}

func (s *Setting) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.Timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.Timeout)
}

// PanicError is a panic of a module, caught.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// catch turns a panic of a module into its error: the next mail must not suffer.
func catch(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: debug.Stack()}
	}
}
