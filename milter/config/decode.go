package config

import (
	"encoding"
	"reflect"
	"time"

	"go.yaml.in/yaml/v4"
)

// raw is a part of the file that is decoded later.
type raw struct{ node *yaml.Node }

// decoder fills Go values from nodes and collects what is wrong with them.
type decoder struct {
	*document
	warnings *Mistakes
	// lax: the settings are not in use. They have to be well formed; that files are there and nothing is
	// missing is asked once somebody switches the module on.
	lax bool
}

// Decode fills a struct from YAML that stands by itself, as Load does for a whole file. The name is for
// messages, relative paths start at dir. The error is Mistakes.
func Decode(name, dir string, text []byte, into any) error {
	d := decoder{document: parse(name, dir, text), warnings: new(Mistakes)}
	d.value(d.root, reflect.ValueOf(into).Elem(), rule{})
	return d.mistakes.orNil()
}

// defaulter is a type whose new values are not zero.
type defaulter interface{ SetDefaults() }

// value decodes a node into v, which keeps its value if the node is wrong.
func (d *decoder) value(n *yaml.Node, v reflect.Value, r rule) {
	switch {
	case n.Kind == yaml.AliasNode: // refused already
	case v.Type() == reflect.TypeFor[raw]():
		v.Set(reflect.ValueOf(raw{n}))
	case v.Kind() == reflect.Pointer:
		d.pointer(n, v, r)
	case readsItself(v.Type()) && (n.Kind == yaml.ScalarNode && !isNull(n) || !hasParts(v)):
		d.text(n, v, r)
	case v.Type() == reflect.TypeFor[time.Duration]():
		d.duration(n, v)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v)
	case v.Kind() == reflect.Slice:
		d.list(n, v, r)
	case v.Kind() == reflect.Map:
		d.keys(n, v, r)
	default:
		d.scalar(n, v, r)
	}
}

func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// hasParts tells whether a value could also be written as keys and values or as a list.
func hasParts(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return len(fieldsOf(v)) > 0
	case reflect.Slice, reflect.Map:
		return true
	}
	return false
}

// pointer decodes into a copy, so that defaults shared by several decodings stay as they are.
func (d *decoder) pointer(n *yaml.Node, v reflect.Value, r rule) {
	fresh := newValue(v.Type().Elem())
	if !v.IsNil() {
		fresh.Set(v.Elem())
	}
	d.value(n, fresh, r)
	v.Set(fresh.Addr())
}

// list decodes a sequence, or one value where several could stand. What was there before is replaced.
func (d *decoder) list(n *yaml.Node, v reflect.Value, r rule) {
	items := []*yaml.Node{n}
	switch keyed := v.Type().Elem().Kind() == reflect.Struct; {
	case n.Kind == yaml.SequenceNode:
		items = n.Content
	case isNull(n):
		items = nil // a section whose lines are all commented out
	case (n.Kind == yaml.MappingNode) != keyed && !readsItself(v.Type().Elem()):
		d.say(n, "", "want a list, not "+describe(n))
		return
	}
	all := reflect.MakeSlice(v.Type(), 0, len(items))
	for _, item := range items {
		one := newValue(v.Type().Elem())
		d.value(item, one, r)
		all = reflect.Append(all, one)
	}
	v.Set(all)
	if r.required && len(items) == 0 {
		d.missing(n, "", v, r)
	}
}

// keys decodes a mapping whose keys are free. What was there before is replaced.
func (d *decoder) keys(n *yaml.Node, v reflect.Value, r rule) {
	if n.Kind != yaml.MappingNode && !isNull(n) {
		d.say(n, "", "want keys and values, not "+describe(n))
		return
	}
	all := reflect.MakeMap(v.Type())
	for key, item := range pairs(n) {
		one := newValue(v.Type().Elem())
		d.value(item, one, r)
		all.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), one)
	}
	v.Set(all)
}

// newValue is a settable value of this type with its defaults.
func newValue(t reflect.Type) reflect.Value {
	p := reflect.New(t)
	if settings, ok := p.Interface().(defaulter); ok {
		settings.SetDefaults()
	}
	return p.Elem()
}
