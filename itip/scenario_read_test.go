package itip_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// node is a value of the scenario file: a string (every scalar, as it is written), a list, a mapping, or nil.
type node any

type mapping = map[string]node

// scenarioFile reads the scenarios, each a mapping with id and kind.
func scenarioFile(t *testing.T, name string) []mapping {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	top := plain(&doc)
	if m, ok := top.(mapping); ok {
		top = m["scenarios"]
	}
	if len(list(top)) == 0 {
		t.Fatalf("%s: no scenarios", name)
	}
	var all []mapping
	for i, n := range list(top) {
		s, ok := n.(mapping)
		if !ok || text(s["id"]) == "" || text(s["kind"]) == "" {
			t.Fatalf("%s: scenario %d has no id or kind", name, i+1)
		}
		all = append(all, s)
	}
	return all
}

// plain keeps scalars as they are written: 20140724 is a date, not a number.
func plain(n *yaml.Node) node {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.MappingNode:
		m := mapping{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []node{}
		for _, c := range n.Content {
			l = append(l, plain(c))
		}
		return l
	}
	if n.Tag == "!!null" {
		return nil
	}
	return n.Value
}

// text is a scalar; "" for everything else.
func text(n node) string {
	s, _ := n.(string)
	return strings.TrimSpace(s)
}

// list takes a single value for a list of one.
func list(n node) []node {
	switch n := n.(type) {
	case nil:
		return nil
	case []node:
		return n
	}
	return []node{n}
}

// without tells which keys of a mapping are not among those that are understood.
func without(m mapping, understood ...string) []string {
	var rest []string
	for k := range m {
		known := false
		for _, u := range understood {
			known = known || u == k
		}
		if !known {
			rest = append(rest, k)
		}
	}
	return rest
}

// timed is a date or time as the file writes it: "20140716T120000 [America/Toronto]".
type timed struct{ value, tzid string }

func readTimed(n node) timed {
	s := text(n)
	v := timed{value: s}
	if at := strings.Index(s, " ["); at > 0 && strings.HasSuffix(s, "]") {
		v = timed{s[:at], s[at+2 : len(s)-1]}
	}
	v.value = mended(v.value)
	return v
}

// mended takes the last digit away from times such as 19970701T2100000Z, which are in the tests the file was made
// from and are no times.
func mended(s string) string {
	day, clock, ok := strings.Cut(s, "T")
	digits := strings.TrimSuffix(clock, "Z")
	if ok && len(day) == 8 && len(digits) == 7 {
		return day + "T" + digits[:6] + strings.TrimPrefix(clock, digits)
	}
	return s
}

// notes gathers what of a scenario was not understood, so that it does not count as checked.
type notes struct{ unread []string }

func (n *notes) unknown(where string, keys ...string) {
	for _, k := range keys {
		n.unread = append(n.unread, fmt.Sprintf("%s.%s", where, k))
	}
}
