package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/integration/need"
)

// The whole bench, at its smallest: every target, every mail, the memory.
func TestBenchRuns(t *testing.T) {
	need.Program(t, "postfix", "postfix")
	need.Program(t, "smtp-source", "postfix")
	need.Program(t, "cc", "gcc")
	if _, err := os.Stat("/usr/include/libmilter/mfapi.h"); err != nil {
		need.Missing(t, "libmilter is not installed: apt-get install libmilter-dev")
	}
	need.Root(t, "a Postfix of our own")
	program := filepath.Join(t.TempDir(), "usher")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "usher/cmd/usher").CombinedOutput(); err != nil {
		t.Fatalf("build usher: %v: %s", err, out)
	}
	var out bytes.Buffer
	s := settings{usher: program, sessions: 1}
	if err := run(s.small(), &out); err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"| Postfix alone | ", "| C libmilter, no-op | ", "| Usher, all modules | ", "\nUsher beside the C milter"} {
		if n := strings.Count(out.String(), row); n != len(mails()) {
			t.Errorf("%q stands %d times in the tables, want %d:\n%s", row, n, len(mails()), out.String())
		}
	}
	if !strings.Contains(out.String(), "with 5 mails of 1 MB in flight") {
		t.Errorf("nothing about memory:\n%s", out.String())
	}
}

func TestSpread(t *testing.T) {
	if got, want := spreadOf([]float64{3, 1, 2}), (spread{2, 1, 3}); got != want {
		t.Errorf("of three: %v, want %v", got, want)
	}
	if got, want := spreadOf([]float64{4, 1}), (spread{2.5, 1, 4}); got != want {
		t.Errorf("of two: %v, want %v", got, want)
	}
	got := shares([]sample{{perSecond: 50}, {perSecond: 30}}, []sample{{perSecond: 100}, {perSecond: 40}})
	if want := (spread{0.625, 0.5, 0.75}); got != want {
		t.Errorf("shares are %v, want %v: round by round", got, want)
	}
}

// The mails have the size they say, within what an attachment's lines allow.
func TestMailsHaveTheirSize(t *testing.T) {
	for _, size := range []int{10 << 10, 1 << 20, 25 << 20} {
		m := fromOutside("", size)
		if off := len(m.data) - size; off < -size/50-100 || off > size/50+100 {
			t.Errorf("mail of %d bytes has %d", size, len(m.data))
		}
	}
}

func TestProc(t *testing.T) {
	for start := time.Now(); time.Since(start) < 5*tick; {
	}
	used, err := cpuTime(os.Getpid())
	if err != nil || used <= 0 {
		t.Errorf("cpuTime = %v, %v", used, err)
	}
	now, most, err := resident(os.Getpid())
	if err != nil || now < 1<<20 || most < now {
		t.Errorf("resident = %d, %d, %v", now, most, err)
	}
}
