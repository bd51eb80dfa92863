// Package slapdtest starts a private OpenLDAP server for tests: on loopback, in a folder of its own, ended by its
// process id. It knows where Debian keeps slapd; tests skip loudly where there is none.
package slapdtest

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/integration/need"
)

//go:embed testdata/usher.schema
var schema string

const (
	slapd   = "/usr/sbin/slapd"
	slapadd = "/usr/sbin/slapadd"
	schemas = "/etc/ldap/schema"
	modules = "/usr/lib/ldap"
)

// Names and passwords every server has. Service may read everything in pages however many; anybody may read,
// 500 entries at most.
const (
	Base     = "dc=example,dc=org"
	RootDN   = "cn=manager,dc=example,dc=org"
	Password = "secret"
)

// Server is a running slapd.
type Server struct {
	URL   string // ldap://127.0.0.1:port
	LDAPI string // the same server by its socket
	LDAPS string // with TLS; "" without a certificate
	tb    testing.TB
	dir   string
	cmd   *exec.Cmd
	done  chan struct{}
}

// TLS are the files of a server certificate.
type TLS struct{ CertFile, KeyFile string }

// Start loads the entries and runs a server until the test ends.
func Start(tb testing.TB, ldif string) *Server {
	tb.Helper()
	return StartTLS(tb, ldif, TLS{})
}

// StartTLS is Start with a certificate for StartTLS and ldaps.
func StartTLS(tb testing.TB, ldif string, cert TLS) *Server {
	tb.Helper()
	for _, file := range []string{slapd, slapadd, schemas + "/dyngroup.schema", modules + "/back_mdb.so"} {
		if _, err := os.Stat(file); err != nil {
			need.Missing(tb, fmt.Sprintf("slapd is not installed (%v): apt-get install slapd", err))
		}
	}
	dir, err := os.MkdirTemp("", "slapd") // short: the path of a socket has 108 bytes
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, dir: dir, LDAPI: "ldapi://" + url.PathEscape(filepath.Join(dir, "ldapi"))}
	tb.Cleanup(func() {
		s.Stop()
		os.RemoveAll(dir)
	})
	s.URL = "ldap://" + freePort(tb)
	if cert.CertFile != "" {
		s.LDAPS = "ldaps://" + freePort(tb)
	}
	s.write("usher.schema", schema)
	s.write("slapd.conf", config(dir, cert))
	s.write("seed.ldif", ldif)
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		tb.Fatal(err)
	}
	if out, err := exec.Command(slapadd, "-q", "-f", s.path("slapd.conf"), "-l", s.path("seed.ldif")).CombinedOutput(); err != nil {
		tb.Fatalf("slapadd: %v\n%s", err, out)
	}
	s.Restart()
	return s
}

func config(dir string, cert TLS) string {
	var b strings.Builder
	for _, name := range []string{"core", "cosine", "inetorgperson", "dyngroup"} {
		fmt.Fprintf(&b, "include %s/%s.schema\n", schemas, name)
	}
	fmt.Fprintf(&b, "include %s/usher.schema\nmodulepath %s\nmoduleload back_mdb\n", dir, modules)
	fmt.Fprintf(&b, "pidfile %s/pid\nargsfile %s/args\nsizelimit 500\n", dir, dir)
	if cert.CertFile != "" {
		fmt.Fprintf(&b, "TLSCertificateFile %s\nTLSCertificateKeyFile %s\n", cert.CertFile, cert.KeyFile)
	}
	fmt.Fprintf(&b, "access to attrs=userPassword by anonymous auth by * none\naccess to * by * read\n")
	fmt.Fprintf(&b, "database mdb\nsuffix %q\nrootdn %q\nrootpw %s\n", Base, RootDN, Password)
	fmt.Fprintf(&b, "directory %s/db\nmaxsize 268435456\ndbnosync\n", dir)
	fmt.Fprintf(&b, "limits anonymous size.soft=500 size.hard=500 size.pr=1000 size.prtotal=unlimited\n")
	fmt.Fprintf(&b, "index objectClass eq\nindex mail,alias,uid,uniqueMember,member,associatedDomain eq\n")
	return b.String()
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Server) write(name, text string) {
	s.tb.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.tb.Fatal(err)
	}
}

// freePort gives an address nobody listens on. slapd cannot say which port it chose itself.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Restart stops the server if it runs and starts it again with the same data on the same port.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Stop()
	listen := strings.TrimSpace(s.URL + "/ " + s.LDAPI + " " + s.LDAPS)
	s.cmd = exec.Command(slapd, "-f", s.path("slapd.conf"), "-h", listen, "-d", "0")
	log, err := os.OpenFile(s.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.tb.Fatal(err)
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait()
		close(done)
	}(s.cmd, s.done)
	s.await()
}

// await waits until the server takes connections.
func (s *Server) await() {
	s.tb.Helper()
	for range 400 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "ldap://"))
		if err == nil {
			c.Close()
			return
		}
		select {
		case <-s.done:
			log, _ := os.ReadFile(s.path("log"))
			s.tb.Fatalf("slapd ended: %v\n%s", s.cmd.ProcessState, log)
		case <-time.After(25 * time.Millisecond):
		}
	}
	s.tb.Fatal("slapd takes no connections")
}

// Stop ends the server, at once and with all its connections.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	s.signal(syscall.SIGKILL) // a frozen one would not notice anything milder
	<-s.done
	s.cmd = nil
}

// Freeze lets the server answer nothing while its port and connections stay open. When it returns, every
// thread has stopped.
func (s *Server) Freeze() {
	s.tb.Helper()
	s.signal(syscall.SIGSTOP)
	for range 400 {
		if s.stopped() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.tb.Fatal("slapd does not stop")
}

func (s *Server) stopped() bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", s.cmd.Process.Pid))
	for _, file := range threads {
		stat, _ := os.ReadFile(file) // pid (name) state …
		if _, state, ok := strings.Cut(string(stat), ") "); ok && !strings.HasPrefix(state, "T") {
			return false
		}
	}
	return len(threads) > 0
}

// Thaw ends Freeze.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.tb.Errorf("signal slapd: %v", err)
	}
}
