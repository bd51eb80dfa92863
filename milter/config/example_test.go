package config_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"usher/milter/config"
	"usher/modules"
)

// The manual is a configuration with four kinds of lines: settings, explanations (# and a space), settings that
// are not given because they are the default (a key right behind #), and the same as examples (# not set).
var (
	optional = regexp.MustCompile(`^( *)#([^ #].*)$`)
	notSet   = regexp.MustCompile(`# not set$`)
)

func manual(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../examples/usher.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// uncomment gives the settings that are not given; what belongs to an example is one, too. defaults: the
// examples stay comments. unset are the lines, from 1, with a key that has no default.
func uncomment(lines []string, defaults bool) (text string, unset []int) {
	var out []string
	example := -1 // how far the example is indented that we are in
	for i, line := range lines {
		m := optional.FindStringSubmatch(line)
		if m == nil {
			if strings.TrimSpace(line) == "" {
				example = -1
			}
			out = append(out, line)
			continue
		}
		indent := len(m[1])
		if example >= indent {
			example = -1
		}
		if example < 0 && notSet.MatchString(line) {
			example, unset = indent, append(unset, i+1)
		}
		if defaults && example >= 0 {
			out = append(out, line)
			continue
		}
		out = append(out, m[1]+m[2])
	}
	return strings.Join(out, "\n"), unset
}

// load reads a text as Usher would, in a folder where every file it names exists.
func load(t *testing.T, text string) *config.Config {
	t.Helper()
	name := filepath.Join(t.TempDir(), "usher.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for {
		c, err := config.Load(name, modules.All)
		var ms config.Mistakes
		if !errors.As(err, &ms) && err != nil {
			t.Fatal(err)
		}
		if err == nil {
			return c
		}
		if !supply(t, ms, filepath.Dir(name)) {
			t.Fatal(err)
		}
	}
}

// supply makes the files of this folder that were missed.
func supply(t *testing.T, ms config.Mistakes, folder string) (some bool) {
	t.Helper()
	for _, m := range ms {
		missing, ok := strings.CutPrefix(m.Text, "no such file: ")
		if !ok || filepath.Dir(missing) != folder {
			continue
		}
		content := []byte("something long enough for a secret\n")
		if strings.HasSuffix(missing, ".pem") {
			content = certificate(t)
		}
		if err := os.WriteFile(missing, content, 0o600); err != nil {
			t.Fatal(err)
		}
		some = true
	}
	return some
}

func certificate(t *testing.T) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestManualLoads(t *testing.T) {
	c := load(t, strings.Join(manual(t), "\n"))
	if len(c.Warnings) > 0 {
		t.Errorf("warnings: %v", c.Warnings)
	}
}

func TestManualTellsTheDefaults(t *testing.T) {
	lines := manual(t)
	short := strings.Join(lines, "\n")
	stated, _ := uncomment(lines, true)
	if stated == short {
		t.Fatal("no defaults are stated")
	}
	as := func(text string) []string {
		c := load(t, text)
		return strings.Split(c.Effective(), "\n")
	}
	want, got := as(short), as(stated)
	for i := range min(len(want), len(got)) {
		if got[i] != want[i] {
			t.Errorf("the manual says %q; the default is %q", strings.TrimSpace(got[i]), strings.TrimSpace(want[i]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("what the manual states amounts to %d lines; the defaults are %d", len(got), len(want))
	}
}

func TestManualExamplesAreNotSet(t *testing.T) {
	lines := manual(t)
	effective := load(t, strings.Join(lines, "\n")).Effective()
	full, unset := uncomment(lines, false)
	keys := config.Keys([]byte(full))
	if len(unset) < 10 {
		t.Fatalf("only %d examples", len(unset))
	}
	for _, line := range unset {
		if path := keys[line]; path == "" || config.IsSet(effective, path) {
			t.Errorf("line %d (%s) says not set, but has a default", line, path)
		}
	}
}

func TestManualIsComplete(t *testing.T) {
	full, _ := uncomment(manual(t), false)
	everything := strings.ReplaceAll(full, "enabled: false", "enabled: true")
	load(t, strings.Replace(everything, "\n  dir: /var/lib/usher/calendars\n", "\n", 1)) // dir and imap exclude each other
	shown := config.Shown([]byte(full), modules.All)
	for _, key := range config.Known(modules.All) {
		if !shown[key] {
			t.Errorf("%s is not in examples/usher.yaml", key)
		}
	}
}

func TestManPage(t *testing.T) {
	const page = "../../man/usher.yaml.5"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range config.Known(nil) {
		if section, ok := strings.CutPrefix(key, "config.Config."); ok && !strings.Contains(string(text), "\n.It Ic "+section+"\n") {
			t.Errorf("%s is not in %s", section, page)
		}
	}
	mandoc, err := exec.LookPath("mandoc")
	if err != nil {
		t.Skip("SKIPPED: mandoc is not installed; nobody checks the macros of the man page")
	}
	said, _ := exec.Command(mandoc, "-T", "lint", "-W", "warning", page).CombinedOutput()
	if len(said) > 0 {
		t.Errorf("mandoc:\n%s", said)
	}
}
