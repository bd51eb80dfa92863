package config

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// What a file may be at most; a configuration of ten thousand lines is far below.
const (
	maxBytes = 1 << 20
	maxDepth = 24
)

// document is a file taken apart: its nodes, and where each stands.
type document struct {
	file     string // as named by whoever reads it
	dir      string // where relative paths start
	root     *yaml.Node
	places   map[*yaml.Node]place
	mistakes Mistakes
	blamed   map[*yaml.Node]bool // something is wrong there
	misspelt map[*yaml.Node]bool // a key of this mapping is not what somebody wanted to write
	broken   bool                // not YAML: nothing can be said about the rest
}

// place is where a node stands and what it is called.
type place struct {
	line, column int
	path         string
}

// parse takes the text apart and says which parts of YAML have no place here. The root is a mapping, if
// need be an empty one.
func parse(file, dir string, text []byte) *document {
	d := &document{file: file, dir: dir, places: map[*yaml.Node]place{},
		blamed: map[*yaml.Node]bool{}, misspelt: map[*yaml.Node]bool{}}
	d.root = d.load(text)
	if d.root == nil {
		d.root = &yaml.Node{Kind: yaml.MappingNode}
	}
	d.walk(d.root, place{line: 1, column: 1}, 0)
	return d
}

// load is the document's root, or nil.
func (d *document) load(text []byte) *yaml.Node {
	if line, what := unreadable(text); line > 0 {
		d.sayAt(place{line: line, column: 1}, what)
		d.broken = true
		return nil
	}
	var docs []yaml.Node // pointers to nodes come back empty (yaml v4.0.0)
	if err := yaml.Load(text, &docs, yaml.WithAllDocuments()); err != nil {
		d.sayAt(syntax(err))
		d.broken = true
		return nil
	}
	if len(docs) > 1 {
		d.sayAt(place{line: max(1, docs[1].Line), column: 1}, "a second document begins here (---): want one")
	}
	if len(docs) == 0 || docs[0].Kind != yaml.DocumentNode || len(docs[0].Content) == 0 || isNull(docs[0].Content[0]) {
		return nil
	}
	return docs[0].Content[0]
}

// walk notes where nodes stand and refuses what settings do not need.
func (d *document) walk(n *yaml.Node, p place, depth int) {
	d.places[n] = p
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.say(n, "", "anchors and aliases (& and *) are not used here: write the value out, or use overrides")
	case n.Style&yaml.TaggedStyle != 0:
		d.say(n, "", "tags ("+word(n.Tag)+") are not used here: write the plain value")
	}
	if depth == maxDepth && len(n.Content) > 0 {
		d.say(n, "", fmt.Sprintf("nested deeper than %d levels", maxDepth))
		n.Content = nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, c := range n.Content {
			d.walk(c, place{c.Line, c.Column, item(p.path, i)}, depth+1)
		}
	case yaml.MappingNode:
		d.walkPairs(n, p, depth)
	}
}

func (d *document) walkPairs(n *yaml.Node, p place, depth int) {
	first := map[string]int{}
	for key, value := range pairs(n) {
		d.places[key] = place{key.Line, key.Column, p.path}
		at := place{key.Line, key.Column, join(p.path, word(key.Value))}
		if p.path == "modules" {
			at.path = word(key.Value) // postmasters call a module by its name
		}
		switch line, twice := first[key.Value]; {
		case key.Value == "<<" && key.Tag == "!!merge":
			d.say(key, "", "merge keys (<<) are not used here: write the keys out, or use overrides")
		case key.Kind != yaml.ScalarNode || isNull(key):
			d.say(key, "", "want a plain word as the key")
		case twice:
			d.say(key, "", fmt.Sprintf("key %s is there twice, first in line %d", quote(key.Value), line))
		default:
			first[key.Value] = key.Line
		}
		if value.Kind == yaml.ScalarNode {
			at.line, at.column = value.Line, value.Column
		}
		d.walk(value, at, depth+1)
	}
}

// say notes a mistake at a node, or at a key that is missing below it.
func (d *document) say(n *yaml.Node, key, text string) {
	p := d.places[n]
	p.path = join(p.path, key)
	if key == "" {
		d.blamed[n] = true
	}
	d.sayAt(p, text)
}

func (d *document) sayAt(p place, text string) {
	d.mistakes = append(d.mistakes, d.mistake(p, text))
}

func (d *document) mistake(p place, text string) Mistake {
	return Mistake{File: d.file, Line: p.line, Column: p.column, Path: p.path, Text: text}
}

// join puts two paths together.
func join(path, key string) string {
	if path == "" || key == "" || key[0] == '[' {
		return path + key
	}
	return path + "." + key
}
