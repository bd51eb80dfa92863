package config

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"usher/milter/filter"
)

// Listener is one socket on which Postfix finds us, and what comes through it.
type Listener struct {
	Socket         Socket      `yaml:"socket" config:"required"`
	Role           filter.Role `yaml:"role" config:"required,oneof=inbound|submission|local|own"`
	Name           string      `yaml:"name"` // for overrides, log and metrics; the role if not given
	Mode           FileMode    `yaml:"mode"` // of a unix socket
	MaxConnections int         `yaml:"max_connections"`
}

// SetDefaults are those of one listener.
func (l *Listener) SetDefaults() {
	l.Mode, l.MaxConnections = 0o660, 1000
}

// Check gives the listener its name.
func (l *Listener) Check() filter.Mistakes {
	if l.Name == "" {
		l.Name = string(l.Role)
	}
	if l.MaxConnections < 1 {
		return filter.Mistakes{{Key: "max_connections", Text: "want at least 1"}}
	}
	return nil
}

func checkListeners(all []Listener) filter.Mistakes {
	var ms filter.Mistakes
	for i, l := range all {
		same := func(other Listener) bool { return other.Socket == l.Socket }
		if l.Socket.Network != "" && l.Socket.Port() != "0" && slices.ContainsFunc(all[:i], same) {
			ms = append(ms, filter.Mistake{Key: item("listen", i) + ".socket", Text: l.Socket.String() + " is there twice"})
		}
	}
	return ms
}

// Socket is an address as net.Listen takes it, written as Postfix does: unix:/run/usher/inbound.sock or
// inet:127.0.0.1:10025.
type Socket struct{ Network, Address string }

// maxUnixPath is what fits into the kernel's sun_path with its final NUL.
const maxUnixPath = 107

// UnmarshalText reads unix:PATH, inet:HOST:PORT or tcp:HOST:PORT.
func (s *Socket) UnmarshalText(text []byte) error {
	scheme, address, ok := strings.Cut(string(text), ":")
	switch {
	case ok && scheme == "unix" && !strings.HasPrefix(address, "/"):
		return fmt.Errorf("want an absolute path after unix:, not %q", address)
	case ok && scheme == "unix" && len(address) > maxUnixPath:
		return fmt.Errorf("the path is longer than the %d bytes a unix socket may have", maxUnixPath)
	case ok && scheme == "unix":
		*s = Socket{"unix", address}
	case ok && (scheme == "inet" || scheme == "tcp"):
		if err := checkHostPort(address); err != nil {
			return err
		}
		*s = Socket{"tcp", address}
	default:
		return fmt.Errorf("want %s, not %s", s.Wanted(), quote(string(text)))
	}
	return nil
}

// Wanted is what a postmaster is told.
func (Socket) Wanted() string { return "unix:/run/usher/NAME.sock or inet:127.0.0.1:PORT" }

// String is the form main.cf wants.
func (s Socket) String() string {
	if s.Network == "tcp" {
		return "inet:" + s.Address
	}
	return s.Network + ":" + s.Address
}

// MarshalText is String.
func (s Socket) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Port is the port of a TCP socket, or "".
func (s Socket) Port() string {
	if s.Network != "tcp" {
		return ""
	}
	_, port, _ := net.SplitHostPort(s.Address)
	return port
}

func checkHostPort(s string) error {
	host, port, err := net.SplitHostPort(s)
	n, numErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numErr != nil || leadingZero(port) && n != 0 || strings.ContainsAny(host, " /") {
		return fmt.Errorf("want an address such as 127.0.0.1:9090, not %s", quote(s))
	}
	return nil
}

// FileMode is the permissions of a file, in octal.
type FileMode os.FileMode

// UnmarshalText reads 0660 or 660.
func (m *FileMode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(string(text), "0o"), 8, 32)
	if err != nil || n > 0o777 {
		return fmt.Errorf("want permissions in octal such as 0660, not %s", quote(string(text)))
	}
	*m = FileMode(n)
	return nil
}

// MarshalText writes four octal digits.
func (m FileMode) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%04o", uint32(m)), nil }
