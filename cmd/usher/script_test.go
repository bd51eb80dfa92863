package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"usher/examples/office"
)

// raceOptions: the race detector would wait a second at the end of each command, and end with 66, which is a code
// of ours.
const raceOptions = "atexit_sleep_ms=0 exitcode=3"

// TestMain lets scripts and tests run usher as a command.
func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceOptions)
	testscript.Main(m, map[string]func(){"usher": main})
}

// TestScripts tests commands as commands.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "expand": expand},
		Condition:           condition,
	})
}

func setup(env *testscript.Env) error {
	env.Setenv("GORACE", raceOptions)
	return moveIn(env.WorkDir)
}

// moveIn lays the example office out in a folder, with a configuration and mails; what is there already stays.
func moveIn(dir string) error {
	for _, name := range []string{"usher.yaml", "plain.eml", "invite.eml"} {
		if err := place(filepath.Join(dir, name), func() ([]byte, error) { return os.ReadFile("testdata/office/" + name) }); err != nil {
			return err
		}
	}
	for _, name := range []string{"office.ldif", "footer.txt", "footer.html"} {
		if err := place(filepath.Join(dir, name), func() ([]byte, error) { return office.Files.ReadFile(name) }); err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(dir, "calendars"), 0o755)
}

func place(file string, read func() ([]byte, error)) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	data, err := read()
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

// exits runs a command that must end with an exit code: exits CODE PROGRAM [ARGUMENTS].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENTS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// expand fills $WORK and its like into files, as paths of sockets have to be absolute: expand FILE...
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: expand FILE...")
	}
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// condition knows [netns]: this machine lets us run a command without any network.
func condition(cond string) (bool, error) {
	if cond != "netns" {
		return false, errors.New("unknown condition " + cond)
	}
	return exec.Command("unshare", "--map-root-user", "--net", "true").Run() == nil, nil
}
