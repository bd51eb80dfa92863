// Package need says what a test must find on the machine, and what happens when it is not there.
//
// A missing server skips the test, loudly: the text names the Debian package to install. Where everything was
// installed on purpose, as on the build host, USHER_REQUIRE_SERVERS=1 turns the skip into a failure, so that no
// test falls silent unnoticed. The package does not know which servers there are.
package need

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Variable is the environment variable that turns a skip into a failure when it is "1".
const Variable = "USHER_REQUIRE_SERVERS"

// sbin is where Debian keeps servers; an ordinary user's PATH leaves it out.
var sbin = []string{"/usr/sbin", "/usr/local/sbin", "/sbin"}

// Program returns the path of a program or ends the test, naming the Debian package that has it.
func Program(tb testing.TB, name, debianPackage string) string {
	tb.Helper()
	path, ok := Find(name)
	if !ok {
		Missing(tb, fmt.Sprintf("%s is not installed: apt-get install %s", name, debianPackage))
	}
	return path
}

// Root ends the test unless it runs as root, as a server does that gives up its rights by itself.
func Root(tb testing.TB, why string) {
	tb.Helper()
	if os.Geteuid() != 0 {
		Missing(tb, why+" needs root: run the tests as root, in a container say")
	}
}

// Missing ends the test because something is not there: a skip, or a failure where nothing may be missing.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv(Variable) == "1" {
		tb.Fatalf("%s (and %s=1 says that nothing may be missing)", what, Variable)
	}
	tb.Skipf("NOT TESTED: %s", what)
}

// Find looks a program up in PATH and in the folders for servers.
func Find(name string) (path string, ok bool) {
	if path, err := exec.LookPath(name); err == nil {
		return path, true
	}
	for _, dir := range sbin {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, true
		}
	}
	return "", false
}
