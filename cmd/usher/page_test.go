package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// exitCodes are those of main.go, by name.
func exitCodes(t *testing.T) map[string]int {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "exit") {
			code, err := strconv.Atoi(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes[spec.Names[0].Name] = code
		}
		return true
	})
	if len(codes) < 5 {
		t.Fatalf("only %v", codes)
	}
	return codes
}

// TestEveryExitCodeHasAScript: what main.go documents, a script shows.
func TestEveryExitCodeHasAScript(t *testing.T) {
	shown := expected(t)
	for name, code := range exitCodes(t) {
		if !slices.Contains(shown, fmt.Sprintf("exits %d usher", code)) {
			t.Errorf("no script ends with %s (%d)", name, code)
		}
	}
}

// expected are the exit codes that scripts expect.
func expected(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	var all []string
	for _, name := range files {
		all = append(all, regexp.MustCompile(`(?m)^exits \d+ usher`).FindAllString(read(t, name), -1)...)
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestManPage: every command, flag and exit code is in usher(1).
func TestManPage(t *testing.T) {
	page := read(t, "../../man/usher.1")
	for name := range commands {
		if !strings.Contains(page, "\n.It Ic "+name) {
			t.Errorf("usher(1) does not tell of the command %s", name)
		}
	}
	for name, code := range exitCodes(t) {
		if !strings.Contains(page, "\n.It "+strconv.Itoa(code)+"\n") {
			t.Errorf("usher(1) does not tell of the exit code %d (%s)", code, name)
		}
	}
	for name := range commands {
		for _, flag := range flagsOf(t, name) {
			if !strings.Contains(page, "\n.It Fl "+flag) {
				t.Errorf("usher(1) does not tell of %s -%s", name, flag)
			}
		}
	}
}

// TestManPageForm asks mandoc about both pages.
func TestManPageForm(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("NOT TESTED: mandoc is not installed: apt-get install mandoc")
	}
	out, err := exec.Command("mandoc", "-Tlint", "-Wwarning", "../../man/usher.1", "../../man/usher.yaml.5").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// flagsOf are the flags of a command, as its help says.
func flagsOf(t *testing.T, command string) (names []string) {
	t.Helper()
	var out strings.Builder
	if code := run([]string{command, "-h"}, stdio{out: &out, errout: &out}); code != exitOK {
		t.Fatalf("%s -h: %d\n%s", command, code, &out)
	}
	for _, m := range regexp.MustCompile(`(?m)^  -(\w+)`).FindAllStringSubmatch(out.String(), -1) {
		names = append(names, m[1])
	}
	return names
}

func TestUsageTellsOfEveryCommand(t *testing.T) {
	for name := range commands {
		if !strings.Contains(usage, "\n  usher "+name) {
			t.Errorf("the usage lacks %s", name)
		}
	}
}

// TestReadmeListsTheMetrics, all of them and no other.
func TestReadmeListsTheMetrics(t *testing.T) {
	var listed []string
	for _, m := range regexp.MustCompile("`(usher_\\w+)").FindAllStringSubmatch(read(t, "../../README.md"), -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(listed)
	listed = slices.Compact(listed)
	if got := registered(); !slices.Equal(got, listed) {
		t.Errorf("registered are %v, the README lists %v", got, listed)
	}
}

// registered are the names of our metrics.
func registered() (names []string) {
	all := make(chan *prometheus.Desc)
	go func() {
		newMetrics(new(service)).registry.Describe(all)
		close(all)
	}()
	for d := range all { // a Desc tells its name to people only
		if m := regexp.MustCompile(`fqName: "(usher_\w+)"`).FindStringSubmatch(d.String()); m != nil {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
