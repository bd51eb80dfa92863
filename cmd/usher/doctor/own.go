package doctor

import (
	"fmt"
	"net"
	"path"
	"slices"
	"strings"

	"usher/milter/filter"
)

// isOwn tells whether our own mail is handed in at a service.
func (c *checkup) isOwn(s *Service) bool {
	if strings.HasPrefix(c.ours.Submit, "/") {
		return s.Type == "unix" && slices.Contains(c.socketsOf(s), path.Clean(c.ours.Submit))
	}
	if s.Type != "inet" || c.ours.Submit == "" {
		return false
	}
	host, port := s.endpoint()
	if host == "" && c.loopback(s) {
		host = "localhost"
	}
	return sameHostPort(net.JoinHostPort(strings.Trim(host, "[]"), port), c.ours.Submit) && c.here()
}

// here tells whether our own mail stays on this machine, as far as its address says.
func (c *checkup) here() bool {
	host, _, err := net.SplitHostPort(c.ours.Submit)
	return strings.HasPrefix(c.ours.Submit, "/") || err == nil && isLoopback(host)
}

// socketsOf are where the socket of a service of type unix may be.
func (c *checkup) socketsOf(s *Service) []string {
	queue := c.Get(nil, "queue_directory")
	return []string{path.Join(queue, "private", s.Name), path.Join(queue, "public", s.Name)}
}

// own looks at the service that takes our own mail back in: while a mail waits for us, mail of ours has to get through.
func (c *checkup) own() {
	listener, has := c.listener(filter.Own)
	switch {
	case c.ours.Submit == "":
		return
	case !has:
		c.say(Wrong, "own.no-listener", "usher.yaml", `listen: [{socket: "inet:127.0.0.1:10029", role: own}]`,
			"there is no listener of role own: our own mail would be treated as somebody's, or pass unseen")
	case !c.here():
		c.say(Hint, "own.elsewhere", "usher.yaml", "", "submit.smtp is "+c.ours.Submit+", on another machine: only there it can be seen whether its milter is our listener of role own")
		return
	}
	i := slices.IndexFunc(c.smtpds(), c.isOwn)
	if i < 0 {
		c.say(Wrong, "own.no-service", "master.cf", c.ownService(listener), "submit.smtp is "+c.ours.Submit+", and no smtpd listens there")
		return
	}
	s := c.smtpds()[i]
	c.ownMilters(s, listener)
	c.ownAlone(s)
}

// ownService is the whole entry for master.cf.
func (c *checkup) ownService(l Listener) string {
	name, kind := c.ours.Submit, "inet"
	if strings.HasPrefix(name, "/") {
		name, kind = path.Base(name), "unix"
	}
	lines := []string{fmt.Sprintf("%s %s n - n - 10 smtpd", name, kind)}
	if l.Address != "" {
		lines = append(lines, option("smtpd_milters", l.String()))
	}
	return strings.Join(append(lines, option("smtpd_sasl_auth_enable", "no"), option("smtpd_client_restrictions", "permit_mynetworks,reject")), "\n")
}

func (c *checkup) ownMilters(s *Service, own Listener) {
	if own.Address == "" {
		return
	}
	found := false
	for _, l := range c.milters(s) {
		if found = found || l.Role == filter.Own; l.Role != filter.Own {
			c.say(Wrong, "own.loop", s.ID(), option("smtpd_milters", own.String()),
				fmt.Sprintf("our own mail comes in here and goes to %s of role %s: it would be answered, edited and refused as somebody's", l, l.Role))
			return
		}
	}
	if !found {
		c.say(Wrong, "own.no-milter", s.ID(), option("smtpd_milters", own.String()), "submit.smtp is this service, and its milter is not our listener of role own")
	}
}

// ownAlone: shared with others, the service may be full of mails that wait for us just when we need it.
func (c *checkup) ownAlone(s *Service) {
	switch {
	case s.isMX() || s.isSubmission() || !c.loopback(s):
		c.say(Wrong, "own.shared", s.ID(), "", "our own mail comes in where others hand in theirs: when all its processes wait for us, we wait for them")
	case s.processes == "-" || s.processes == "0":
		c.say(Hint, "own.limit", s.ID(), fmt.Sprintf("%s %s n - n - 10 smtpd", s.Name, s.Type),
			"it has no process limit of its own; a small one keeps our own mail from taking the machine")
	}
}
