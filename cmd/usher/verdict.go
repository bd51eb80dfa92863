package main

import (
	"context"
	"log/slog"

	"usher/milter/config"
	"usher/milter/filter"
)

// verdict is what becomes of a mail.
type verdict struct {
	outcome filter.Outcome
	early   bool // nobody was interested: let go at the end of its header
	// mailRefused: at MAIL, so that no recipient was asked about.
	mailRefused bool
}

// asked is a recipient and the answer to it; nil: taken.
type asked struct {
	filter.Recipient
	refusal *filter.Refusal
}

// through asks the pipeline as package milter does: in the order of SMTP, with the limits of the host.
// Without a mail it ends where the mail would begin.
func (o *offline) through(ctx context.Context, p *filter.Pipeline, limits config.Limits) {
	if o.outcome.Refuse = p.Mail(ctx, &o.env); o.outcome.Refuse != nil {
		o.mailRefused = true
		return
	}
	for i := range o.rcpts {
		o.rcpts[i].refusal = o.rcpt(ctx, p, i, limits)
	}
	if o.outcome.Refuse = o.lost(limits); o.outcome.Refuse != nil {
		return
	}
	if o.header == nil {
		return // nothing is known of it
	}
	interest, refusal := p.Header(ctx, &o.env, o.header)
	if o.outcome.Refuse = refusal; refusal != nil {
		return
	}
	if o.mail == nil {
		return
	}
	if o.early = interest == filter.Nothing; !o.early {
		o.outcome = p.Run(ctx, &filter.Tx{Envelope: o.env, Message: o.mail, Log: slog.New(slog.DiscardHandler)})
	}
}

func (o *offline) rcpt(ctx context.Context, p *filter.Pipeline, i int, limits config.Limits) *filter.Refusal {
	if i >= limits.Recipients {
		return &filter.Refusal{Code: 452, Enhanced: "4.5.3", Text: "Too many recipients"}
	}
	return p.Rcpt(ctx, &o.env, o.rcpts[i].Recipient)
}

// lost is why the mail cannot go on after its recipients. Role local refuses nobody alone: one that has to wait
// makes the whole mail wait.
func (o *offline) lost(limits config.Limits) (last *filter.Refusal) {
	for _, r := range o.rcpts {
		if r.refusal == nil {
			continue
		}
		last = r.refusal
		if o.env.Role == filter.Local && last.Temporary() {
			return last
		}
	}
	if len(o.env.Rcpts) == 0 {
		return last
	}
	return o.overlong(limits)
}

// overlong refuses a header beyond the limits, counted as the host does.
func (o *offline) overlong(limits config.Limits) *filter.Refusal {
	size := 0
	for _, f := range o.header {
		size += len(f.Name) + len(f.Raw) + len(":\r\n")
	}
	if size > int(limits.Header) || len(o.header) > limits.HeaderFields {
		return &filter.Refusal{Code: 552, Enhanced: "5.3.4", Text: "Message header too large"}
	}
	return nil
}

// code is the exit code for what became of the mail.
func (v verdict) code() int {
	switch r := v.outcome.Refuse; {
	case r != nil && r.Temporary():
		return exitTemporary
	case r != nil:
		return exitUnavailable
	case v.outcome.Discard:
		return exitDiscarded
	}
	return exitOK
}
