package resource

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/milter/config"
	"usher/milter/filter"
)

// read loads a configuration with these settings of the module.
func read(t *testing.T, settings string) (*config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "d.ldif"), []byte("dn: uid=a,dc=x\nobjectClass: person\nmail: a@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "listen: [{socket: \"inet:127.0.0.1:1\", role: submission}]\ndomains: [example.org]\n" +
		"directory: {ldif: d.ldif, base: \"dc=x\"}\ncalendars: {dir: .}\nmodules:\n  resource:\n    enabled: true\n" + settings
	if err := os.WriteFile(filepath.Join(dir, "usher.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(filepath.Join(dir, "usher.yaml"), []filter.Definition{Module})
}

func TestMistakes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"    horizon: 1h\n", "8: resource.horizon: want between 24h"},
		{"    policy: perhaps\n", `8: resource.policy: want a policy such as accept, manual or ACT_ACCEPT, not "perhaps"`},
		{"    policy: [accept, update]\n", "8: resource.policy: want a policy for requests"},
		{"    capacity: many\n", "8: resource.capacity: want a whole number"},
		{"    parallel: 0\n", "8: resource.parallel: want between 1 and 1000"},
		{"    min_duration: 2h\n    max_duration: 1h\n", "8: resource.min_duration: is longer than max_duration"},
		{"    strategy: best\n", "want first, random, least_used, smallest_fit or round_robin"},
		{"    work_hours: 9-5\n", "8: resource.work_hours: want hours such as 08:00-17:00"},
		{"    work_days: mon-fry\n", "8: resource.work_days: want days such as mon-fri"},
		{"    zone: Berlin\n", "8: resource.zone: want a time zone such as Europe/Berlin"},
		{"    book_in_policy: [joe]\n", "8: resource.book_in_policy[0]: want everybody"},
		{"    resources:\n      room@example.org:\n        capacity: 8\n        paralel: 2\n", `11: resource.resources.room@example.org.paralel: no rule is called so (did you mean "parallel"?)`},
		{"    resources:\n      room@example.org: {capacity: many}\n", `9: resource.resources.room@example.org.capacity: want a whole number, not "many"`},
		{"    resources:\n      room@example.org: {capacity: }\n", "capacity: want one value, not 0"},
		{"    resources:\n      room@example.org: {zone: [UTC, UTC]}\n", "zone: want one value, not 2"},
		{"    resources:\n      room: {capacity: 8}\n", "9: resource.resources.room: want the address of a resource"},
		{"    resources:\n      a@example.org: {capacity: 8}\n      A@example.org: {capacity: 8}\n", "is there twice"},
		{"    resources: [room@example.org]\n", "want keys and values, not a list"},
		{"    attributes: {capasity: [x]}\n", `8: resource.attributes.capasity: no rule is called so (did you mean "capacity"?)`},
		{"    attributes: {foo: [x]}\n", "8: resource.attributes.foo: no rule is called so\n"},
		{"    attributes: {capacity: [\"a b\"]}\n", `cannot be the name of an attribute`},
		{"    attributes: {policy: [x]}\n", "8: resource.attributes.policy: is named under directory.schema"},
	}
	for _, tt := range tests {
		if _, err := read(t, tt.text); err == nil || !strings.Contains(err.Error()+"\n", tt.want) {
			t.Errorf("%s: %v; want %s", tt.text, err, tt.want)
		}
	}
	_, err := read(t, "    horizon: 1h\n    resources: {room@example.org: {capacity: x, zone: y}}\n    attributes: {x: y}\n")
	if err == nil || strings.Count(err.Error(), "resource.") < 4 {
		t.Errorf("not all mistakes at once: %v", err)
	}
}

// TestSettings: lists may be one value, and what is effective can be read again.
func TestSettings(t *testing.T) {
	const settings = "    policy: [ACT_ACCEPT:Example.org, manual]\n    work_days: sat-mon\n    owner: desk@example.org\n" +
		"    resources:\n      room@example.org: {policy: manual, book_in_policy: [a@example.org, everybody], capacity: 8, work_days: \"sat, sun\"}\n"
	c, err := read(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	text := c.Effective()
	for _, want := range []string{"policy: ['accept:example.org', manual]", "work_days: mon, sat, sun", "book_in_policy: [everybody]", "capacity: [\"8\"]"} {
		if !strings.Contains(text, want) && !strings.Contains(strings.NewReplacer("'", "", `"`, "").Replace(text), strings.NewReplacer("'", "", `"`, "").Replace(want)) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if c.Directory.Schema.Wanted[0] != "kolabDescAttribute" {
		t.Errorf("wanted of the directory: %v", c.Directory.Schema.Wanted)
	}
}

// TestReadmeTellsTheDefaults: what the README shows is what an empty section means, and no rule is missing.
func TestReadmeTellsTheDefaults(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(text), "        enabled: false\n")
	shown, _, _ = strings.Cut(shown, "\n\n")
	settings := ""
	for line := range strings.Lines(shown + "\n") {
		settings += strings.TrimPrefix(line, "    ")
	}
	for _, f := range ruleFields {
		if !strings.Contains(settings, "\n    "+f.key+": ") {
			t.Errorf("%s is not in the README", f.key)
		}
	}
	stated, err := read(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := read(t, "")
	if err != nil {
		t.Fatal(err)
	}
	only := func(c *config.Config) []string {
		_, section, _ := strings.Cut(c.Effective(), "\nmodules:")
		return slices.DeleteFunc(strings.Split(section, "\n"), func(line string) bool {
			return strings.Contains(line, "[]") || strings.Contains(line, "{}") // not said, and none
		})
	}
	if got, want := only(stated), only(empty); !slices.Equal(got, want) {
		t.Errorf("the README says\n%s\nthe defaults are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
