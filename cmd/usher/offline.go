package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
)

// maxOffline bounds a mail that filter and explain read, in bytes.
const maxOffline = 256 << 20

// offline is a mail from a file, what SMTP would have said about it, and what would become of it.
type offline struct {
	told   told
	mail   *message.Message // nil: the envelope alone is asked about
	header message.Header   // of the mail, or what is known of it; nil: nothing
	lf     bool             // it came with bare LF at the ends of lines
	env    filter.Envelope
	rcpts  []asked
	stages []filter.Checked // what checkers said
	verdict
}

// try is what filter and explain have in common: flags, configuration, mail, pipeline without effects. more adds
// flags of one of them.
func try(name string, s stdio, args []string, more func(*flags, *told)) (*offline, error) {
	return tryWith(name, s, args, more, func(*engine) error { return nil })
}

// tryWith is try with fewer modules; without leaves them out.
func tryWith(name string, s stdio, args []string, more func(*flags, *told), without func(*engine) error) (*offline, error) {
	o := new(offline)
	flags := newFlags(name, "MAIL")
	file := flags.config()
	o.told.flags(flags.FlagSet)
	more(flags, &o.told)
	if err := flags.parse(s, args); err != nil {
		return nil, err
	}
	e, err := open(*file, slog.New(slog.NewTextHandler(s.errout, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, err
	}
	defer e.close()
	if err := without(e); err != nil {
		return nil, err
	}
	alone, err := o.told.alone(flags.Arg(0), s.in)
	if err != nil {
		return nil, failed(exitUsage, err)
	}
	if alone {
		o.header = o.told.header()
	} else if err := o.read(flags.Arg(0), s.in); err != nil {
		return nil, failed(exitNoInput, err)
	}
	if err := o.address(e.config); err != nil {
		return nil, failed(exitUsage, err)
	}
	o.ask(e)
	return o, nil
}

// read takes the mail from a file, or from standard input.
func (o *offline) read(name string, in io.Reader) error {
	if name != "" && name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	var err error
	r := bufio.NewReader(in)
	o.lf = endsInLF(r)
	if o.mail, err = message.Read(r, maxOffline); err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(name, "standard input"), err)
	}
	o.header = o.mail.Header
	return nil
}

// endsInLF tells how the first line ends.
func endsInLF(r *bufio.Reader) bool {
	begin, _ := r.Peek(r.Size()) // an error comes again
	lf := bytes.IndexByte(begin, '\n')
	return lf >= 0 && !bytes.HasSuffix(begin[:lf], []byte("\r"))
}

// address makes the envelope from the flags, and from the header where they say nothing.
func (o *offline) address(c *config.Config) (err error) {
	if o.env, err = o.told.envelope(c); err != nil {
		return err
	}
	if o.env.FromArg, o.env.From, err = o.told.sender(o.header); err != nil {
		return err
	}
	o.rcpts, err = o.told.recipients(o.header)
	return err
}

// ask runs the mail through the pipeline of a world in which nothing happens.
func (o *offline) ask(e *engine) {
	ctx, cancel := context.WithTimeout(context.Background(), e.config.Limits.Deadline)
	defer cancel()
	p := e.pipeline(onlooker{})
	p.Seen = func(c filter.Checked) {
		if checks(e.steps, c) {
			o.stages = append(o.stages, c)
		}
	}
	o.through(ctx, p, e.config.Limits)
}

// onlooker is a world in which nothing happens.
type onlooker struct{}

func (onlooker) Apply(context.Context, []filter.Effect) error { return nil }

func (onlooker) Reserve(ctx context.Context, _ []string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}
