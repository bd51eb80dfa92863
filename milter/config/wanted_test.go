package config

import (
	"slices"
	"strings"
	"testing"

	"usher/milter/filter"
)

// reader is a module that reads an attribute whose name it is told, and one that depends on the preset.
type reader struct {
	Attr string `yaml:"attr"`
}

func (r *reader) DirectoryAttributes(preset string) []string {
	return []string{r.Attr, preset + "Rules"}
}

func TestModulesSayWhichAttributesTheyRead(t *testing.T) {
	defs := []filter.Definition{filter.Define(filter.Definition{Name: "reader", Doc: "reads", OnError: filter.Defer}, reader{Attr: "status"},
		func(filter.Host, reader) (filter.Module, error) { return made{}, nil })}
	text := `
listen: [{socket: "inet:127.0.0.1:1", role: submission}, {socket: "inet:127.0.0.1:2", role: inbound}]
domains: [example.org]
directory: {url: "ldaps://a.example.org", base: "dc=a", profiles: [{name: b, url: "ldaps://b.example.org", base: "dc=b", preset: plain, domains: b.example}]}
modules: {reader: {enabled: %}}
overrides: [{listener: inbound, modules: {reader: {attr: other}}}]
`
	for enabled, want := range map[string][2][]string{
		"true":  {{"kolabRules", "other", "status"}, {"other", "plainRules", "status"}},
		"false": {},
	} {
		c, err := parseConfig("usher.yaml", t.TempDir(), []byte(strings.Replace(text, "%", enabled, 1)), defs)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := c.Directory.Schema.Wanted, c.Directory.Profiles[0].Schema.Wanted; !slices.Equal(a, want[0]) || !slices.Equal(b, want[1]) {
			t.Errorf("enabled %s: asked for %v and %v; want %v", enabled, a, b, want)
		}
	}
}
