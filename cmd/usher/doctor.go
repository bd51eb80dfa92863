package main

import (
	"fmt"
	"strings"

	"usher/cmd/usher/doctor"
	"usher/milter/config"
)

// examine compares Postfix's configuration with our own. Nothing is changed.
func examine(s stdio, args []string) error {
	flags := newFlags("doctor")
	file := flags.config()
	dir := flags.String("postfix", "", "the `DIR` of main.cf and master.cf (default that of the system)")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	c, err := load(*file)
	if err != nil {
		return err
	}
	p, err := postconf(*dir)
	if err != nil {
		return failed(exitNoInput, err)
	}
	found := doctor.Examine(p, oursOf(c), connector(p.Get(nil, "mail_owner")))
	if err := say(s, findings(found)); err != nil {
		return err
	}
	for _, f := range found {
		if f.Severity == doctor.Wrong {
			return done(exitFailed)
		}
	}
	return nil
}

// oursOf is what Postfix has to fit.
func oursOf(c *config.Config) doctor.Ours {
	ours := doctor.Ours{Submit: c.Submit.SMTP, Deadline: c.Limits.Deadline, Command: commandTimeout, Spool: int64(c.Limits.Spool)}
	for _, l := range c.Listen {
		ours.Listeners = append(ours.Listeners, doctor.Listener{Name: l.Name, Role: l.Role, Network: l.Socket.Network, Address: l.Socket.Address})
	}
	return ours
}

// findings are one paragraph each: what is wrong where, and the lines that would be right.
func findings(all []doctor.Finding) string {
	if len(all) == 0 {
		return "Postfix and Usher fit together\n"
	}
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%-5s %s: %s [%s]\n", f.Severity, f.Where, f.Text, f.ID)
		for line := range strings.Lines(f.Remedy) {
			fmt.Fprintf(&b, "      | %s\n", strings.TrimRight(line, "\n"))
		}
	}
	return b.String()
}
