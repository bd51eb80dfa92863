package imaptest

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"usher/integration/need"
)

//go:embed dovecot.tmpl
var dovecotConf string

// unpacked is where integration/setup unpacks Debian's dovecot-imapd, which cannot be installed beside cyrus-imapd.
const (
	dovecotMaster = "/usr/sbin/dovecot"
	libexec       = "/usr/lib/dovecot"
	unpacked      = "/usr/local/lib/usher-tests/dovecot-imapd"
)

type dovecot struct {
	place
	addr string
	ps   *processes
}

// Dovecot starts a Dovecot 2.3. Its service account is a master user, and a user itself, who may do everything in
// shared folders; other users may read them.
func Dovecot(tb testing.TB) *Server {
	tb.Helper()
	addrs := freeAddrs(tb, 2)
	d := &dovecot{addr: addrs[0]}
	if _, err := os.Stat(dovecotMaster); err != nil {
		need.Missing(tb, "dovecot-core is not installed: run integration/setup as root")
	}
	d.place = newPlace(tb)
	if err := d.prepare(tb, addrs); err != nil {
		tb.Fatalf("prepare dovecot: %v", err)
	}
	s := &Server{Kind: "dovecot", Addr: addrs[0], TLSAddr: addrs[1], CAFile: d.path("cert.pem"),
		Admin: "service@" + Domain, AdminPassword: Password, Login: Master, Metadata: true}
	return s.run(tb, d)
}

func (d *dovecot) prepare(tb testing.TB, addrs []string) error {
	if err := d.gather(); err != nil {
		return err
	}
	if _, err := os.Stat(d.path("libexec/imap")); err != nil {
		need.Missing(tb, "dovecot-imapd is not there: run integration/setup as root")
	}
	for _, dir := range []string{"run", "state", "home", "public"} {
		if err := os.MkdirAll(d.path(dir), 0o755); err != nil {
			return err
		}
	}
	if err := d.writeFiles(dovecotConf, addrs); err != nil {
		return err
	}
	return d.handOver()
}

// gather links the programs and modules of both packages into one folder each, for Dovecot looks for all in one.
func (d *dovecot) gather() error {
	for _, dir := range []string{"libexec", "modules"} {
		if err := os.Mkdir(d.path(dir), 0o755); err != nil {
			return err
		}
	}
	for _, root := range []string{libexec, unpacked + libexec} {
		for into, pattern := range map[string]string{"libexec": "*", "modules": "modules/*.so"} {
			files, _ := filepath.Glob(filepath.Join(root, pattern))
			for _, file := range files {
				if err := os.Symlink(file, filepath.Join(d.path(into), filepath.Base(file))); err != nil && !os.IsExist(err) {
					return err
				}
			}
		}
	}
	return nil
}

func (d *dovecot) start() (err error) {
	if d.ps, err = startProcesses(d.place, nil, dovecotMaster, "-c", d.path("dovecot.conf"), "-F"); err != nil {
		return err
	}
	if err := awaitPort(d.addr, d.ps.gone); err != nil {
		log, _ := os.ReadFile(d.path("log"))
		return fmt.Errorf("%w\n%s", err, log)
	}
	return nil
}

func (d *dovecot) stop() {
	if d.ps != nil {
		d.ps.stop()
	}
}

func (d *dovecot) freeze() error { return d.ps.freeze() }
func (d *dovecot) thaw()         { d.ps.signal(syscall.SIGCONT, "") }
func (d *dovecot) kill()         { d.ps.signal(syscall.SIGKILL, "imap") }

func (d *dovecot) addUser(name, password string) error {
	f, err := os.OpenFile(d.path("users"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "%s:{PLAIN}%s::::::\n", name, password)
	return err
}
