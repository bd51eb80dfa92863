package doctor

import (
	"fmt"

	"usher/milter/filter"
)

// local looks at mail that does not come by SMTP: sendmail(1), and bounces where they are filtered. cleanup hands it on.
func (c *checkup) local() {
	cleanup := c.service("cleanup")
	listener, has := c.listener(filter.Local)
	remedy := ""
	if has {
		remedy = "non_smtpd_milters = " + listener.String()
	}
	value := c.Get(cleanup, "non_smtpd_milters")
	where := c.source(cleanup, "non_smtpd_milters")
	seen := false
	for _, m := range milters(value) {
		l, ok := c.ourOne(cleanup, m)
		switch {
		case ok && l.Role != filter.Local:
			seen = true
			c.say(Wrong, "local.role", where, remedy,
				fmt.Sprintf("non_smtpd_milters names %s of role %s; nobody is there to be refused, so it should be one of role local", l, l.Role))
		case ok:
			seen = true
		case called(m.text, []string{"usher"}):
			c.nobody(where, "non_smtpd_milters", m)
		}
	}
	switch {
	case seen:
	case has:
		c.say(Wrong, "local.missing", where, remedy, "mail of sendmail(1) does not pass Usher: non_smtpd_milters does not name our listener of role local")
	default:
		c.say(Hint, "local.no-listener", "usher.yaml", `listen: [{socket: "unix:/run/usher/local.sock", role: local}]`,
			"mail of sendmail(1) does not pass Usher: there is no listener of role local, and non_smtpd_milters names none")
	}
	c.internal(cleanup)
}

// internal: what Postfix writes itself.
func (c *checkup) internal(cleanup *Service) {
	for _, class := range words(c.Get(cleanup, "internal_mail_filter_classes")) {
		c.say(Hint, "local.internal", c.source(cleanup, "internal_mail_filter_classes"), "internal_mail_filter_classes =",
			fmt.Sprintf("internal_mail_filter_classes has %s: what Postfix writes itself goes by non_smtpd_milters, and what a milter refuses of it is lost", class))
	}
}

// unused: a listener nobody hands mail to.
func (c *checkup) unused() {
	used := map[string]bool{}
	note := func(s *Service, all []milter) {
		for _, m := range all {
			if l, ok := c.ourOne(s, m); ok {
				used[l.String()] = true
			}
		}
	}
	for _, s := range c.smtpds() {
		note(s, c.listed(s))
	}
	cleanup := c.service("cleanup")
	note(cleanup, milters(c.Get(cleanup, "non_smtpd_milters")))
	for _, l := range c.ours.Listeners {
		if !used[l.String()] && l.Role != filter.Own && l.Role != filter.Local { // own and local tell of theirs
			c.say(Hint, "listener.unused", "usher.yaml", "", fmt.Sprintf("nothing hands mail to listener %s (%s, role %s)", l.Name, l, l.Role))
		}
	}
}
