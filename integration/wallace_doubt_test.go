package integration

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// remarks are keys of an expectation that say nothing to look for, or where to look.
var remarks = []string{"mailbox", "resource", "uid", "keep_as", "note", "summary_in_subject"}

// doubt changes every value of an expectation in turn, and holds that the check notices each change: one that nobody
// notices is not checked.
func (h *house) doubt(wanted *yaml.Node, check func()) {
	h.t.Helper()
	absent := field(wanted, "absent") == "true" // then nothing else can be seen
	scalars(wanted, "", func(key string, n *yaml.Node) {
		was := n.Value
		if n.Value = h.another(key, was); n.Value == was || absent && key != "absent" {
			n.Value = was
			return
		}
		if !h.notices(check) {
			h.t.Errorf("nobody would notice if the file said %s: %s", key, n.Value)
		}
		n.Value = was
	})
}

// scalars visits the values below a node, each with its key.
func scalars(n *yaml.Node, key string, visit func(string, *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			scalars(n.Content[i+1], n.Content[i].Value, visit)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			scalars(item, key, visit)
		}
	case yaml.ScalarNode:
		visit(key, n)
	}
}

// another is a value that is wrong where this one is right; the same for what is not looked for.
func (h *house) another(key, value string) string {
	if h.fixture.ofPeople() {
		if wrong, known := anotherOfPeople(key, value); known {
			return wrong
		}
	}
	n, err := strconv.Atoi(value)
	switch {
	case slices.Contains(remarks, key), value == "Accepted": // the ancestor's word for a status
		return value
	case key == "from" && value == "room3":
		return "audi"
	case key == "from": // nobody else is meant by it
		return "room3"
	case key == "subject": // of which only the resource counts
		return aResource.ReplaceAllString(value, " for Nothing $2")
	case value == "true":
		return "false"
	case err == nil:
		return strconv.Itoa(n + 1)
	}
	return "not " + value
}

var aResource = regexp.MustCompile(` for (.*) (has|requires)`)

// notices tells whether a check finds something different, and forgets that it was made.
func (h *house) notices(check func()) bool {
	was, members, asked := *h, maps.Clone(h.members), maps.Clone(h.asked)
	found := make([]bool, len(h.letters))
	for i, l := range h.letters {
		found[i] = l.found
	}
	h.differs = nil
	check()
	noticed := len(h.differs) > 0
	*h = was
	h.members, h.asked = members, asked
	for i, l := range h.letters {
		l.found = found[i]
	}
	return noticed
}
