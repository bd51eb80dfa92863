package main

import (
	"errors"
	"flag"
	"net/netip"
	"slices"
	"time"

	"usher/milter/filter"
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

	none       bool   // no mail is read
	headerFrom string // what the From field of a mail that is not there would say; "": nothing is known
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
