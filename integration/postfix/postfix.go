// Package postfix runs private Postfix instances for tests and benches: in a temporary folder, on loopback, with
// the services and milters a test asks for, everything delivered to one SMTP server.
//
// It knows Postfix's configuration and commands. It does not know what the milters do.
package postfix

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"usher/integration/need"
	"usher/integration/smtptest"
)

// patience is how long Postfix may take for what is bound to happen.
const patience = 60 * time.Second

// Service is one smtpd with its own port.
type Service struct {
	Name      string            // what {daemon_name} says, e.g. submission
	Milter    string            // unix:/path or inet:host:port; "" is none
	Processes int               // most processes at once; 0 is Postfix's default
	Main      map[string]string // settings of this service alone
}

// Options say what instance is wanted.
type Options struct {
	Services []Service
	Local    string            // milter for sendmail(1): non_smtpd_milters
	Users    map[string]string // login (alice@example.org) and password for AUTH
	Domains  []string          // taken from any client; nil is example.org
	Deliver  string            // host:port of the server that gets all mail; "" throws it away
	Main     map[string]string // further settings of main.cf
}

// The usual services by name, as a site has them.
const (
	Submission = "submission" // people who log in
	Inbound    = "inbound"    // the MX
	Own        = "own"        // the filter's own mail
	Plain      = "plain"      // no milter
)

// Milters are the sockets of the usual services.
type Milters struct{ Submission, Inbound, Own string }

// Site is the four usual services. Own has its own, smaller process limit, so that a crowd at one cannot keep
// the other from being served.
func Site(m Milters) []Service {
	return []Service{
		{Name: Submission, Milter: m.Submission},
		{Name: Inbound, Milter: m.Inbound, Main: map[string]string{"smtpd_sasl_auth_enable": "no"}},
		{Name: Own, Milter: m.Own, Processes: 10, Main: map[string]string{
			"smtpd_sasl_auth_enable":    "no",
			"smtpd_client_restrictions": "permit_mynetworks,reject",
		}},
		{Name: Plain},
	}
}

// Instance is a running Postfix.
type Instance struct {
	Sink *smtptest.Sink // gets all mail; nil if Options.Deliver names another server

	dir    string
	addrs  map[string]string // service name -> host:port
	master *master
}

// Start runs an instance that ends with the test. A failing test shows the end of its mail log. Without Postfix
// or root the test is skipped.
func Start(tb testing.TB, o Options) *Instance {
	tb.Helper()
	Need(tb)
	var sink *smtptest.Sink
	if o.Deliver == "" {
		sink = smtptest.NewSink(tb)
		o.Deliver = sink.Addr
	}
	p, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	p.Sink = sink
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("mail log of Postfix, the end of it:\n%s", p.logTail(80))
		}
		if err := p.Close(); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// Need ends the test where no Postfix can be started.
func Need(tb testing.TB) {
	tb.Helper()
	need.Program(tb, "postfix", "postfix")
	need.Root(tb, "a Postfix of our own")
}

// New starts an instance outside of tests; Close ends it.
func New(o Options) (*Instance, error) {
	dir, err := MakeDir()
	if err != nil {
		return nil, err
	}
	p := &Instance{dir: dir}
	if err := p.start(o); err != nil {
		return nil, errors.Join(fmt.Errorf("start postfix: %w", err), os.RemoveAll(dir))
	}
	return p, nil
}

// start tries several times, for somebody else may take a port between our choice and Postfix's bind.
func (p *Instance) start(o Options) error {
	if err := p.lay(o); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := p.startOnFreePorts(o)
		if err == nil || attempt == 3 || !errors.Is(err, errPortTaken) {
			return err
		}
	}
}

func (p *Instance) startOnFreePorts(o Options) (err error) {
	if p.addrs, err = freeAddrs(o.Services); err != nil {
		return err
	}
	if err := p.writeMaster(o); err != nil {
		return err
	}
	if err := p.run("postfix", "-c", p.conf(), "check"); err != nil {
		return err
	}
	if p.master, err = startMaster(p.conf()); err != nil {
		return err
	}
	if err := p.awaitServices(); err != nil {
		return errors.Join(err, p.master.stop())
	}
	return nil
}

// awaitServices returns when every service says 220.
func (p *Instance) awaitServices() error {
	for name, addr := range p.addrs {
		if err := p.awaitBanner(addr); err != nil {
			return fmt.Errorf("service %s: %w\n%s", name, err, p.logTail(20))
		}
	}
	return nil
}

func (p *Instance) awaitBanner(addr string) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if p.master.gone() {
			return p.master.whyGone(p.Log())
		}
		err := banner(addr)
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

func banner(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 3)); err != nil {
		return err
	}
	_, err = conn.Write([]byte("QUIT\r\n"))
	return err
}

// Addr is where a service listens: host:port.
func (p *Instance) Addr(service string) string {
	addr, ok := p.addrs[service]
	if !ok {
		panic("postfix: no service " + service)
	}
	return addr
}

// Stop ends Postfix; what is in its queue stays there.
func (p *Instance) Stop() error { return p.master.stop() }

// Close ends Postfix and removes its folder.
func (p *Instance) Close() error { return errors.Join(p.master.stop(), os.RemoveAll(p.dir)) }

func (p *Instance) conf() string { return filepath.Join(p.dir, "conf") }
