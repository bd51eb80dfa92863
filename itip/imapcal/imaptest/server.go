package imaptest

import (
	"net"
	"testing"
	"time"
)

// Login is how the service account acts for a user.
type Login string

const (
	// AuthzID is SASL PLAIN with the user as authorization id and the account as authentication id (RFC 4616).
	AuthzID Login = "authzid"
	// Master is LOGIN as user*account with the account's password, as Dovecot has it. AuthzID works there too.
	Master Login = "master"
)

// Password is the password of every user that AddUser makes.
const Password = "secret"

// Domain is the mail domain of the servers: users are name@Domain.
const Domain = "example.org"

// Server is a running IMAP server. Its methods end the test when something goes wrong.
type Server struct {
	Kind    string // "memory", "dovecot" or "cyrus"
	Addr    string // 127.0.0.1:port, without TLS; STARTTLS is offered
	TLSAddr string // the same with TLS from the first byte
	CAFile  string // PEM, for localhost and 127.0.0.1

	// Admin is the service account. It logs in by itself for shared folders and, as Login says, for users.
	Admin, AdminPassword string
	Login                Login

	// Unknown tells that acting for a user who does not exist succeeds and makes the user, as Cyrus does.
	Unknown bool
	// Metadata tells whether folders have types (RFC 5464). In memory they have none.
	Metadata bool

	tb   testing.TB
	kind kind
	took time.Duration
}

// kind is what differs between servers.
type kind interface {
	start() error // returns when connections are taken
	stop()
	freeze() error
	thaw()
	kill() // ends sessions only
	addUser(name, password string) error
}

// AddUser makes a user with an INBOX and Password. Names are written name@Domain.
func (s *Server) AddUser(name string) {
	s.tb.Helper()
	if err := s.kind.addUser(name, Password); err != nil {
		s.tb.Fatalf("%s: add user %s: %v", s.Kind, name, err)
	}
}

// Start starts a stopped server again, with the same data and ports.
func (s *Server) Start() {
	s.tb.Helper()
	began := time.Now()
	if err := s.kind.start(); err != nil {
		s.tb.Fatalf("%s: start: %v", s.Kind, err)
	}
	s.took = time.Since(began)
}

// Stop ends the server at once, as a power cut does (SIGKILL), and returns when its ports are free. Stop again is
// nothing.
func (s *Server) Stop() { s.kind.stop() }

// Freeze lets the server answer nothing, while connections stay open and the kernel takes new ones.
func (s *Server) Freeze() {
	s.tb.Helper()
	if err := s.kind.freeze(); err != nil {
		s.tb.Fatalf("%s: freeze: %v", s.Kind, err)
	}
}

// Thaw ends Freeze.
func (s *Server) Thaw() { s.kind.thaw() }

// Kill ends all sessions in the middle of whatever they do; the server itself goes on and takes new ones.
func (s *Server) Kill() { s.kind.kill() }

// Took is how long the last start lasted until the server took connections.
func (s *Server) Took() time.Duration { return s.took }

// run starts a server for the length of a test.
func (s *Server) run(tb testing.TB, k kind) *Server {
	tb.Helper()
	s.tb, s.kind = tb, k
	tb.Cleanup(k.stop)
	s.Start()
	return s
}

// awaitPort waits until somebody takes connections, at most half a minute.
func awaitPort(addr string, gone func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		if gone := gone(); gone != nil {
			return gone
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}
