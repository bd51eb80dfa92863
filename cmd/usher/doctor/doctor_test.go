package doctor

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/milter/filter"
)

// update writes what the postconf of this machine prints into the cases.
var update = flag.Bool("update", false, "ask postconf anew, and write findings as they are")

// ours is the configuration all cases are compared with.
var ours = Ours{
	Listeners: []Listener{
		{"mx", filter.Inbound, "unix", "/run/usher/inbound.sock"},
		{"submission", filter.Submission, "unix", "/run/usher/submission.sock"},
		{"local", filter.Local, "unix", "/run/usher/local.sock"},
		{"own", filter.Own, "tcp", "127.0.0.1:10029"},
	},
	Submit:   "127.0.0.1:10027",
	Deadline: 4 * time.Minute,
	Command:  25 * time.Second,
	Spool:    4 << 30,
}

// TestCases: each file is a main.cf and a master.cf, what postconf prints about them, and the findings.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				ask(t, archive)
			}
			p, err := Read(Outputs{Main: part(archive, "postconf -n"), Defaults: defaults(t),
				Master: part(archive, "postconf -M"), Overrides: part(archive, "postconf -P")})
			if err != nil {
				t.Fatal(err)
			}
			got := written(Examine(p, ours, there(part(archive, "sockets"))))
			if *update {
				put(archive, "findings", got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := part(archive, "findings"); got != want {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func part(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func put(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

func defaults(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/postconf-d")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ask lets the postconf of this machine read the case.
func ask(t *testing.T, a *txtar.Archive) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"main.cf", "master.cf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(part(a, name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, option := range []string{"-n", "-M", "-P"} {
		out, err := exec.Command("postconf", "-c", dir, option).Output()
		if err != nil {
			t.Fatalf("postconf %s: %v", option, err)
		}
		put(a, "postconf "+option, strings.ReplaceAll(string(out), dir, "/etc/postfix"))
	}
}

// there answers for sockets that are listed, each with what is wrong about it; without a list nobody is asked.
func there(list string) Connect {
	if list == "" {
		return nil
	}
	return func(path string) error {
		for line := range strings.Lines(list) {
			if name, wrong, _ := strings.Cut(strings.TrimSpace(line), " "); name == path && wrong != "" {
				return errors.New(wrong)
			} else if name == path {
				return nil
			}
		}
		return fs.ErrNotExist
	}
}

func written(all []Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %s %s: %s\n", f.Severity, f.ID, f.Where, f.Text)
		for line := range strings.Lines(f.Remedy) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
	return b.String()
}
