package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// scalar decodes one plain value.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, r rule) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.wrong(n, v, r)
		return
	}
	switch v.Kind() {
	case reflect.String:
		d.string(n, v, r)
	case reflect.Bool:
		d.typed(n, v, "!!bool", func() bool { v.SetBool(strings.EqualFold(n.Value, "true")); return true })
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.typed(n, v, "!!int", func() bool { return setInt(v, n.Value) })
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		d.typed(n, v, "!!int", func() bool { return setUint(v, n.Value) })
	case reflect.Float32, reflect.Float64:
		d.typed(n, v, "!!float !!int", func() bool { return setFloat(v, n.Value) })
	default:
		panic(fmt.Sprintf("config: %s cannot be set from a file", v.Type()))
	}
}

// wrong says what stands at a node and what was wanted.
func (d *decoder) wrong(n *yaml.Node, v reflect.Value, r rule) {
	text := "want " + r.wanted(v.Type()) + ", not " + describe(n)
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && v.Kind() != reflect.String {
		text += " in quotes"
	}
	if best := closest(n.Value, r.oneOf); best != "" {
		text += " (did you mean " + quote(best) + "?)"
	}
	d.say(n, "", text)
}

// string takes any plain value as it is written: a name may well be 2024.
func (d *decoder) string(n *yaml.Node, v reflect.Value, r rule) {
	switch {
	case len(r.oneOf) > 0 && !slices.Contains(r.oneOf, n.Value):
		d.wrong(n, v, r)
	case r.required && n.Value == "":
		d.missing(n, "", v, r)
	case r.path != notPath && n.Value != "":
		v.SetString(d.pathAt(n, r.path))
	default:
		v.SetString(n.Value)
	}
	d.check(n, v)
}

// typed decodes a value whose YAML type must be the right one: "5" is a text, and so is yes.
func (d *decoder) typed(n *yaml.Node, v reflect.Value, tags string, set func() bool) {
	if !strings.Contains(tags, n.Tag) || !set() {
		d.wrong(n, v, rule{})
		return
	}
	d.check(n, v)
}

func setInt(v reflect.Value, s string) bool {
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v.OverflowInt(i) || leadingZero(s) {
		return false
	}
	v.SetInt(i)
	return true
}

func setUint(v reflect.Value, s string) bool {
	u, err := strconv.ParseUint(s, 10, 64)
	if err != nil || v.OverflowUint(u) || leadingZero(s) {
		return false
	}
	v.SetUint(u)
	return true
}

// leadingZero: 0660 is 660 for some and octal for others.
func leadingZero(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0'
}

func setFloat(v reflect.Value, s string) bool {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || v.OverflowFloat(f) || f != f {
		return false
	}
	v.SetFloat(f)
	return true
}

// text decodes into a type that reads itself.
func (d *decoder) text(n *yaml.Node, v reflect.Value, r rule) {
	if n.Kind != yaml.ScalarNode || isNull(n) || len(r.oneOf) > 0 && !slices.Contains(r.oneOf, n.Value) {
		d.wrong(n, v, r)
		return
	}
	fresh := reflect.New(v.Type())
	fresh.Elem().Set(v)
	err := fresh.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value))
	switch {
	case err != nil && hasWords(v.Type()):
		d.wrong(n, v, r)
	case err != nil:
		d.say(n, "", err.Error())
	default:
		v.Set(fresh.Elem())
		d.check(n, v)
	}
}
