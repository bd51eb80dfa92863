package main

import (
	"errors"
	"flag"
	"fmt"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
)

// told is what the flags of filter and explain say in the place of an SMTP client and a mail server.
type told struct {
	role     filter.Role // "": that of the listener, or submission
	listener string
	login    string
	client   netip.Addr
	from     *string // nil: from the header
	rcpts    []string
	time     time.Time
}

func (t *told) flags(f *flag.FlagSet) {
	t.time = time.Now()
	f.Func("role", "`ROLE` of the listener: inbound, submission, local or own (default submission)", t.setRole)
	f.StringVar(&t.listener, "listener", "", "`NAME` of the listener (default the first one of this role)")
	f.StringVar(&t.login, "login", "", "the `USER` who has logged in")
	f.Func("client", "IP `ADDRESS` of the client", t.setClient)
	f.Func("from", "`ADDRESS` of the envelope sender, <> for none (default from the header)", t.setFrom)
	f.Func("rcpt", "`ADDRESS` of a recipient, as often as needed (default from the header)", t.addRcpt)
	f.Func("time", "the `TIME` when the mail comes, such as 2026-11-20T10:00:00Z (default now)", t.setTime)
}

func (t *told) setRole(s string) error {
	t.role = filter.Role(s)
	if !slices.Contains(filter.Roles, t.role) {
		return errors.New("want inbound, submission, local or own")
	}
	return nil
}

func (t *told) setClient(s string) (err error) {
	if t.client, err = netip.ParseAddr(s); err != nil {
		return errors.New("want an IP address such as 192.0.2.1")
	}
	return nil
}

func (t *told) setFrom(s string) error { t.from = &s; return nil }

func (t *told) addRcpt(s string) error { t.rcpts = append(t.rcpts, s); return nil }

func (t *told) setTime(s string) (err error) {
	if t.time, err = time.Parse(time.RFC3339, s); err != nil {
		return errors.New("want a time such as 2026-11-20T10:00:00+01:00")
	}
	return nil
}

// envelope is what is known before MAIL FROM. A listener that is named has to exist, for overrides and roles
// depend on it; a role that no listener has may still be tried.
func (t *told) envelope(c *config.Config) (filter.Envelope, error) {
	env := filter.Envelope{Role: t.role, Listener: t.listener, User: t.login, Client: t.client, Time: t.time, QueueID: "offline"}
	if env.Role == "" && env.Listener == "" {
		env.Role = filter.Submission
	}
	fits := func(l config.Listener) bool {
		return (env.Listener == "" || l.Name == env.Listener) && (env.Role == "" || l.Role == env.Role)
	}
	switch i := slices.IndexFunc(c.Listen, fits); {
	case i >= 0:
		env.Listener, env.Role = c.Listen[i].Name, c.Listen[i].Role
	case env.Listener != "":
		return env, fmt.Errorf("no listener %q%s, there are %s", env.Listener, ofRole(env.Role), listeners(c))
	default:
		env.Listener = string(env.Role)
	}
	return env, nil
}

func ofRole(r filter.Role) string {
	if r == "" {
		return ""
	}
	return " of role " + string(r)
}

func listeners(c *config.Config) string {
	var all []string
	for _, l := range c.Listen {
		all = append(all, fmt.Sprintf("%s (%s)", l.Name, l.Role))
	}
	return strings.Join(all, ", ")
}

// sender is the one told, or the one the header names: as the mail was delivered, sent or written.
func (t *told) sender(h message.Header) (arg string, a address.Address, err error) {
	switch written := addresses(h, "Return-Path", "Sender", "From"); {
	case t.from != nil:
		arg = *t.from
	case len(written) == 0:
		return "", "", errors.New("the header names no sender, want -from ADDRESS, or -from '<>' for none")
	default:
		arg = written[0]
	}
	if a, err = address.Parse(arg); err != nil {
		return "", "", fmt.Errorf("envelope sender: %w", err)
	}
	return unbracketed(arg), a, nil
}

// recipients are those told, or those the header names.
func (t *told) recipients(h message.Header) (all []asked, err error) {
	args := t.rcpts
	if len(args) == 0 {
		args = addresses(h, "To", "Cc", "Bcc")
	}
	for _, arg := range args {
		a, err := address.Parse(arg)
		if err == nil && a == "" {
			err = errors.New("the empty address")
		}
		if err != nil {
			return nil, fmt.Errorf("recipient: %w", err)
		}
		all = append(all, asked{Recipient: filter.Recipient{Address: a, Arg: unbracketed(arg)}})
	}
	if len(all) == 0 {
		return nil, errors.New("the header names no recipient, want -rcpt ADDRESS")
	}
	return all, nil
}

func unbracketed(arg string) string {
	if strings.HasPrefix(arg, "<") && strings.HasSuffix(arg, ">") {
		return arg[1 : len(arg)-1]
	}
	return arg
}

// addresses are those of the named fields, as written; Return-Path may name the null sender.
func addresses(h message.Header, names ...string) (all []string) {
	for _, name := range names {
		for _, value := range h.Values(name) {
			if strings.TrimSpace(value) == "<>" {
				all = append(all, "<>")
			}
			list, err := mail.ParseAddressList(value)
			if err != nil {
				continue // of no use for an envelope; whoever asks sees which recipients there are
			}
			for _, a := range list {
				all = append(all, a.Address)
			}
		}
	}
	return all
}
