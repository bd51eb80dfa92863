package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/milter/filter"
)

func TestDecode(t *testing.T) {
	var got struct {
		Name  string     `yaml:"name"`
		Rules []rampRule `yaml:"rules"`
		Ptr   *rampRule  `yaml:"ptr"`
		None  *rampRule  `yaml:"none"`
		Words []string   `yaml:"words"`
		Deep  struct {
			Small int8              `yaml:"small"`
			Map   map[string][]bool `yaml:"map"`
		} `yaml:"deep"`
		embedded
	}
	text := "name: 2024\nrules: {name: a}\nptr: {name: b}\nwords: one\ndeep: {small: -128, map: {a: true, b: [false, true]}}\nkept: 1\n"
	if err := Decode("test", ".", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "2024" || got.Rules[0] != (rampRule{Name: "a", Max: 3}) || *got.Ptr != (rampRule{Name: "b", Max: 3}) ||
		got.None != nil || !slices.Equal(got.Words, []string{"one"}) || got.Deep.Small != -128 || len(got.Deep.Map["b"]) != 2 || got.Kept != 1 {
		t.Errorf("got %+v", got)
	}
}

type embedded struct {
	Kept uint `yaml:"kept"`
}

func TestDecodeMistakes(t *testing.T) {
	var into struct {
		Name string   `yaml:"name"`
		Deep struct{} `yaml:"deep"`
	}
	err := Decode("case/config", ".", []byte("name: [x]\nnaem: y\ndeep: {any: 1}\n"), &into)
	var ms Mistakes
	if !errors.As(err, &ms) || len(ms) != 3 || ms[1].Line != 2 || ms[1].File != "case/config" {
		t.Fatalf("error is %v", err)
	}
	if want := "case/config:3: deep: unknown key \"any\": there are no keys here"; ms[2].String() != want {
		t.Errorf("said %s; want %s", ms[2], want)
	}
}

func TestUnreadable(t *testing.T) {
	var into struct{}
	tests := []struct{ text, want string }{
		{"a: 1\nb: \xff\n", "f:2: not UTF-8"},
		{"a: 1\n\nb: \x00\n", "f:3: control character U+0000"},
		{strings.Repeat("# comment\n", maxBytes/10+1), "f:1: longer than 1048576 bytes"},
		{"\xef\xbb\xbf# only a byte order mark\r\n", ""},
		{"", ""},
		{"---\n", ""},
	}
	for _, tt := range tests {
		said := ""
		if err := Decode("f", ".", []byte(tt.text), &into); err != nil {
			said = err.Error()
		}
		if said != tt.want {
			t.Errorf("%.20q: said %q; want %q", tt.text, said, tt.want)
		}
	}
}

func TestNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]string{"none.yaml": "none.yaml: no such file", ".": ".: want a file, . is a folder"} {
		if _, err := Load(name, nil); err == nil || err.Error() != want {
			t.Errorf("Load(%q) = %v; want %s", name, err, want)
		}
	}
}

// Wrong tags are mistakes of ours; they must not wait for a postmaster to find them.
func TestPanics(t *testing.T) {
	tests := []any{
		&struct {
			A string `config:"requird"`
		}{},
		&struct{ C chan int }{},
		&struct{ B badCheck }{},
	}
	for _, into := range tests {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T was accepted", into)
				}
			}()
			_ = Decode("f", ".", []byte("a: x\nc: 3\n"), into)
		}()
	}
}

func TestModuleMayNotRedefineCommonKeys(t *testing.T) {
	def := filter.Define(filter.Definition{Name: "twice"}, struct {
		Timeout string `yaml:"timeout"`
	}{}, func(filter.Host, struct {
		Timeout string `yaml:"timeout"`
	}) (filter.Module, error) {
		return nil, nil
	})
	defer func() {
		if recover() == nil {
			t.Error("timeout has two meanings")
		}
	}()
	_, _ = parseConfig("f", "/", []byte("{}"), []filter.Definition{def})
}

type badCheck struct{ A string }

func (badCheck) Check() (int, error) { return 0, nil }

// FuzzLoad: whatever the file holds, nothing breaks, and every mistake has its line.
func FuzzLoad(f *testing.F) {
	const small = "listen: {socket: \"inet:127.0.0.1:0\", role: inbound}\ndirectory: {ldif: /dev/null, domains: a.b}\n"
	for _, seed := range []string{
		small, small + "modules: {lamp: {enabled: true, rules: [{name: a}, {nam: b}], nets: 1}, ramp: {enabled: true}}\n",
		small + "overrides:\n  - {listener: inbound, domain: a.b, modules: {lamp: {enabled: true, count: 3}}}\n",
		"a: &x [*x]\n<<: *x\n", "? [a]\n: b\n", "- - -\n", "a: |\n  b\n---\n...\n", "trust: {hosts: {a.b: {net: 1, senders: [x]}}}",
		"limits: {memory: 1MB, deadline: 1d2h}\nmetrics: :1\n", "!!map {}", "listen: [[[[{}]]]]", "%YAML 1.1\n---\n{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig("f", "/nonexistent", []byte(text), testModules)
		if err == nil {
			if again, err := parseConfig("f", "/nonexistent", []byte(c.Effective()), testModules); err != nil || again.Effective() != c.Effective() {
				t.Errorf("the effective configuration cannot be read again: %v\n%s", err, c.Effective())
			}
			return
		}
		var ms Mistakes
		if !errors.As(err, &ms) || len(ms) == 0 {
			t.Fatalf("error is %T", err)
		}
		for _, m := range ms {
			if m.Line < 1 || m.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 || m.Text == "" || strings.Contains(m.String(), "\n") {
				t.Errorf("mistake %+v", m)
			}
		}
	})
}
