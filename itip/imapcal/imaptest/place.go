package imaptest

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// place is where a real server lives and as whom it runs.
type place struct {
	dir         string // short: the path of a socket has 108 bytes
	user, group string
	uid, gid    int
}

// newPlace makes a folder that ends with the test.
func newPlace(tb testing.TB) place {
	tb.Helper()
	p, err := whoRuns()
	if err != nil {
		tb.Fatal(err)
	}
	base := os.TempDir()
	if !open(base) {
		base = "/tmp"
	}
	if p.dir, err = os.MkdirTemp(base, "imap"); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(p.dir) })
	if err := os.Chmod(p.dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return p
}

// whoRuns is nobody for root, as the servers refuse to be root, and ourselves otherwise.
func whoRuns() (p place, err error) {
	u, err := user.Current()
	if err == nil && os.Geteuid() == 0 {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return p, err
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return p, err
	}
	p.user, p.group = u.Username, g.Name
	p.uid, _ = strconv.Atoi(u.Uid)
	p.gid, _ = strconv.Atoi(u.Gid)
	return p, nil
}

// open tells whether everybody may pass through dir and its parents.
func open(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

func (p place) path(name string) string { return filepath.Join(p.dir, name) }

// write makes a file and the folders above it.
func (p place) write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p.path(name), []byte(text), 0o600)
}

// handOver gives all in the folder to the user that runs the server.
func (p place) handOver() error {
	return filepath.WalkDir(p.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, p.uid, p.gid)
	})
}

// attributes of the processes of this place: a session of their own, so that they can be found.
func (p place) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if os.Geteuid() == 0 {
		a.Credential = &syscall.Credential{Uid: uint32(p.uid), Gid: uint32(p.gid)}
	}
	return a
}

// Below the range from which Linux gives ports to outgoing connections, so that only another server of a test
// could take a port between our choice and the server's bind.
const lowest, highest = 20000, 32000

// share is how many ports a process has for itself.
const share = 1000

// given counts the ports that were looked at.
var given atomic.Int64

func nextPort() int { return firstPort() + int(given.Add(1))%share }

// firstPort is where the part of the range begins that this process has taken for itself. Other processes that run
// tests at the same time see the lock, which ends with us; where there are more of them than parts, some share one.
var firstPort = sync.OnceValue(func() int {
	const parts = (highest - lowest) / share
	for i := range parts {
		part := (os.Getpid() + i) % parts
		f, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("usher-test-ports-%d.lock", part)), os.O_CREATE|os.O_RDWR, 0o666)
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			locks = append(locks, f) // open for as long as we live
			return lowest + part*share
		}
		f.Close()
	}
	return lowest + os.Getpid()%parts*share
})

// locks keeps the lock from being collected, and so given back.
var locks []*os.File

// freeAddrs finds n different loopback addresses nobody listens on.
func freeAddrs(tb testing.TB, n int) (addrs []string) {
	tb.Helper()
	for range 1000 {
		ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", nextPort()))
		if err != nil {
			continue
		}
		defer ln.Close() // all are held until all are found
		if addrs = append(addrs, ln.Addr().String()); len(addrs) == n {
			return addrs
		}
	}
	tb.Fatal("no free port")
	return nil
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}
