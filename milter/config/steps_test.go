package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/milter/filter"
)

const small = "listen: {socket: \"unix:/run/usher/inbound.sock\", role: inbound}\n" +
	"directory: {ldif: people.ldif, domains: [example.org]}\n"

// load reads a configuration that has to be good.
func load(t *testing.T, text string) *Config {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"usher.yaml": text, "people.ldif": "", "a.txt": "", "b.txt": ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load("usher.yaml", testModules)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSteps(t *testing.T) {
	c := load(t, `
listen:
  - {socket: "unix:/run/usher/inbound.sock", role: inbound}
  - {socket: "unix:/run/usher/a.sock", role: submission, name: office}
directory: {ldif: people.ldif, domains: [example.org]}
modules:
  ramp: {enabled: true, rules_file: people.ldif, timeout: 5s, audit: true, rules: {name: a}}
overrides:
  - {listener: office, modules: {lamp: {enabled: true, attrs: [cn]}, ramp: {audit: false}}}
  - {domain: school.example.org, modules: {lamp: {enabled: true, count: 7, on_error: defer}}}
  - {domain: School.example.org, listener: inbound, modules: {lamp: {enabled: false}}}
`)
	steps, err := c.Steps(filter.Host{})
	if err != nil || len(steps) != 2 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	ramp := steps[1]
	if ramp.Name != "ramp" || !ramp.Own || ramp.PerRecipient || ramp.OnError != filter.Defer || ramp.Timeout != 5*time.Second || !ramp.Audit {
		t.Errorf("ramp = %+v", ramp)
	}
	if got := ramp.Module.(made).settings.(rampSettings).Rules; len(got) != 1 || got[0].Max != 3 || got[0].Name != "a" {
		t.Errorf("rules of ramp = %+v", got)
	}
	if v := ramp.Variants; len(v) != 1 || v[0].Listener != "office" || v[0].Domain != "" || v[0].Audit || v[0].Module == nil {
		t.Errorf("variants of ramp = %+v", v)
	}
	lamps := steps[0]
	if lamps.Module != nil || !lamps.PerRecipient || lamps.OnError != filter.Pass || lamps.Timeout != 30*time.Second {
		t.Errorf("lamp = %+v", lamps)
	}
	var got []string
	for _, v := range lamps.Variants {
		one := fmt.Sprintf("%s/%s off %s", v.Listener, v.Domain, v.OnError)
		if v.Module != nil {
			s := v.Module.(made).settings.(lamp)
			one = fmt.Sprintf("%s/%s %v %d %s", v.Listener, v.Domain, s.Attrs, s.Count, v.OnError)
		}
		got = append(got, one)
	}
	want := []string{
		"office/ [cn] 0 pass",
		"/school.example.org [uid mail] 7 defer",
		"inbound/school.example.org off defer",
		"office/school.example.org [cn] 7 defer", // both overrides at once
	}
	if !slices.Equal(got, want) {
		t.Errorf("variants of lamp:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

type rampSettings = ramp

// The last scope that fits must hold exactly the overrides that concern a mail, for all ways to combine two
// listeners and two domains.
func TestScopes(t *testing.T) {
	choices := [][]string{nil, {"a"}, {"a", "b"}}
	var kinds []override
	for _, l := range choices {
		for _, d := range choices {
			kinds = append(kinds, override{Listener: l, Domain: d, Modules: map[string]raw{"lamp": {}}})
		}
	}
	kinds[0] = override{Domain: []string{"a"}, Modules: map[string]raw{"ramp": {}}} // an override for nobody is a mistake
	for i := range kinds {
		for j := range kinds {
			for k := range kinds {
				all := []override{kinds[i], kinds[j], kinds[k]}
				found := scopes(all, "lamp")
				for _, listener := range []string{"", "a", "b", "c"} {
					for _, domain := range []string{"", "a", "b", "c"} {
						var want []int
						for n, o := range all {
							if _, concerned := o.Modules["lamp"]; concerned && o.covers(listener, domain) {
								want = append(want, n)
							}
						}
						if got := inherited(found, listener, domain); !slices.Equal(got, want) {
							t.Fatalf("%+v: listener %q, domain %q: %v count; want %v", all, listener, domain, got, want)
						}
					}
				}
			}
		}
	}
}

func TestAliasesInherit(t *testing.T) {
	c := load(t, `
listen: {socket: "unix:/run/usher/inbound.sock", role: inbound}
directory: {ldif: people.ldif, domains: [example.org, example.net], domain_aliases: {Example.COM: example.org, example.info: example.net}}
overrides: {domain: example.org, modules: {lamp: {enabled: true}}}
`)
	steps, err := c.Steps(filter.Host{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range steps[0].Variants {
		got = append(got, v.Domain)
	}
	if want := []string{"example.com", "example.org"}; !slices.Equal(got, want) {
		t.Errorf("the override counts for %v; want %v", got, want)
	}
}

func TestLoadTwice(t *testing.T) {
	first := load(t, small+"modules: {lamp: {enabled: true, attrs: [a], texts: {en: x}, bright: true}}\n")
	before := first.Effective()
	second, err := parseConfig("usher.yaml", ".", []byte(small+"modules: {lamp: {enabled: true, bright: false}}\n"), testModules)
	if err != nil {
		t.Fatal(err)
	}
	if got := second.instances["lamp"][0].settings.(*lamp); !slices.Equal(got.Attrs, []string{"uid", "mail"}) || len(got.Texts) != 0 {
		t.Errorf("the second configuration took over from the first: %+v", got)
	}
	if after := first.Effective(); after != before {
		t.Errorf("the first configuration changed:\n%s\nwant:\n%s", after, before)
	}
}

func TestLocate(t *testing.T) {
	c := load(t, small+"submit:\n  smtp: 127.0.0.1:25\ntrust:\n  hosts:\n    a.example: {net: 10.0.0.1/32, senders: a@b.example}\n")
	tests := []struct {
		path string
		err  error
		want string
	}{
		{"directory.ldif", errors.New("line 3: what is this"), "usher.yaml:2: directory.ldif: line 3: what is this"},
		{"submit.tls", errors.New("x\ny"), "usher.yaml:3: submit.tls: x; y"},
		{"", errors.New("x"), "usher.yaml:1: x"},
		{"trust", filter.Mistakes{{Key: "hosts.a.example.senders[0]", Text: "x"}, {Key: "authserv_id", Text: "y"}, {Text: "z"}},
			"usher.yaml:5: trust: z\nusher.yaml:5: trust.authserv_id: y\nusher.yaml:7: trust.hosts.a.example.senders: x"},
		{"directory", fmt.Errorf("open: %w", filter.Mistakes{{Key: "ldif", Text: "x"}}), "usher.yaml:2: directory.ldif: x"},
	}
	for _, tt := range tests {
		if got := c.Locate(tt.path, tt.err); got == nil || got.Error() != tt.want {
			t.Errorf("Locate(%q, %v) = %v; want %s", tt.path, tt.err, got, tt.want)
		}
	}
	if err := c.Locate("submit", nil); err != nil {
		t.Errorf("nothing wrong is %v", err)
	}
}
