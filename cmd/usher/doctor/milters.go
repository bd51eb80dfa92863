package doctor

import (
	"net"
	"path"
	"slices"
	"strings"
)

// milter is one entry of smtpd_milters or non_smtpd_milters.
type milter struct {
	text     string            // the address as written
	settings map[string]string // its own: { unix:/path, default_action=accept }
}

// milters reads a list. Entries with settings of their own stand in braces.
func milters(list string) (all []milter) {
	for list = trimList(list); list != ""; list = trimList(list) {
		if list[0] != '{' {
			n := strings.IndexAny(list, ", \t{")
			if n < 0 {
				n = len(list)
			}
			all = append(all, milter{text: list[:n]})
			list = list[n:]
			continue
		}
		end := closing(list)
		if end < 0 {
			return append(all, milter{text: list})
		}
		all = append(all, inBraces(list[1:end]))
		list = list[end+1:]
	}
	return all
}

func trimList(list string) string { return strings.TrimLeft(list, ", \t\r\n") }

func inBraces(text string) milter {
	m := milter{settings: map[string]string{}}
	for text = trimList(text); text != ""; text = trimList(text) {
		var item string
		if end := -1; text[0] == '{' {
			if end = closing(text); end < 0 {
				return m
			}
			item, text = text[1:end], text[end+1:]
		} else {
			n := strings.IndexAny(text, ", \t")
			if n < 0 {
				n = len(text)
			}
			item, text = text[:n], text[n:]
		}
		if m.text == "" {
			m.text = strings.TrimSpace(item)
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		m.settings[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return m
}

// paths are where a unix socket is: as written, and as a service sees it. A relative one lies below the queue
// directory, and so does all a chrooted service can see.
func (p *Postfix) paths(s *Service, m milter) (written, seen string, ok bool) {
	scheme, file, _ := strings.Cut(m.text, ":")
	if scheme != "unix" && scheme != "local" {
		return "", "", false
	}
	queue := p.Get(nil, "queue_directory")
	switch {
	case !strings.HasPrefix(file, "/"):
		file = path.Join(queue, file)
		return file, file, true
	case p.chrooted(s):
		return path.Clean(file), path.Join(queue, file), true
	}
	return path.Clean(file), path.Clean(file), true
}

// ourOne is the listener that an entry means.
func (c *checkup) ourOne(s *Service, m milter) (Listener, bool) {
	written, seen, unix := c.paths(s, m)
	for _, l := range c.ours.Listeners {
		if unix && l.Network == "unix" && (path.Clean(l.Address) == written || path.Clean(l.Address) == seen) {
			return l, true
		}
		if !unix && l.Network == "tcp" && sameHostPort(l.Address, tcpAddress(m.text)) {
			return l, true
		}
	}
	return Listener{}, false
}

// tcpAddress is host:port of inet:host:port, and of inet:port@host as Sendmail has it.
func tcpAddress(text string) string {
	_, rest, _ := strings.Cut(text, ":")
	if port, host, ok := strings.Cut(rest, "@"); ok {
		return net.JoinHostPort(strings.Trim(host, "[]"), port)
	}
	return rest
}

// sameHostPort tells whether who dials b meets who listens on a.
func sameHostPort(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portNumber(portA) != portNumber(portB) {
		return false
	}
	everywhere := hostA == "" || hostA == "0.0.0.0" || hostA == "::"
	return everywhere || strings.EqualFold(hostA, hostB) || isLoopback(hostA) && isLoopback(hostB)
}

// known are milters of others, by what their sockets are usually called.
var known = []string{"dkim", "rspamd", "dmarc", "openarc", "clamav", "spamass", "amavis", "greylist", "mailfromd", "mimedefang", ":11332", ":8891"}

// signers are those that sign what must not be changed afterwards. 11332 is Rspamd's proxy, 8891 OpenDKIM's example.
var signers = []string{"dkim", "rspamd", "openarc", ":11332", ":8891"}

func called(text string, names []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
}
