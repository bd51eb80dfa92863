// Package usher_test keeps the house in order: who may know whom, and who stays pure.
package usher_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is a package as go list describes it; Imports and Deps are without its tests.
type pkg struct {
	ImportPath, Dir        string
	GoFiles, Imports, Deps []string
}

// name is the path below the module.
func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, "usher/") }

// helps tells whether a package exists for tests, and so may import what it tests with.
func (p pkg) helps() bool {
	return strings.HasSuffix(p.name(), "test") || matches("integration/...", p.name()) || matches("examples/...", p.name())
}

// packages are those of the program itself.
func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); err == nil; {
		var p pkg
		if err = d.Decode(&p); err == nil && !p.helps() {
			all = append(all, p)
		}
	}
	if !errors.Is(err, io.EOF) || len(all) < 10 {
		t.Fatalf("%d packages, %v", len(all), err)
	}
	return all
}

// matches tells whether a package is meant: a/b is itself, a/* what lies right below a, a/... a and all below it.
func matches(pattern, name string) bool {
	if above, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == above || strings.HasPrefix(name, above+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// arrows: of the house, these packages import nothing but what stands behind them.
var arrows = map[string][]string{
	"address":                  {},
	"itip":                     {"address"},
	"itip/calendar":            {"address", "itip"},
	"itip/kolab":               {"address", "itip"},
	"itip/imapcal":             {"address", "itip", "itip/calendar", "itip/kolab"},
	"ldapdir":                  {"address"},
	"ldapdir/*":                {"address", "ldapdir"},
	"milter/message":           {"address"},
	"milter/addendum":          {"milter/message"},
	"milter/addendum/template": {"ldapdir"},
	"milter/addendum/rules":    {"address", "ldapdir", "milter/addendum", "milter/addendum/template", "milter/condition", "milter/filter", "milter/message"},
	"milter/imip":              {"address", "itip", "milter/message"},
	"milter/authres":           {"address", "milter/message"},
	"milter/evidence":          {"address", "ldapdir", "milter/authres", "milter/filter", "milter/message"},
	"milter/filter":            {"address", "itip", "itip/calendar", "ldapdir", "milter/message"},
	"milter/store":             {},
	"milter/ledger":            {"milter/filter", "milter/store"},
	"milter/world":             {"address", "itip", "itip/calendar", "milter/filter", "milter/message", "milter/store"},
	"milter":                   {"address", "milter/filter", "milter/message"},
	"milter/config":            {"address", "itip/imapcal", "ldapdir", "milter/filter", "milter/world"},
	"modules/*":                {"address", "itip", "itip/calendar", "ldapdir", "milter/addendum", "milter/addendum/rules", "milter/evidence", "milter/filter", "milter/imip", "milter/message"},
	"modules":                  {"milter/filter", "modules/*"},
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		for who, whom := range arrows {
			for _, i := range p.Imports {
				inner, ours := strings.CutPrefix(i, "usher/")
				if ours && matches(who, p.name()) && !matchesAny(whom, inner) {
					t.Errorf("%s imports %s; of the house it may know %v", p.name(), inner, whom)
				}
			}
		}
	}
}

func TestModulesAreKnownToTheirListAlone(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			inner, ours := strings.CutPrefix(i, "usher/")
			if ours && matches("modules/*", inner) && p.name() != "modules" || inner == "modules" && p.name() != "cmd/usher" {
				t.Errorf("%s imports %s", p.name(), inner)
			}
		}
	}
}

// shared are libraries that may have several users. Every other one has a single user in the house, so that
// replacing it is an afternoon.
var shared = []string{"golang.org/x"}

// wrapped are libraries whose place is fixed.
var wrapped = map[string][]string{
	"github.com/emersion/go-milter":   {"milter"},
	"github.com/emersion/go-smtp":     {"milter/world"},
	"github.com/emersion/go-sasl":     {"milter/world", "itip/imapcal"}, // logging in is the same in both
	"github.com/emersion/go-imap":     {"itip/imapcal"},
	"github.com/emersion/go-message":  {"milter/message"},
	"github.com/go-ldap/ldap":         {"ldapdir/ldap", "ldapdir/ldif"}, // a file is asked with the same filters
	"go.yaml.in/yaml":                 {"milter/config"},
	"go.etcd.io/bbolt":                {"milter/store"},
	"github.com/prometheus":           {"cmd/usher"},
	"github.com/rogpeppe/go-internal": {}, // for tests
}

func TestLibrariesHaveOneUser(t *testing.T) {
	users := map[string][]string{}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if lib := library(i); lib != "" && !slices.Contains(users[lib], p.name()) {
				users[lib] = append(users[lib], p.name())
			}
		}
	}
	if len(users) < 5 {
		t.Fatalf("only %v", users)
	}
	for lib, who := range users {
		if owners, fixed := wrapped[lib]; fixed {
			for _, user := range who {
				if !slices.Contains(owners, user) {
					t.Errorf("%s imports %s, which belongs to %v", user, lib, owners)
				}
			}
		} else if len(who) > 1 && !slices.Contains(shared, lib) {
			t.Errorf("%s is imported by %v; want one of them", lib, who)
		}
	}
}

// library is what an import belongs to: a repository, or "" for the standard library and the house.
func library(i string) string {
	parts := strings.Split(i, "/")
	if !strings.Contains(parts[0], ".") {
		return ""
	}
	for _, depth := range []int{2, 3} {
		lib := strings.Join(parts[:min(depth, len(parts))], "/")
		if _, fixed := wrapped[lib]; fixed || slices.Contains(shared, lib) || depth == 3 {
			return lib
		}
	}
	return ""
}

// strangers are who does not depend on a protocol, not even through others.
var strangers = []string{"address", "itip", "itip/calendar", "itip/kolab", "ldapdir", "milter/message", "milter/authres", "milter/evidence", "milter/imip", "milter/filter", "modules/..."}

var protocols = []string{"github.com/emersion/go-milter", "github.com/emersion/go-smtp", "github.com/emersion/go-sasl",
	"github.com/emersion/go-imap", "github.com/go-ldap/ldap", "net/smtp", "net/http", "database/sql"}

func TestProtocolsStayOutside(t *testing.T) {
	for _, p := range packages(t) {
		for _, d := range p.Deps {
			spoken := func(protocol string) bool { return matches(protocol+"/...", d) }
			if matchesAny(strangers, p.name()) && slices.ContainsFunc(protocols, spoken) {
				t.Errorf("%s depends on %s", p.name(), d)
			}
		}
	}
}

// pure packages describe and do not act: calendar objects in, calendar objects out.
var pure = []string{"itip", "itip/kolab", "milter/authres", "milter/imip"}

var impure = []string{"context", "log", "log/slog", "net", "net/http", "os", "os/exec", "os/signal", "syscall", "io/fs", "io/ioutil"}

func TestPureImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if matchesAny(pure, p.name()) && slices.Contains(impure, i) {
				t.Errorf("%s imports %s", p.name(), i)
			}
		}
	}
}

// timeless packages read no clock but tx.Time, roll no dice and start nothing that outlives the question:
// planning twice gives the same plan.
var timeless = []string{"milter/addendum/...", "itip", "itip/kolab", "milter/authres", "milter/evidence", "milter/imip", "modules/..."}

func TestPlanningTwiceIsPlanningOnce(t *testing.T) {
	files := 0
	for _, p := range packages(t) {
		if !matchesAny(timeless, p.name()) {
			continue
		}
		for _, name := range p.GoFiles {
			files++
			inspect(t, filepath.Join(p.Dir, name), p.name()+"/"+name)
		}
	}
	if files < 5 {
		t.Fatalf("only %d files", files)
	}
}

func inspect(t *testing.T, file, name string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			t.Errorf("%s:%d starts a goroutine", name, set.Position(n.Pos()).Line)
		case *ast.ImportSpec:
			if slices.Contains([]string{`"math/rand"`, `"math/rand/v2"`, `"crypto/rand"`}, n.Path.Value) {
				t.Errorf("%s imports %s", name, n.Path.Value)
			}
		case *ast.SelectorExpr:
			from, ok := n.X.(*ast.Ident)
			if ok && from.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}, n.Sel.Name) {
				t.Errorf("%s:%d uses time.%s", name, set.Position(n.Pos()).Line, n.Sel.Name)
			}
		}
		return true
	})
}
