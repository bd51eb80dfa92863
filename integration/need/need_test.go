package need

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// recorder is a test that only writes down how it ended.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs f as a test would run it: in a goroutine that may end anywhere.
func record(f func(tb testing.TB)) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

func TestMissingProgramSkipsAndNamesThePackage(t *testing.T) {
	t.Setenv(Variable, "")
	r := record(func(tb testing.TB) { Program(tb, "no-such-server", "no-such-package") })
	if r.failed != "" || !strings.Contains(r.skipped, "apt-get install no-such-package") {
		t.Errorf("skipped %q, failed %q; want a skip naming the package", r.skipped, r.failed)
	}
}

func TestMissingProgramFailsWhereNothingMayBeMissing(t *testing.T) {
	t.Setenv(Variable, "1")
	r := record(func(tb testing.TB) { Program(tb, "no-such-server", "no-such-package") })
	if r.skipped != "" || !strings.Contains(r.failed, Variable) {
		t.Errorf("skipped %q, failed %q; want a failure naming %s", r.skipped, r.failed, Variable)
	}
}

func TestProgramThatIsThere(t *testing.T) {
	var path string
	r := record(func(tb testing.TB) { path = Program(tb, "sh", "dash") })
	if r.skipped != "" || r.failed != "" || !strings.HasSuffix(path, "/sh") {
		t.Errorf("Program = %q, skipped %q, failed %q", path, r.skipped, r.failed)
	}
}
