package milter

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"usher/milter/filter"
)

// Listener is one socket mail servers come to, and what for.
type Listener struct {
	Name           string
	Role           filter.Role
	Network        string // "unix" or "tcp"
	Address        string
	Mode           fs.FileMode // of a unix socket; 0 gives 0660
	MaxConnections int         // at a time, more wait; 0 gives 1000
}

func (l Listener) maxConnections() int { return cmp.Or(max(l.MaxConnections, 0), 1000) }

// ParseSocket reads a socket as mail servers write it: unix:/path, inet:host:port or inet:port@host.
func ParseSocket(s string) (network, address string, err error) {
	kind, rest, found := strings.Cut(s, ":")
	switch {
	case found && (kind == "unix" || kind == "local") && rest != "":
		return "unix", rest, nil
	case found && (kind == "inet" || kind == "inet6" || kind == "tcp"):
		if port, host, swapped := strings.Cut(rest, "@"); swapped {
			rest = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		if _, port, err := net.SplitHostPort(rest); err != nil || port == "" {
			return "", "", fmt.Errorf("socket %q: want inet:host:port", s)
		}
		return "tcp", rest, nil
	}
	return "", "", fmt.Errorf("socket %q: want unix:/path or inet:host:port", s)
}

// Listen opens the socket. A unix socket left behind by a process that died is replaced; anything else in its
// place is left alone and is an error.
func (l Listener) Listen() (net.Listener, error) {
	if l.Network != "unix" {
		ln, err := net.Listen(l.Network, l.Address)
		if err != nil {
			return nil, fmt.Errorf("listener %s: %w", l.Name, err)
		}
		return ln, nil
	}
	if err := removeStale(l.Address); err != nil {
		return nil, fmt.Errorf("listener %s: %w", l.Name, err)
	}
	ln, err := net.Listen("unix", l.Address)
	if err != nil {
		return nil, fmt.Errorf("listener %s: %w", l.Name, err)
	}
	if err := os.Chmod(l.Address, cmp.Or(l.Mode, 0o660)); err != nil {
		ln.Close()
		return nil, fmt.Errorf("listener %s: %w", l.Name, err)
	}
	return ln, nil
}

// removeStale makes room for a unix socket, if what is there is a socket that nobody answers on.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there and is no socket", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		conn.Close()
		return fmt.Errorf("%s is answered by another process", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("is anybody at %s: %w", path, err)
	}
	return os.Remove(path)
}
