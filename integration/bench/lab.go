package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"usher/integration/need"
	"usher/integration/postfix"
)

// target is one of those that are compared: a Postfix service and the milter behind it.
type target struct {
	name    string
	sockets map[string]string // of its milter, by role; nil: none
	child   *child            // nil: none
}

// service is the smtpd for a target and a role.
func service(t *target, role string) string { return t.name + ", " + role }

// lab is one Postfix with a service for each target.
type lab struct {
	settings
	dir     string
	alone   *target
	noop    *target   // nil where it could not be built
	targets []*target // alone first, Usher last
	usher   *usher
	mta     *postfix.Instance
}

func newLab(s settings) (l *lab, err error) {
	for _, p := range []string{"postfix", "smtp-source"} {
		if _, ok := need.Find(p); !ok {
			return nil, errors.New(p + " is not installed: apt-get install postfix")
		}
	}
	if os.Geteuid() != 0 {
		return nil, errors.New("a Postfix of our own needs root")
	}
	l = &lab{settings: s, alone: &target{name: "Postfix alone"}}
	l.targets = []*target{l.alone}
	if l.dir, err = postfix.SocketDir(); err != nil {
		return nil, err
	}
	if err := l.start(); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) start() (err error) {
	if err := l.startNoop(); err != nil {
		return err
	}
	if l.usher, err = startUsher(l.settings.usher, l.dir); err != nil {
		return err
	}
	l.targets = append(l.targets, &target{name: "Usher, all modules", sockets: l.usher.sockets, child: l.usher.child})
	var services []postfix.Service
	for _, t := range l.targets {
		for _, role := range roles {
			s := postfix.Service{Name: service(t, role)}
			if socket := t.sockets[role]; socket != "" {
				s.Milter = "unix:" + socket
			}
			services = append(services, s)
		}
	}
	l.mta, err = postfix.New(postfix.Options{Services: services})
	return err
}

func (l *lab) close() {
	if l.mta != nil {
		l.mta.Close()
	}
	for _, t := range l.targets {
		if t.child != nil {
			t.child.stop()
		}
	}
	os.RemoveAll(l.dir)
}

//go:embed noop/noop.c
var noopSource []byte

// startNoop builds and starts the C milter; where it cannot be built the comparison goes without it and says so.
func (l *lab) startNoop() error {
	source, program := filepath.Join(l.dir, "noop.c"), filepath.Join(l.dir, "noop")
	if err := os.WriteFile(source, noopSource, 0o644); err != nil {
		return err
	}
	if out, err := exec.Command("cc", "-O2", "-o", program, source, "-lmilter", "-lpthread").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "\n==== WITHOUT THE C MILTER: it cannot be built (apt-get install gcc libmilter-dev) ====\n%s\n", out)
		return nil
	}
	socket := filepath.Join(l.dir, "noop.sock")
	l.noop = &target{name: "C libmilter, no-op", sockets: map[string]string{}}
	for _, role := range roles {
		l.noop.sockets[role] = socket
	}
	l.targets = append(l.targets, l.noop)
	var err error
	l.noop.child, err = startChild("unix", socket, program+".log", program, "unix:"+socket)
	return err
}
