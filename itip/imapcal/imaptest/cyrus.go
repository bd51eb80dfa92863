package imaptest

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"usher/integration/need"
)

//go:embed cyrus.tmpl
var cyrusConf string

const (
	cyrusMaster = "/usr/lib/cyrus/bin/master"
	saslpasswd  = "/usr/sbin/saslpasswd2"
)

type cyrus struct {
	place
	addr string
	ps   *processes
}

// Cyrus starts a Cyrus imapd 3.6 set up as Kolab does it, so that it has both shared folders of a domain
// (shared/Resources/Blue@example.org, as many as one likes, to be deleted and made again) and users with a domain.
//
// For the folders, defaultdomain must be the mail domain: Debian's 3.6.1 keeps those of any other domain badly. But
// then Cyrus strips that domain from user names before SASL looks for their passwords, in the realm that is its
// servername. So the passwords of john.doe@example.org are kept for john.doe in realm localhost; logins and
// authorization ids are written with the domain nonetheless. What follows from it: rights are given to john.doe, and
// the account sees shared/Resources/Blue in LIST, though all commands take the name with the domain as well.
func Cyrus(tb testing.TB) *Server {
	tb.Helper()
	for file, pkg := range map[string]string{cyrusMaster: "cyrus-imapd", saslpasswd: "sasl2-bin"} {
		if _, err := os.Stat(file); err != nil {
			need.Missing(tb, fmt.Sprintf("%s is not installed: run integration/setup as root", pkg))
		}
	}
	addrs := freeAddrs(tb, 2)
	c := &cyrus{place: newPlace(tb), addr: addrs[0]}
	if err := c.prepare(addrs); err != nil {
		tb.Fatalf("prepare cyrus: %v", err)
	}
	s := &Server{Kind: "cyrus", Addr: addrs[0], TLSAddr: addrs[1], CAFile: c.path("cert.pem"),
		Admin: "cyrus-admin", AdminPassword: Password, Login: AuthzID, Unknown: true, Metadata: true}
	return s.run(tb, c)
}

func (c *cyrus) prepare(addrs []string) error {
	for _, dir := range []string{"conf/socket", "conf/db", "spool", "run/lock", "run/proc", "run/socket"} {
		if err := os.MkdirAll(c.path(dir), 0o755); err != nil {
			return err
		}
	}
	if err := c.writeFiles(cyrusConf, addrs); err != nil {
		return err
	}
	if err := c.addUser("cyrus-admin", Password); err != nil {
		return err
	}
	return c.handOver()
}

func (c *cyrus) start() (err error) {
	c.ps, err = startProcesses(c.place, []string{"CYRUS_VERBOSE=1"}, cyrusMaster, "-C", c.path("imapd.conf"),
		"-M", c.path("cyrus.conf"), "-p", c.path("run/master.pid"), "-D")
	if err != nil {
		return err
	}
	return awaitPort(c.addr, c.ps.gone)
}

func (c *cyrus) stop() {
	if c.ps != nil {
		c.ps.stop()
	}
}

func (c *cyrus) freeze() error { return c.ps.freeze() }
func (c *cyrus) thaw()         { c.ps.signal(syscall.SIGCONT, "") }
func (c *cyrus) kill()         { c.ps.signal(syscall.SIGKILL, "imapd") }

func (c *cyrus) addUser(name, password string) error {
	local, realm, _ := strings.Cut(name, "@")
	if realm == Domain || realm == "" {
		realm = "localhost"
	}
	cmd := exec.Command(saslpasswd, "-p", "-c", "-f", c.path("sasldb2"), "-u", realm, local)
	cmd.Stdin = strings.NewReader(password)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("saslpasswd2: %w: %s", err, bytes.TrimSpace(out))
	}
	return os.Chown(c.path("sasldb2"), c.uid, c.gid)
}
