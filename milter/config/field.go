package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// field is one key of a struct and where its value goes.
type field struct {
	name   string
	value  reflect.Value
	rule   rule
	inside []string // keys that belong there although the type does not say so
}

// rule is what the tags say about a value.
type rule struct {
	required bool
	oneOf    []string
	path     pathKind
}

// fieldsOf lists the keys of a struct, those of embedded structs included.
func fieldsOf(v reflect.Value) []field {
	var fs []field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		name, option, _ := strings.Cut(t.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !t.IsExported() && !t.Anonymous:
		case option == "inline" || t.Anonymous && name == "":
			fs = append(fs, fieldsOf(v.Field(i))...)
		default:
			if name == "" {
				name = strings.ToLower(t.Name)
			}
			fs = append(fs, field{name: name, value: v.Field(i), rule: ruleOf(name, t)})
		}
	}
	return fs
}

func ruleOf(name string, t reflect.StructField) rule {
	r := rule{path: pathByName(name)}
	tag := t.Tag.Get("config")
	if tag == "" {
		return r
	}
	for word := range strings.SplitSeq(tag, ",") {
		set, isSet := strings.CutPrefix(word, "oneof=")
		switch {
		case word == "required":
			r.required = true
		case isSet:
			r.oneOf = strings.Split(set, "|")
		case slices.Contains([]pathKind{aFile, aSecret, aFolder}, pathKind(word)):
			r.path = pathKind(word)
		default:
			panic(fmt.Sprintf("config: field %s: tag %q is unknown", t.Name, word))
		}
	}
	return r
}

func names(fs []field) []string {
	all := make([]string, len(fs))
	for i, f := range fs {
		all[i] = f.name
	}
	return all
}
