package main

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"usher/address"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
)

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
