package itip_test

import (
	"maps"
	"slices"
	"testing"
)

// TestScenariosAreChecked changes every single value that scenarios expect, and adds one that nobody knows: none of
// them may then pass.
func TestScenariosAreChecked(t *testing.T) {
	changed, passed := 0, 0
	for _, s := range scenarioFile(t, "testdata/itip-scenarios.yaml") {
		if run(s).word != "pass" {
			continue
		}
		for _, n := range expectedOf(s) {
			eachLeaf(n, func(path string) {
				changed++
				if o := run(s); o.word == "pass" {
					passed++
					t.Errorf("%s: %s can be anything", text(s["id"]), path)
				}
			})
		}
	}
	if changed < 500 {
		t.Errorf("only %d values were changed", changed)
	}
}

// expectedOf is all that a scenario expects.
func expectedOf(s mapping) []node {
	all := []node{s["expect"]}
	for _, n := range list(s["steps"]) {
		step, _ := n.(mapping)
		all = append(all, step["expect"], step["messages"])
	}
	return all
}

// eachLeaf calls try with each value changed in turn, and with an unknown field in each mapping.
func eachLeaf(n node, try func(path string)) {
	switch n := n.(type) {
	case mapping:
		for _, k := range slices.Sorted(maps.Keys(n)) {
			was := n[k]
			if _, leaf := was.(string); leaf {
				n[k] = "changed"
				try(k)
				n[k] = was
			}
			eachLeaf(was, func(path string) { try(k + "." + path) })
		}
		n["x-nobody-knows"] = "this"
		try("x-nobody-knows")
		delete(n, "x-nobody-knows")
	case []node:
		for i, was := range n {
			if _, leaf := was.(string); leaf {
				n[i] = "changed"
				try("[]")
				n[i] = was
			}
			eachLeaf(was, try)
		}
	}
}
