package envelope

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseTable(t *testing.T) {
	tests := []struct{ text, want, err string }{
		{"", "map[]", ""},
		{"# a comment\n\na@example.org  alice\n", "map[a@example.org:[alice]]", ""},
		{"A@Example.org\tAlice,BOB  carol@Example.com\n", "map[a@example.org:[alice bob carol@example.com]]", ""},
		{"@example.org alice", "map[@example.org:[alice]]", ""},
		{"a@example.org alice,\n\tbob\n# comment\n  carol\n", "map[a@example.org:[alice bob carol]]", ""},
		{"postmaster root\nexample.org x\n", "map[]", ""},
		{"a@example.org alice\na@example.org bob\n", "map[a@example.org:[alice]]", ""},
		{"\"two words\"@example.org alice\n", `map["two words"@example.org:[alice]]`, ""},
		{"a@example.org\n", "", "1: there is nothing behind the key"},
		{"# x\n  alice\n", "", "2: goes on with a line that is not there"},
		{"a@example.org " + strings.Repeat("x,", 2000), "", "1: more than 1000 values"},
		{"\na@example.org " + strings.Repeat("x", maxLine), "", "2: bufio.Scanner: token too long"},
	}
	for _, tt := range tests {
		rows, err := parseTable(strings.NewReader(tt.text))
		if err != nil {
			if err.Error() != tt.err {
				t.Errorf("%.40q: %v; want %s", tt.text, err, tt.err)
			}
			continue
		}
		if got := fmt.Sprint(rows); got != tt.want || tt.err != "" {
			t.Errorf("%.40q = %s; want %s%s", tt.text, got, tt.want, tt.err)
		}
	}
}

func FuzzParseTable(f *testing.F) {
	for _, s := range []string{"a@b.c d, e\n", "# x\n\ty\n", "\"a b\"@c.d e\n", "@x.y z", "a@b.c\\ d e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rows, err := parseTable(strings.NewReader(s))
		if err != nil {
			return
		}
		for key, row := range rows {
			if canonical, ok := sender(key); !ok || canonical != key || len(row) == 0 {
				t.Errorf("%q: row %q: %q", s, key, row)
			}
			for _, v := range row {
				if v == "" || strings.ContainsAny(v, "\n,") && !strings.Contains(v, `"`) {
					t.Errorf("%q: value %q", s, v)
				}
			}
		}
	})
}

func TestTablesAreReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "maps")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	step := 0
	write := func(text string) {
		t.Helper()
		step++
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(file, now, now.Add(time.Duration(step)*time.Minute))
	}
	write("a@example.org alice\n")
	one, err := openTable(file)
	if err != nil {
		t.Fatal(err)
	}
	ts := &tables{all: []*table{one}}
	grants := func(login string, at time.Duration) bool {
		ok, _ := ts.grants("a@example.org", login, now.Add(at))
		return ok
	}
	if !grants("alice", 0) || grants("bob", 0) {
		t.Error("the file says alice")
	}
	write("a@example.org bob\n")
	if !grants("alice", time.Second) {
		t.Error("the file is looked at for every mail")
	}
	if !grants("bob", lookEvery) || grants("alice", lookEvery) {
		t.Error("the file says bob now")
	}
	write("broken@example.org\n")
	if !grants("bob", 2*lookEvery) || one.err == nil {
		t.Error("a broken file leaves everything as it was, and says so")
	}
	os.Remove(file)
	if !grants("bob", 3*lookEvery) {
		t.Error("a missing file leaves everything as it was")
	}
	write("a@example.org alice\n")
	if listed, source := ts.lists("alice", now.Add(4*lookEvery)); !listed || source != "maps" || one.err != nil {
		t.Error("the file is good again")
	}
	if _, err := openTable(t.TempDir()); err == nil {
		t.Error("a folder is a table")
	}
}
