package filter

import (
	"context"
	"log/slog"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/message"
)

// Directory is what the pipeline asks to know who is meant. "Not there" is ok == false.
type Directory interface {
	Lookup(ctx context.Context, addr address.Address) (e *ldapdir.Entry, ok bool, err error)
	Login(ctx context.Context, user string) (e *ldapdir.Entry, ok bool, err error)
	// Behind gives who is behind a group or a forward, and the addresses nobody of ours owns.
	Behind(ctx context.Context, addr address.Address) (people []*ldapdir.Entry, outside []address.Address, err error)
}

// Pipeline is the modules in their order and what they work with. It is not changed after it was made;
// a new configuration is a new Pipeline.
type Pipeline struct {
	Steps     []Step
	Directory Directory // nil: nobody is known
	World     World
	Audit     bool // every step is asked and logged, nothing happens
	// Charge records what checkers counted; nil: nothing is counted.
	Charge func(context.Context, []Charge)
	// Seen is told what every checker said, refusal or not; nil: nobody is.
	Seen func(Checked)
	Log  *slog.Logger
}

// Mail resolves login and sender and asks the SenderCheckers. nil: go on.
func (p *Pipeline) Mail(ctx context.Context, env *Envelope) *Refusal {
	env.readArgs()
	p.resolveSender(ctx, env)
	return p.check(ctx, env, Checked{Stage: AtMail}, func(s *Step) *Setting { return s.settingForSender(env) },
		func(ctx context.Context, m Module) (Verdict, error) {
			if c, ok := m.(SenderChecker); ok {
				return c.CheckSender(ctx, env)
			}
			return Verdict{}, nil
		})
}

// Rcpt resolves a recipient and asks the RecipientCheckers. nil: the recipient is on the envelope.
func (p *Pipeline) Rcpt(ctx context.Context, env *Envelope, rcpt Recipient) *Refusal {
	p.resolve(ctx, &rcpt)
	refusal := p.check(ctx, env, Checked{Stage: AtRcpt, Rcpt: rcpt.Address}, func(s *Step) *Setting { return s.settingFor(env, rcpt.Address) },
		func(ctx context.Context, m Module) (Verdict, error) {
			if c, ok := m.(RecipientChecker); ok {
				return c.CheckRecipient(ctx, env, rcpt)
			}
			return Verdict{}, nil
		})
	if refusal == nil {
		env.Rcpts = append(env.Rcpts, rcpt)
	}
	return refusal
}

// Header asks the HeaderCheckers, then everybody what they want to see. Nothing: the mail is not for us.
func (p *Pipeline) Header(ctx context.Context, env *Envelope, h message.Header) (Interest, *Refusal) {
	refusal := p.check(ctx, env, Checked{Stage: AtHeader}, func(s *Step) *Setting { return s.settingForSender(env) },
		func(ctx context.Context, m Module) (Verdict, error) {
			if c, ok := m.(HeaderChecker); ok {
				return c.CheckHeader(ctx, env, h)
			}
			return Verdict{}, nil
		})
	if refusal != nil {
		return Nothing, refusal
	}
	var all Interest
	for i := range p.Steps {
		for share := range p.Steps[i].shares(env) {
			interest, err := share.interest(env, h)
			if err != nil {
				interest = Header // Run meets the same error and answers by on_error
			}
			all |= interest
		}
	}
	return all, nil
}

// check asks one question to every module in order; the first refusal counts. What the modules before it would
// have charged is not: nothing came of it.
func (p *Pipeline) check(ctx context.Context, env *Envelope, about Checked, pick func(*Step) *Setting,
	ask func(context.Context, Module) (Verdict, error)) *Refusal {
	var charges []Charge
	for i := range p.Steps {
		set := pick(&p.Steps[i])
		if set.Module == nil {
			continue
		}
		said := about
		said.Step = p.Steps[i].Name
		said.Verdict, said.Err = askWithin(ctx, set, ask)
		said.Audit = p.Audit || set.Audit || said.Would
		refusal := p.heard(env, set, said)
		if said.Audit || said.Err != nil && refusal == nil {
			continue
		}
		if refusal != nil {
			p.charge(ctx, said.Charges)
			return refusal
		}
		charges = append(charges, said.Charges...)
	}
	p.charge(ctx, charges)
	return nil
}

// heard logs what a checker said and gives the refusal that follows, also from an error.
func (p *Pipeline) heard(env *Envelope, set *Setting, said Checked) *Refusal {
	said.Answer = said.Refusal
	if said.Err != nil {
		p.logger().Warn("check failed", "step", said.Step, "queue", env.QueueID, "on_error", set.OnError, "err", said.Err)
		if said.Answer = nil; set.OnError != Pass {
			said.Answer = refusalOf(said.Err)
		}
	}
	if p.Seen != nil {
		p.Seen(said)
	}
	if said.Audit && said.Answer != nil {
		p.wouldRefuse(env, said, said.Answer)
	}
	return said.Answer
}

// wouldRefuse is the line of audit, the same for every stage: usher audit reads it.
func (p *Pipeline) wouldRefuse(env *Envelope, said Checked, r *Refusal) {
	p.logger().Info("would refuse", "step", said.Step, "stage", said.Stage, "listener", env.Listener, "role", env.Role,
		"queue", env.QueueID, "user", env.User, "client", env.Client, "from", env.From, "rcpt", said.Rcpt,
		"code", r.Code, "reason", r.Reason, "why", said.Why)
}

func (p *Pipeline) charge(ctx context.Context, charges []Charge) {
	if p.Charge != nil && len(charges) > 0 {
		p.Charge(ctx, charges)
	}
}

func askWithin(ctx context.Context, set *Setting, ask func(context.Context, Module) (Verdict, error)) (v Verdict, err error) {
	defer catch(&err)
	ctx, cancel := set.within(ctx)
	defer cancel()
	return ask(ctx, set.Module)
}

func (p *Pipeline) resolveSender(ctx context.Context, env *Envelope) {
	if p.Directory == nil {
		return
	}
	if env.User != "" {
		env.Principal, _, env.Err = p.Directory.Login(ctx, env.User)
	}
	if env.From != "" && env.Err == nil {
		env.Sender, _, env.Err = p.Directory.Lookup(ctx, env.From)
	}
}

func (p *Pipeline) resolve(ctx context.Context, rcpt *Recipient) {
	if p.Directory != nil && rcpt.Address != "" {
		rcpt.Entry, _, rcpt.Err = p.Directory.Lookup(ctx, rcpt.Address)
	}
}

func (p *Pipeline) logger() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.Default()
}

// mayHoldCalendar tells whether the content type leaves room for a text/calendar part anywhere in the mail.
func mayHoldCalendar(h message.Header) bool {
	ct := strings.ToLower(strings.TrimSpace(h.Get("Content-Type")))
	return strings.HasPrefix(ct, "multipart/") || strings.HasPrefix(ct, "text/calendar")
}
