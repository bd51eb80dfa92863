package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"slices"
	"strings"
	"unicode"

	"usher/ldapdir"
	"usher/milter/config"
)

// suspend stops an account: nothing it sends is taken, until it is resumed.
func suspend(s stdio, args []string) error {
	flags := newFlags("suspend", "LOGIN-OR-ADDRESS")
	file := flags.config()
	why := flags.String("why", "by hand", "`TEXT` for the log and for usher limits; the sender is not told")
	d, err := desk(flags, s, args, file, false)
	if err != nil {
		return err
	}
	defer d.close()
	if len(*why) > maxWhy {
		return failed(exitUsage, fmt.Errorf("-why: want at most %d bytes", maxWhy))
	}
	account, err := d.engine.whose(d.ctx, d.name)
	if err != nil {
		return err
	}
	if err := d.keeper.suspend(d.ctx, account, *why, administrator()); err != nil {
		return err
	}
	return say(s, d.titled(account)+" is suspended\n")
}

// resume lets an account go on.
func resume(s stdio, args []string) error {
	flags := newFlags("resume", "LOGIN-OR-ADDRESS")
	d, err := desk(flags, s, args, flags.config(), false)
	if err != nil {
		return err
	}
	defer d.close()
	account, err := d.account()
	if err != nil {
		return err
	}
	was, err := d.keeper.resume(d.ctx, account, administrator())
	if err != nil {
		return err
	}
	if !was {
		return say(s, d.titled(account)+" was not suspended; its counters begin at 0\n")
	}
	return say(s, d.titled(account)+" can send again; its counters begin at 0\n")
}

// counterDesk is where one of these commands is served: whom it is about, and who has the ledger.
type counterDesk struct {
	ctx    context.Context
	engine *engine
	keeper keeper
	name   string // as it was told
	cancel func()
}

// desk reads flags and configuration and finds the ledger.
func desk(f *flags, s stdio, args []string, file *string, readOnly bool) (*counterDesk, error) {
	if err := f.parse(s, f.flagsFirst(args)); err != nil {
		return nil, err
	}
	if !readOnly && f.Arg(0) == "" {
		return nil, failed(exitUsage, fmt.Errorf("whom? want a login or an address\n%s", f.usage()))
	}
	log := warnings(s.errout)
	e, err := open(*file, log)
	if err != nil {
		return nil, err
	}
	k, err := keeperOf(e, readOnly, log)
	if err != nil {
		e.close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*controlTime)
	return &counterDesk{ctx, e, k, f.Arg(0), cancel}, nil
}

// flagsFirst allows usher suspend doe -why "sends spam": who it is about comes to mind first.
func (f *flags) flagsFirst(args []string) []string {
	if f.Parse(args) == nil && f.NArg() > 1 && strings.HasPrefix(f.Arg(1), "-") {
		return append(slices.Clone(f.Args()[1:]), f.Arg(0))
	}
	return args
}

// warnings is the log of a command whose result is what it prints.
func warnings(w io.Writer) *slog.Logger {
	return logger(config.Log{Level: "warn"}, w)
}

func (d *counterDesk) close() {
	d.cancel()
	if err := d.keeper.close(); err != nil {
		d.engine.log.Warn("ledger not closed", "err", err)
	}
	d.engine.close()
}

// account is who is meant. Of somebody who has left the directory, or while it does not answer, the name that was
// counted will do.
func (d *counterDesk) account() (string, error) {
	account, err := d.engine.whose(d.ctx, d.name)
	if err == nil {
		return account, nil
	}
	for _, name := range []string{d.name, ldapdir.Fold(d.name)} {
		all, unread := d.keeper.report(d.ctx, name)
		if unread != nil {
			return "", errors.Join(err, unread)
		}
		if len(all.Accounts) == 1 && all.Accounts[0].known() {
			return name, nil
		}
	}
	return "", err
}

// titled is the account, and who was asked for if that says something else.
func (d *counterDesk) titled(account string) string {
	if account == d.name {
		return shown(account)
	}
	return fmt.Sprintf("%s (%s)", shown(account), shown(d.name))
}

// shown is text from elsewhere, for a terminal.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '?'
		}
		return r
	}, s)
}

// administrator is who runs the command.
func administrator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name[:min(len(name), 100)]
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprint("uid ", os.Getuid())
}
