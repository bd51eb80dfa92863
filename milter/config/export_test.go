package config

import (
	"reflect"
	"slices"

	"go.yaml.in/yaml/v4"

	"usher/milter/filter"
)

// Known lists every key that decoding knows, as struct.key: those of the file, and of each module.
func Known(defs []filter.Definition) []string {
	found := map[string]bool{}
	c := Default()
	known("", reflect.TypeOf(c), found)
	found["overrides"] = true
	known("", reflect.TypeFor[override](), found)
	for _, def := range defs {
		known(def.Name+".", reflect.TypeFor[Common](), found)
		known(def.Name+".", reflect.TypeOf(settingsOf(def)).Elem(), found)
	}
	var keys []string
	for key := range found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func known(prefix string, t reflect.Type, found map[string]bool, seen ...reflect.Type) {
	for {
		if k := t.Kind(); k != reflect.Pointer && k != reflect.Slice && k != reflect.Map {
			break
		}
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(seen, t) {
		return
	}
	for _, k := range keysOf(t) {
		found[prefix+k.owner.String()+"."+k.name] = true
		known(prefix, k.t, found, append(seen, t)...)
	}
}

// ownKey is a key and the struct that declares it.
type ownKey struct {
	owner reflect.Type
	name  string
	t     reflect.Type
}

func keysOf(t reflect.Type) []ownKey {
	var keys []ownKey
	fs := fieldsOf(reflect.New(t).Elem())
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("yaml")
		if !f.Anonymous && f.IsExported() && slices.Contains(names(fs), name) {
			owner := t
			if len(f.Index) > 1 {
				owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
			}
			keys = append(keys, ownKey{owner, name, f.Type})
		}
	}
	return keys
}

// Shown lists the keys that a text uses, as Known does.
func Shown(text []byte, defs []filter.Definition) map[string]bool {
	found := map[string]bool{}
	root := parse("", "", text).root
	c := Default()
	shown("", reflect.TypeOf(c), root, found)
	overrides := lookup(root, "overrides")
	if overrides != nil {
		found["overrides"] = true
		shown("", reflect.TypeFor[[]override](), overrides, found)
	}
	for _, def := range defs {
		if n := lookup(lookup(root, "modules"), def.Name); n != nil {
			shown(def.Name+".", reflect.TypeFor[Common](), n, found)
			shown(def.Name+".", reflect.TypeOf(settingsOf(def)).Elem(), n, found)
		}
	}
	return found
}

func shown(prefix string, t reflect.Type, n *yaml.Node, found map[string]bool) {
	switch {
	case t.Kind() == reflect.Pointer:
		shown(prefix, t.Elem(), n, found)
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			shown(prefix, t.Elem(), item, found)
		}
	case t.Kind() == reflect.Slice:
		shown(prefix, t.Elem(), n, found)
	case t.Kind() == reflect.Map:
		for _, item := range pairs(n) {
			shown(prefix, t.Elem(), item, found)
		}
	case t.Kind() == reflect.Struct:
		for _, k := range keysOf(t) {
			if v := lookup(n, k.name); v != nil {
				found[prefix+k.owner.String()+"."+k.name] = true
				shown(prefix, k.t, v, found)
			}
		}
	}
}

// Keys gives the path of the setting whose key stands in each line.
func Keys(text []byte) map[int]string {
	paths := map[int]string{}
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		for i, one := range n.Content {
			if n.Kind == yaml.SequenceNode {
				walk(one, item(path, i))
			}
		}
		for k, v := range pairs(n) {
			if _, first := paths[k.Line]; !first {
				paths[k.Line] = join(path, k.Value)
			}
			walk(v, join(path, k.Value))
		}
	}
	walk(parse("", "", text).root, "")
	return paths
}

// IsSet tells whether a setting of an effective configuration has a value other than nothing.
func IsSet(effective, path string) bool {
	n, rest := find(parse("", "", []byte(effective)).root, path)
	return rest == "" && !isNull(n) && (len(n.Content) > 0 || n.Kind == yaml.ScalarNode && n.Value != "")
}
