package config

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usher/milter/filter"
)

var update = flag.Bool("update", false, "write what came out into testdata; then read the diff")

// answer is what a postmaster reads about the usher.yaml in this folder.
func answer(t *testing.T) (said, effective string) {
	t.Helper()
	c, err := Load("usher.yaml", testModules)
	if err == nil {
		_, err = c.Steps(filter.Host{})
	}
	if err != nil {
		return err.Error() + "\n", ""
	}
	for _, w := range c.Warnings {
		said += w.String() + "\n"
	}
	return said, c.Effective()
}

// unpack makes the case's folder the current one; $DIR stands for it in what is wanted.
// Files named *.secret are readable by their owner alone; an empty file NAME/ is a folder.
func unpack(t *testing.T, a *txtar.Archive) (clean func(string) string) {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	for _, f := range a.Files {
		mode := os.FileMode(0o644)
		if strings.HasSuffix(f.Name, ".secret") {
			mode = 0o600
		}
		if strings.HasSuffix(f.Name, "/") {
			if err := os.Mkdir(f.Name, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(f.Name, f.Data, mode); err != nil {
			t.Fatal(err)
		}
	}
	return func(s string) string { return strings.ReplaceAll(s, folder, "$DIR") }
}

// cases runs txtar files; got answers the named files of each.
func cases(t *testing.T, pattern string, got func(t *testing.T, clean func(string) string) map[string]string) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d cases, %v", pattern, len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(filepath.Join(here, name))
			if err != nil {
				t.Fatal(err)
			}
			clean := unpack(t, a)
			wanted := got(t, clean)
			for i, f := range a.Files {
				text, ok := wanted[f.Name]
				if !ok {
					continue
				}
				delete(wanted, f.Name)
				if text != string(f.Data) && !*update {
					t.Errorf("%s:\n%s\nwant:\n%s", f.Name, text, f.Data)
				}
				a.Files[i].Data = []byte(text)
			}
			for missing, text := range wanted {
				if text != "" {
					t.Errorf("%s is not in the case; it would be:\n%s", missing, text)
				}
			}
			if *update {
				if err := os.WriteFile(filepath.Join(here, name), txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestBad(t *testing.T) {
	cases(t, "testdata/bad/*.txtar", func(t *testing.T, clean func(string) string) map[string]string {
		said, effective := answer(t)
		if effective != "" {
			t.Errorf("was accepted, with warnings:\n%s", said)
		}
		return map[string]string{"said": clean(said)}
	})
}

func TestGood(t *testing.T) {
	cases(t, "testdata/good/*.txtar", func(t *testing.T, clean func(string) string) map[string]string {
		said, effective := answer(t)
		if effective == "" {
			t.Fatalf("was not accepted:\n%s", said)
		}
		if err := os.WriteFile("usher.yaml", []byte(effective), 0o644); err != nil {
			t.Fatal(err)
		}
		if again, same := answer(t); same != effective {
			t.Errorf("the effective configuration means something else when it is read again: %s\n%s\nwant:\n%s", again, same, effective)
		}
		return map[string]string{"warned": clean(said), "effective": clean(effective)}
	})
}

// TestTrustForModules: modules are asked what the section says, its hosts in the order of their names.
func TestTrustForModules(t *testing.T) {
	c := load(t, small+"trust:\n  authserv_id: mx.example\n  inbound: any\n  hosts:\n    b: {net: 10.0.0.2/32, senders: b@b.example}\n    a: {net: 10.0.0.1/32, senders: \"@B.example\"}\n")
	trust := c.Trust.ForModules()
	h, ok := trust.Host(netip.MustParseAddr("10.0.0.1"), "x@b.example")
	if trust.AuthservID != "mx.example" || trust.Inbound != filter.Anything || len(trust.Hosts) != 2 || trust.Hosts[0].Name != "a" || !ok || h.Name != "a" {
		t.Errorf("%+v", trust)
	}
	if got := load(t, small).Trust.ForModules().Inbound; got != filter.Authenticated {
		t.Errorf("inbound is %q where nothing is said", got)
	}
}
