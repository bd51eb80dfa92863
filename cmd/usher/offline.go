package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// maxOffline bounds a mail that filter and explain read, in bytes.
const maxOffline = 256 << 20

// offline is a mail from a file and what SMTP would have said about it.
type offline struct {
	env   filter.Envelope
	rcpts []string
	mail  *message.Message
}

// envelopeFlags are the flags of filter and explain.
func (o *offline) flags(flags *flag.FlagSet) {
	o.env = filter.Envelope{Role: filter.Submission, Time: time.Now(), QueueID: "offline"}
	flags.Func("role", "`role` of the listener: inbound, submission, local or own (default submission)", func(s string) error {
		o.env.Role = filter.Role(s)
		if !slices.Contains(filter.Roles, o.env.Role) {
			return errors.New("want inbound, submission, local or own")
		}
		return nil
	})
	flags.StringVar(&o.env.Listener, "listener", "", "`name` of the listener (default: the role)")
	flags.StringVar(&o.env.User, "login", "", "who has logged in, as the mail server says it")
	flags.Func("client", "`address` of the client", func(s string) (err error) {
		o.env.Client, err = netip.ParseAddr(s)
		return err
	})
	flags.StringVar(&o.env.FromArg, "from", "", "envelope sender, <> for the null sender (default: from the header)")
	flags.Func("rcpt", "envelope recipient, as often as needed (default: from the header)", func(s string) error {
		o.rcpts = append(o.rcpts, s)
		return nil
	})
	flags.Func("time", "`when` the mail comes (RFC 3339; default: now)", func(s string) (err error) {
		o.env.Time, err = time.Parse(time.RFC3339, s)
		return err
	})
}

// read takes the mail from the one argument or standard input.
func (o *offline) read(args []string, in io.Reader) error {
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	var err error
	if o.mail, err = message.Read(bufio.NewReader(in), maxOffline); err != nil {
		return fmt.Errorf("read the mail: %w", err)
	}
	return nil
}

// complete takes from the header what the flags left out.
func (o *offline) complete() error {
	if o.env.Listener == "" {
		o.env.Listener = string(o.env.Role)
	}
	if o.env.FromArg == "" {
		o.env.FromArg = first(o.addresses("Return-Path", "Sender", "From"))
	}
	if len(o.rcpts) == 0 {
		o.rcpts = o.addresses("To", "Cc", "Bcc")
	}
	var err error
	if o.env.From, err = address.Parse(o.env.FromArg); err != nil {
		return fmt.Errorf("envelope sender: %w", err)
	}
	o.env.FromArg = strings.Trim(o.env.FromArg, "<>")
	if len(o.rcpts) == 0 {
		return errors.New("the header names no recipient, want -rcpt ADDRESS")
	}
	return nil
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// addresses are those of the named fields, as written.
func (o *offline) addresses(names ...string) []string {
	var all []string
	for _, name := range names {
		for _, value := range o.mail.Header.Values(name) {
			list, err := mail.ParseAddressList(value)
			if err != nil {
				continue
			}
			for _, a := range list {
				all = append(all, a.Address)
			}
		}
	}
	return all
}

// verdict is what happened to a mail that was sent through the pipeline without any mail server.
type verdict struct {
	outcome filter.Outcome
	refused map[string]*filter.Refusal // recipients refused at RCPT
	stage   string                     // where it ended: MAIL, RCPT, header, early, end
}

// through takes the mail through the pipeline's callbacks in the order of SMTP.
func (o *offline) through(ctx context.Context, p *filter.Pipeline, log *slog.Logger) (verdict, error) {
	v := verdict{refused: map[string]*filter.Refusal{}}
	env := &o.env
	if r := p.Mail(ctx, env); r != nil {
		v.stage, v.outcome.Refuse = "MAIL", r
		return v, nil
	}
	for _, arg := range o.rcpts {
		addr, err := address.Parse(arg)
		if err != nil {
			return v, fmt.Errorf("recipient: %w", err)
		}
		r := p.Rcpt(ctx, env, filter.Recipient{Address: addr, Arg: strings.Trim(arg, "<>")})
		if r != nil {
			v.refused[arg] = r
			v.outcome.Refuse = r
		}
	}
	if len(env.Rcpts) == 0 {
		v.stage = "RCPT"
		return v, nil
	}
	interest, refusal := p.Header(ctx, env, o.mail.Header)
	v.outcome.Refuse = refusal
	switch {
	case refusal != nil:
		v.stage = "header"
	case interest == filter.Nothing:
		v.stage = "early"
	default:
		v.stage = "end"
		v.outcome = p.Run(ctx, &filter.Tx{Envelope: *env, Message: o.mail, Log: log})
	}
	return v, nil
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

// try is what filter and explain have in common: flags, configuration, mail, pipeline without effects.
func try(name string, args []string, in io.Reader, errout io.Writer) (*offline, verdict, int) {
	flags, file := newFlags(name, errout)
	o := new(offline)
	o.flags(flags)
	if err := flags.Parse(args); err != nil || flags.NArg() > 1 {
		return nil, verdict{}, exitUsage
	}
	log := slog.New(slog.NewTextHandler(errout, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c, err := load(*file)
	if err != nil {
		fmt.Fprintln(errout, err)
		return nil, verdict{}, exitConfig
	}
	e, err := assemble(c, log)
	if err != nil {
		fmt.Fprintln(errout, err)
		return nil, verdict{}, exitConfig
	}
	defer e.close()
	if err := errors.Join(o.read(flags.Args(), in)); err != nil {
		fmt.Fprintln(errout, "usher:", err)
		return nil, verdict{}, exitNoInput
	}
	if err := o.complete(); err != nil {
		fmt.Fprintln(errout, "usher:", err)
		return nil, verdict{}, exitUsage
	}
	v, err := o.through(context.Background(), e.pipeline(onlooker{}), log)
	if err != nil {
		fmt.Fprintln(errout, "usher:", err)
		return nil, verdict{}, exitUsage
	}
	return o, v, v.code()
}
