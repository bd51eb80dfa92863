package postfix

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
)

// Dir is SocketDir for a test; it ends with the test. (The folders of testing.T are for their owner alone, and too
// long for a socket's name.)
func Dir(tb testing.TB) string {
	tb.Helper()
	Need(tb)
	dir, err := SocketDir()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// SocketDir makes a short-named folder for milter sockets. What is made in it has group postfix, by the folder's
// set-group-ID bit: a socket of mode 0660 is enough, as at a real site.
func SocketDir() (string, error) {
	dir, err := MakeDir()
	if err != nil {
		return "", err
	}
	_, gid, err := ids()
	if err != nil {
		return "", err
	}
	return dir, errors.Join(os.Chown(dir, -1, gid), os.Chmod(dir, 0o755|os.ModeSetgid))
}

// Socket names a milter socket in a folder of its own, as Options and milters write it: unix:/path.
func Socket(tb testing.TB, name string) string {
	tb.Helper()
	return "unix:" + filepath.Join(Dir(tb), name)
}

// MakeDir makes a temporary folder all of whose parents let everybody through.
func MakeDir() (string, error) {
	for _, base := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		if !open(base) {
			continue
		}
		dir, err := os.MkdirTemp(base, "usher-pf-")
		if err != nil {
			return "", err
		}
		return dir, os.Chmod(dir, 0o755)
	}
	return "", errors.New("no temporary folder that user postfix can reach; set TMPDIR to one")
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

// ownedByPostfix hands a file or folder to user postfix.
func ownedByPostfix(path string, mode os.FileMode) error {
	uid, gid, err := ids()
	if err != nil {
		return err
	}
	return errors.Join(os.Chown(path, uid, gid), os.Chmod(path, mode))
}

// readableByPostfix lets user postfix read a file of root's, and nobody else.
func readableByPostfix(path string) error {
	_, gid, err := ids()
	if err != nil {
		return err
	}
	return errors.Join(os.Chown(path, 0, gid), os.Chmod(path, 0o640))
}

func ids() (uid, gid int, err error) {
	u, err := user.Lookup("postfix")
	if err != nil {
		return 0, 0, err
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return uid, gid, errors.Join(err1, err2)
}
