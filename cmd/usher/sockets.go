package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"

	"golang.org/x/sync/errgroup"

	"usher/milter"
	"usher/milter/config"
)

// sockets are all that a service listens on.
type sockets struct {
	milter []net.Listener // in the order of the configuration
	desk   net.Listener   // for commands
	web    net.Listener   // for metrics; nil: not wanted
}

// listen opens all sockets or none.
func (s *service) listen() (*sockets, error) {
	open := new(sockets)
	if err := s.fill(open); err != nil {
		open.close()
		return nil, err
	}
	return open, nil
}

func (s *service) fill(open *sockets) (err error) {
	for _, l := range s.frame.Listen {
		ln, err := listenerOf(l).Listen()
		if err != nil {
			return err
		}
		open.milter = append(open.milter, ln)
		s.log.Info("listening", "listener", l.Name, "role", l.Role, "socket", ln.Addr().String())
	}
	if open.desk, err = s.listenToCommands(); err != nil {
		return err
	}
	if s.frame.Metrics == "" {
		return nil
	}
	if open.web, err = net.Listen("tcp", s.frame.Metrics); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	s.log.Info("listening", "listener", "metrics", "socket", open.web.Addr().String())
	return nil
}

func (s *sockets) close() {
	for _, ln := range s.milter {
		ln.Close()
	}
	if s.desk != nil {
		s.desk.Close()
	}
}

// serve answers on every socket until drain; the first one that breaks ends the group.
func (s *service) serve(group *errgroup.Group, open *sockets) {
	for i, ln := range open.milter {
		group.Go(func() error { return s.server.Serve(listenerOf(s.frame.Listen[i]), ln) })
	}
	group.Go(func() error { return answer("control", s.desk, open.desk) })
	if open.web != nil {
		group.Go(func() error { return answer("metrics", s.web, open.web) })
	}
}

// answer serves HTTP until somebody closes the server.
func answer(name string, server *http.Server, ln net.Listener) error {
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func listenerOf(l config.Listener) milter.Listener {
	return milter.Listener{Name: l.Name, Role: l.Role, Network: l.Socket.Network, Address: l.Socket.Address,
		Mode: fs.FileMode(l.Mode), MaxConnections: l.MaxConnections}
}
