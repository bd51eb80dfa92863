package config

import (
	"fmt"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v4"
)

// mapping decodes the keys of a struct.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value) {
	if d.fields(n, fieldsOf(v)) {
		d.check(n, v)
	}
}

// fields decodes a mapping with known keys; false: it is none.
func (d *decoder) fields(n *yaml.Node, fs []field) bool {
	if n.Kind != yaml.MappingNode && !isNull(n) {
		d.say(n, "", fmt.Sprintf("want keys and values (%s), not %s", list(names(fs), "and"), describe(n)))
		return false
	}
	meant := d.unknown(n, fs)
	for _, f := range fs {
		if at := lookup(n, f.name); at != nil {
			d.value(at, f.value, f.rule)
		} else if !slices.Contains(meant, f.name) {
			d.absent(n, f)
		}
	}
	return true
}

// unknown answers keys that nobody asked for; meant are the keys that were probably wanted.
func (d *decoder) unknown(n *yaml.Node, fs []field) (meant []string) {
	for key := range pairs(n) {
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" || isNull(key) || slices.Contains(names(fs), key.Value) {
			continue
		}
		hint, guess := suggestKey(key.Value, fs)
		d.say(key, "", "unknown key "+quote(key.Value)+hint)
		if guess != "" {
			d.misspelt[n] = true
			meant = append(meant, guess)
		}
	}
	return meant
}

// absent is a key that is not in the file: its default counts, and what must not be missing is said.
func (d *decoder) absent(n *yaml.Node, f field) {
	switch {
	case d.lax:
	case f.rule.required && f.value.IsZero():
		d.missing(n, f.name, f.value, f.rule)
	case f.value.Kind() == reflect.Struct && hasParts(f.value):
		d.mapping(d.nothing(n, f.name), f.value)
	case f.value.Kind() == reflect.String && f.rule.path != notPath && f.value.String() != "":
		f.value.SetString(d.resolve(f.value.String()))
	}
}

func (d *decoder) missing(n *yaml.Node, key string, v reflect.Value, r rule) {
	if !d.lax {
		d.say(n, key, "missing: want "+r.wanted(v.Type()))
	}
}

// nothing stands for a mapping that is not in the file.
func (d *document) nothing(parent *yaml.Node, key string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	p := d.places[parent]
	p.path = join(p.path, key)
	d.places[n] = p
	return n
}
