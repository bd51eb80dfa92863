package config

import (
	"encoding"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// WriteTo writes the configuration as it counts, every default included, as YAML that Load reads again.
// Secrets are files here too: their names are shown, never what is in them.
func (c *Config) WriteTo(w io.Writer) (int64, error) {
	text, err := yaml.Dump(c.effective(), yaml.WithLineWidth(-1))
	if err != nil {
		return 0, fmt.Errorf("write the configuration: %w", err)
	}
	n, err := w.Write(text)
	return int64(n), err
}

// Effective is what WriteTo writes.
func (c *Config) Effective() string {
	var b strings.Builder
	if _, err := c.WriteTo(&b); err != nil {
		return "# " + err.Error() + "\n"
	}
	return b.String()
}

func (c *Config) effective() *yaml.Node {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range c.fields() {
		if f.name != "modules" && f.name != "overrides" {
			put(root, f.name, encode(f.value, f.rule))
		}
	}
	modules := &yaml.Node{Kind: yaml.MappingNode}
	for _, def := range c.defs {
		put(modules, def.Name, c.instances[def.Name][0].encode())
		modules.Content[len(modules.Content)-2].HeadComment = "# " + def.Name + " " + def.Doc
	}
	put(root, "modules", modules)
	put(root, "overrides", c.encodeOverrides())
	return root
}

// encode writes the common keys and the module's own.
func (in *instance) encode() *yaml.Node {
	n := encode(reflect.ValueOf(in.Common), rule{})
	n.Content = append(n.Content, encode(reflect.ValueOf(in.settings).Elem(), rule{}).Content...)
	return n
}

// encodeOverrides shows the keys that an override gives, as they count.
func (c *Config) encodeOverrides() *yaml.Node {
	all := &yaml.Node{Kind: yaml.SequenceNode}
	for i, o := range c.overrides {
		n := &yaml.Node{Kind: yaml.MappingNode}
		put(n, "listener", encode(reflect.ValueOf(o.Listener), rule{}))
		put(n, "domain", encode(reflect.ValueOf(o.Domain), rule{}))
		modules := &yaml.Node{Kind: yaml.MappingNode}
		for _, def := range c.defs {
			if given, ok := o.Modules[def.Name]; ok {
				silent := &decoder{document: parse(c.doc.file, c.doc.dir, nil), lax: true}
				whole := c.read(silent, def, scope{overrides: []int{i}}).encode()
				put(modules, def.Name, only(whole, given.node))
			}
		}
		put(n, "modules", modules)
		all.Content = append(all.Content, n)
	}
	return all
}

// only keeps the keys that the other mapping has.
func only(whole, given *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for k, v := range pairs(whole) {
		if lookup(given, k.Value) != nil {
			n.Content = append(n.Content, k, v)
		}
	}
	return n
}

// put adds a key, unless there is nothing to say about it.
func put(mapping *yaml.Node, key string, value *yaml.Node) {
	if value != nil {
		mapping.Content = append(mapping.Content, plain("!!str", key), value)
	}
}

func plain(tag, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	if tag == "!!str" && value == "" {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// encode writes a value such that decoding it gives the value again; nil: there is no value.
func encode(v reflect.Value, r rule) *yaml.Node {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		return encode(v.Elem(), r)
	}
	if span, ok := v.Interface().(time.Duration); ok {
		return plain("!!str", formatDuration(span))
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, err := text.MarshalText()
		if err != nil || len(b) == 0 {
			return nil
		}
		return plain("!!str", string(b))
	}
	return encodeKind(v, r)
}

func encodeKind(v reflect.Value, r rule) *yaml.Node {
	switch v.Kind() {
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range fieldsOf(complete(v)) {
			put(n, f.name, encode(f.value, f.rule))
		}
		return n
	case reflect.Slice:
		return encodeList(v, r)
	case reflect.Map:
		return encodeMap(v, r)
	case reflect.Bool:
		return plain("!!bool", strconv.FormatBool(v.Bool()))
	case reflect.Float32, reflect.Float64:
		return plain("!!float", strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.String:
		if v.String() == "" && (len(r.oneOf) > 0 || r.required || r.path != notPath) {
			return nil // not set, and "" would be a mistake
		}
		return plain("!!str", v.String())
	default:
		return plain("!!int", fmt.Sprint(v.Interface()))
	}
}

// complete asks settings whose defaults depend on each other what they amount to.
func complete(v reflect.Value) reflect.Value {
	m := v.MethodByName("Complete")
	if m.IsValid() && m.Type().NumIn() == 0 && m.Type().NumOut() == 1 && m.Type().Out(0) == v.Type() {
		return m.Call(nil)[0]
	}
	return v
}

func encodeList(v reflect.Value, r rule) *yaml.Node {
	if v.IsNil() {
		return nil // not the same as empty: a preset may fill it
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range v.Len() {
		if item := encode(v.Index(i), r); item != nil {
			n.Content = append(n.Content, item)
			if item.Kind == yaml.ScalarNode {
				n.Style = yaml.FlowStyle
			}
		}
	}
	if len(n.Content) == 0 && r.required {
		return nil
	}
	return n
}

func encodeMap(v reflect.Value, r rule) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	byName := func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }
	for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), byName) {
		put(n, key.String(), encode(v.MapIndex(key), r))
	}
	return n
}
