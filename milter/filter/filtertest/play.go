package filtertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/world"
)

// hostname is what texts and Message-IDs of cases say.
const hostname = "mx.example.org"

// secret signs what comes back to us: always the same, so that a case can hold what another one sent.
const secret = "the secret of all cases"

// calendars are those of a stage, all of which can be looked at.
type calendars interface {
	calendar.Store
	Snapshot() map[string]map[string]string
	Holds() map[string][]string
}

// stage is a world to play a case in: calendars, an outbox and the directory.
type stage struct {
	calendars calendars
	outbox    *world.Outbox
	done      *world.MemoryLog
	directory *ldapdir.Dir
	steps     []filter.Step
	clock     func() time.Time
	later     time.Duration // how long after the first attempt it is
}

// played is what came of a mail: what the pipeline answered and what it would tell the mail server.
type played struct {
	env     filter.Envelope
	refused []string // recipients refused at RCPT, and the sender at MAIL
	early   bool
	outcome filter.Outcome
	mail    *message.Message
	touched bool // the envelope is not what it was
}

// seen is all of an envelope that a module is shown, entries of the directory included.
func seen(env filter.Envelope) string {
	var b strings.Builder
	for _, r := range env.Rcpts {
		fmt.Fprintf(&b, "%+v %+v\n", r, r.Entry)
	}
	fmt.Fprintf(&b, "%+v %+v %+v", env, env.Principal, env.Sender)
	return b.String()
}

// play takes the mail through all callbacks. step is told every point of Apply and may end it there.
func (s *stage) play(ctx context.Context, c *Case, w filter.World) (played, error) {
	env, rcpts, err := c.envelope()
	if err != nil {
		return played{}, err
	}
	mail, err := c.mail()
	if err != nil {
		return played{}, err
	}
	env.Time = env.Time.Add(s.later)
	p := &filter.Pipeline{Steps: s.steps, Directory: s.directory, World: w, Log: slog.New(slog.DiscardHandler)}
	out := played{mail: mail}
	if r := p.Mail(ctx, &env); r != nil {
		out.refused = append(out.refused, "mail "+r.String())
		return out, nil
	}
	for _, rcpt := range rcpts {
		if r := p.Rcpt(ctx, &env, rcpt); r != nil {
			out.refused = append(out.refused, "rcpt "+rcpt.Address.String()+" "+r.String())
		}
	}
	interest, refusal := p.Header(ctx, &env, mail.Header)
	out.env, out.outcome.Refuse = env, refusal
	if out.early = interest == filter.Nothing && refusal == nil; !out.early && refusal == nil {
		before := seen(env)
		out.outcome = p.Run(ctx, &filter.Tx{Envelope: env, Message: mail, Log: p.Log})
		out.touched = seen(env) != before
	}
	return out, nil
}

// world performs effects on the stage; step is told every point and may end it there, as a crash would.
func (s *stage) world(step func(point string) error) *world.World {
	return world.New(world.Parts{Store: s.calendars, Submitter: s.outbox, DoneLog: s.done, Clock: s.clock, Hostname: hostname},
		world.WithStep(step))
}

// onlooker lets nothing happen.
type onlooker struct{}

func (onlooker) Apply(context.Context, []filter.Effect) error { return nil }

func (onlooker) Reserve(ctx context.Context, _ []string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

var errCrash = errors.New("the process died here")

// calm never crashes.
func calm(string) error { return nil }
