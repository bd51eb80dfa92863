package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// sockets looks whether Postfix reaches the unix sockets it is told of.
func (c *checkup) sockets() {
	for _, s := range c.smtpds() {
		for _, m := range c.listed(s) {
			c.socket(s, c.source(s, "smtpd_milters"), m)
		}
	}
	cleanup := c.service("cleanup")
	for _, m := range milters(c.Get(cleanup, "non_smtpd_milters")) {
		c.socket(cleanup, c.source(cleanup, "non_smtpd_milters"), m)
	}
}

func (c *checkup) socket(s *Service, where string, m milter) {
	l, ok := c.ourOne(s, m)
	_, seen, unix := c.paths(s, m)
	if !ok || !unix || c.connect == nil {
		return
	}
	err := c.connect(seen)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && seen != path.Clean(l.Address):
		c.say(Wrong, "socket.chroot", c.name(s), "", fmt.Sprintf(
			"it is chrooted (the fifth column of master.cf) and looks for %s in %s, where it is not: make the column n, or put the socket at %s", m.text, seen, seen))
	case errors.Is(err, fs.ErrNotExist):
		c.say(Hint, "socket.missing", where, "", seen+" is not there: usher serve does not run, or listens elsewhere")
	default:
		c.say(Wrong, "socket.permission", "usher.yaml", "", fmt.Sprintf(
			"%s: user %s cannot connect to %s: %v; make the folder's group that of Postfix with the set-group-ID bit (chgrp postfix, chmod 2750)",
			l.Name, c.Get(nil, "mail_owner"), seen, err))
	}
}

func (c *checkup) name(s *Service) string {
	if s == nil {
		return "main.cf"
	}
	return s.ID()
}
