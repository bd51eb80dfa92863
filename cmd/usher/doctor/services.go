package doctor

import (
	"fmt"
	"slices"
	"strings"

	"usher/milter/filter"
)

// services looks at each smtpd: does its mail come to us, and by the right listener.
func (c *checkup) services() {
	for _, s := range c.smtpds() {
		c.login(s)
		ours := c.milters(s)
		if len(ours) == 0 {
			c.without(s)
		}
		for _, l := range ours {
			c.role(s, l)
		}
		if maps := c.Get(s, "smtpd_milter_maps"); maps != "" {
			c.say(Hint, "service.milter-maps", c.source(s, "smtpd_milter_maps"), "",
				"smtpd_milter_maps = "+maps+": mail of the clients listed there may pass without us")
		}
	}
}

// listed are the entries a service hands its mail to: none where milters are switched off.
func (c *checkup) listed(s *Service) []milter {
	if slices.Contains(words(c.Get(s, "receive_override_options")), "no_milters") {
		return nil
	}
	return milters(c.Get(s, "smtpd_milters"))
}

// milters are our listeners behind a service, each once. Entries that were meant for us and miss are told.
func (c *checkup) milters(s *Service) (ours []Listener) {
	var lost []milter
	for _, m := range c.listed(s) {
		l, ok := c.ourOne(s, m)
		switch {
		case ok && !slices.Contains(ours, l):
			ours = append(ours, l)
		case !ok:
			lost = append(lost, m)
		}
	}
	for _, m := range lost {
		if called(m.text, []string{"usher"}) || len(ours) == 0 && !called(m.text, known) {
			c.nobody(c.source(s, "smtpd_milters"), "smtpd_milters", m)
		}
	}
	return ours
}

func (c *checkup) nobody(where, name string, m milter) {
	c.say(Wrong, "milter.nobody", where, "",
		fmt.Sprintf("%s names %s, which none of our listeners has; there are %s", name, m.text, c.choices()))
}

// choices lists our listeners for whoever has to choose.
func (c *checkup) choices() string {
	var all []string
	for _, l := range c.ours.Listeners {
		all = append(all, fmt.Sprintf("%s (%s)", l, l.Role))
	}
	return strings.Join(all, ", ")
}

// source is where a setting of a service is written: on the service, or in main.cf.
func (c *checkup) source(s *Service, name string) string {
	if s != nil {
		if _, own := s.set[name]; own {
			return s.ID()
		}
	}
	return "main.cf"
}

// option is a setting as a line below a service in master.cf.
func option(name, value string) string {
	if strings.ContainsAny(value, " \t") {
		return fmt.Sprintf("  -o { %s = %s }", name, value)
	}
	return fmt.Sprintf("  -o %s=%s", name, value)
}

// auth tells whether people can log in at a service.
func (c *checkup) auth(s *Service) bool { return c.yes(s, "smtpd_sasl_auth_enable") }

// wanted is the role a service should have; "" where nothing tells.
func (c *checkup) wanted(s *Service) filter.Role {
	switch {
	case c.isOwn(s):
		return filter.Own
	case s.isMX():
		return filter.Inbound
	case s.isSubmission() || c.auth(s):
		return filter.Submission
	}
	return ""
}

// without: a service whose mail never comes to us.
func (c *checkup) without(s *Service) {
	want := c.wanted(s)
	if want == filter.Own {
		return // see own
	}
	severity, text := Wrong, "mail that comes in here does not pass Usher"
	switch {
	case slices.Contains(words(c.Get(s, "receive_override_options")), "no_milters"):
		text += ": receive_override_options has no_milters"
	case len(c.listed(s)) == 0:
		text += ": it has no milter"
	default:
		text += ": none of its milters is ours"
	}
	if c.loopback(s) && !c.auth(s) {
		severity = Hint
		text += "; right if a content filter hands mail back here that has passed before"
	}
	if want == "" {
		want = filter.Inbound
	}
	remedy := ""
	if l, ok := c.listener(want); ok {
		remedy = option("smtpd_milters", before(l, c.listed(s)))
	}
	c.say(severity, "service.no-milter", s.ID(), remedy, text)
}

// before puts a listener in front of what is there.
func before(l Listener, rest []milter) string {
	all := []string{l.String()}
	for _, m := range rest {
		if called(m.text, known) {
			all = append(all, m.text)
		}
	}
	return strings.Join(all, ",")
}

// role: the listener behind a service decides by which rules its mail goes.
func (c *checkup) role(s *Service, l Listener) {
	want := c.wanted(s)
	if want == l.Role || want == "" && (l.Role == filter.Inbound || l.Role == filter.Submission) || want == filter.Own {
		c.mxLogin(s, l)
		return
	}
	text := fmt.Sprintf("its milter %s has role %s; ", l, l.Role)
	switch {
	case want == filter.Submission && c.auth(s):
		text += "people log in here, so it should be one of role submission"
	case want == filter.Submission:
		text += "by its port it is for people who log in, so it should be one of role submission"
	case want == filter.Inbound && l.Role == filter.Submission:
		text += "the world delivers its mail here and would be asked to log in, so it should be one of role inbound"
	case l.Role == filter.Own:
		text += "whoever reaches this service is taken for Usher itself, and not asked anything"
	default:
		text += "that is for non_smtpd_milters, and refuses no recipient"
	}
	if want == "" {
		want = filter.Inbound
	}
	remedy := ""
	if right, ok := c.listener(want); ok {
		remedy = option("smtpd_milters", before(right, c.listed(s)))
	}
	c.say(Wrong, "service.role", s.ID(), remedy, text)
}

// mxLogin: somebody who logs in at the MX is judged as himself there, but his mail passes by what is done with mail of
// role submission alone, such as footers and the settings of his domain.
func (c *checkup) mxLogin(s *Service, l Listener) {
	if l.Role == filter.Inbound && c.auth(s) {
		c.say(Wrong, "service.mx-auth", s.ID(), option("smtpd_sasl_auth_enable", "no"),
			"people can log in here, and its milter "+l.String()+" has role inbound; they should hand their mail in at the submission service")
	}
}

// login: a password in the clear is everybody's.
func (c *checkup) login(s *Service) {
	if !c.auth(s) || c.loopback(s) {
		return
	}
	level := strings.ToLower(c.Get(s, "smtpd_tls_security_level"))
	forced := level == "encrypt" || c.yes(s, "smtpd_tls_wrappermode") || c.yes(s, "smtpd_enforce_tls")
	offered := forced || level == "may" || c.yes(s, "smtpd_use_tls")
	only := c.yes(s, "smtpd_tls_auth_only")
	switch {
	case only && !offered:
		c.say(Hint, "auth.never", s.ID(), option("smtpd_tls_security_level", "may"),
			"AUTH is for TLS alone (smtpd_tls_auth_only), and there is no TLS: nobody can log in")
	case !forced && !only && !slices.Contains(words(c.Get(s, "smtpd_sasl_security_options")), "noplaintext"):
		c.say(Wrong, "auth.no-tls", s.ID(), option("smtpd_tls_auth_only", "yes"), "AUTH is offered without TLS: passwords go in the clear")
	}
}
