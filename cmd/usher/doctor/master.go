package doctor

import (
	"fmt"
	"net"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Service is one line of master.cf.
type Service struct {
	Name, Type string
	chroot     string // y, n or -
	processes  string // "-": default_process_limit
	command    string
	set        map[string]string // -o
}

// ID is the service as postconf -P calls it.
func (s *Service) ID() string { return s.Name + "/" + s.Type }

// services reads postconf -M: name, type, private, unprivileged, chroot, wakeup, processes, command.
func services(text string) ([]Service, error) {
	var all []Service
	err := eachLine("postconf -M", text, func(n int, line string) error {
		f := strings.Fields(line)
		if line[0] == ' ' || line[0] == '\t' {
			return nil // folded arguments; postconf -P has told them
		}
		if len(f) < 8 {
			return fmt.Errorf("postconf -M, line %d: %q is not a service", n, line)
		}
		all = append(all, Service{f[0], f[1], f[4], f[6], path.Base(f[7]), map[string]string{}})
		return nil
	})
	return all, err
}

// smtpds are the services that take mail by SMTP.
func (p *Postfix) smtpds() []*Service {
	var all []*Service
	for i := range p.all {
		if p.all[i].command == "smtpd" {
			all = append(all, &p.all[i])
		}
	}
	return all
}

// chrooted tells whether a service sees only what lies below the queue directory. Left open, it depends on the
// compatibility level: Postfix 3 changed its mind.
func (p *Postfix) chrooted(s *Service) bool {
	if s == nil || s.chroot != "-" {
		return s != nil && s.chroot == "y"
	}
	level, _, _ := strings.Cut(p.Get(nil, "compatibility_level"), ".")
	n, err := strconv.Atoi(level)
	return err == nil && n < 1
}

// service is the first one of a type and command, such as unix and cleanup.
func (p *Postfix) service(name string) *Service {
	i := slices.IndexFunc(p.all, func(s Service) bool { return s.Name == name && s.Type == "unix" })
	if i < 0 {
		return nil
	}
	return &p.all[i]
}

// endpoint is where a service of type inet listens; host is "" for all of inet_interfaces.
func (s *Service) endpoint() (host, port string) {
	if s.Type != "inet" {
		return "", ""
	}
	host, port, err := net.SplitHostPort(s.Name)
	if err != nil {
		host, port = "", s.Name
	}
	return host, portNumber(port)
}

// portNumber knows the names that are used in master.cf; /etc/services may differ, the standard does not.
func portNumber(name string) string {
	switch strings.ToLower(name) {
	case "smtp":
		return "25"
	case "submission":
		return "587"
	case "smtps", "submissions", "ssmtp":
		return "465"
	}
	return name
}

// loopback tells whether only this machine reaches a service. One that is handed connections (pass) gets them from
// postscreen, which is there for everybody.
func (p *Postfix) loopback(s *Service) bool {
	switch s.Type {
	case "unix", "fifo":
		return true
	case "inet":
		host, _ := s.endpoint()
		if host == "" {
			interfaces := words(p.Get(s, "inet_interfaces"))
			return len(interfaces) > 0 && !slices.ContainsFunc(interfaces, func(i string) bool { return i != "loopback-only" && !isLoopback(i) })
		}
		return isLoopback(host)
	}
	return false
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && a.Unmap().IsLoopback()
}

// isMX tells whether the world delivers its mail to a service.
func (s *Service) isMX() bool {
	_, port := s.endpoint()
	return port == "25" || s.Type == "pass"
}

// isSubmission tells whether people hand their mail in at a service, as its port says.
func (s *Service) isSubmission() bool {
	_, port := s.endpoint()
	return port == "587" || port == "465"
}
