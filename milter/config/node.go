package config

import (
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// pairs are the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, v *yaml.Node) bool) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// lookup is the value of a key, or nil.
func lookup(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	for k, v := range pairs(n) {
		if k.Value == key {
			return v
		}
	}
	return nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// find follows a path such as rules[2].when as far as it goes; rest is what was not there.
// Keys may hold dots themselves: the longest one that fits is meant.
func find(n *yaml.Node, path string) (at *yaml.Node, rest string) {
	for path != "" {
		next, tail := step(n, path)
		if next == nil {
			break
		}
		n, path = next, strings.TrimPrefix(tail, ".")
	}
	return n, path
}

func step(n *yaml.Node, path string) (next *yaml.Node, tail string) {
	if n.Kind == yaml.SequenceNode {
		return stepItem(n, path)
	}
	longest := -1
	for k, v := range pairs(n) {
		rest, ok := strings.CutPrefix(path, k.Value)
		if ok && len(k.Value) > longest && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			next, tail, longest = v, rest, len(k.Value)
		}
	}
	if next == nil && strings.HasPrefix(path, "[0]") {
		return n, path[len("[0]"):] // a list written as one value
	}
	return next, tail
}

func stepItem(n *yaml.Node, path string) (*yaml.Node, string) {
	number, tail, ok := strings.Cut(strings.TrimPrefix(path, "["), "]")
	i, err := strconv.Atoi(number)
	if path[0] != '[' || !ok || err != nil || i < 0 || i >= len(n.Content) {
		return nil, path
	}
	return n.Content[i], tail
}

// merge lays mappings over each other, key by key: a later one's keys replace those of earlier ones.
func merge(layers ...*yaml.Node) *yaml.Node {
	merged := &yaml.Node{Kind: yaml.MappingNode}
	for i, layer := range layers {
	next:
		for k, v := range pairs(layer) {
			for _, later := range layers[i+1:] {
				if lookup(later, k.Value) != nil {
					continue next
				}
			}
			merged.Content = append(merged.Content, k, v)
		}
	}
	return merged
}

// describe shows a value in a message.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys and values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "nothing"
	default:
		return quote(n.Value)
	}
}
