package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// complaint is a mistake as the owner of the settings knows it: without file and line.
type complaint struct{ key, text string }

// check asks a value whether it likes itself. What follows from a mistake already told is not told again.
func (d *decoder) check(n *yaml.Node, v reflect.Value) {
	if d.lax {
		return
	}
	for _, c := range checkOf(v.Addr()) {
		at, rest := find(n, c.key)
		blamed := d.blamedIn(at)
		if rest != "" {
			blamed = d.blamed[at] // a key that is missing follows from nothing that stands beside it
		}
		if home, _ := find(n, above(c.key)); !blamed && !d.misspelt[home] {
			d.say(at, rest, c.text)
		}
	}
}

// checkOf calls Check, whichever shape the owner's package could give it: packages that must not know this
// one or filter return a list of structs of their own.
func checkOf(p reflect.Value) []complaint {
	m := p.MethodByName("Check")
	if !m.IsValid() {
		return nil
	}
	if m.Type().NumIn() != 0 || m.Type().NumOut() != 1 {
		panic(fmt.Sprintf("config: %s.Check must take nothing and return an error or a list of Key and Text", p.Type()))
	}
	return complaints(m.Call(nil)[0].Interface())
}

// complaints takes an answer apart: a list of Key and Text, an error, or an error that is or wraps such a list.
func complaints(answer any) []complaint {
	err, isErr := answer.(error)
	for e := answer; e != nil; {
		if all, ok := keyed(e); ok {
			return all
		}
		inner, ok := e.(error)
		if !ok {
			break
		}
		if inner = errors.Unwrap(inner); inner == nil {
			break
		}
		e = inner
	}
	if isErr && err != nil {
		return []complaint{{text: strings.ReplaceAll(err.Error(), "\n", "; ")}}
	}
	return nil
}

// keyed reads a list of structs with Key and Text.
func keyed(answer any) ([]complaint, bool) {
	v := reflect.ValueOf(answer)
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Struct || !hasKeyAndText(v.Type().Elem()) {
		return nil, false
	}
	all := make([]complaint, v.Len())
	for i := range all {
		all[i] = complaint{v.Index(i).FieldByName("Key").String(), v.Index(i).FieldByName("Text").String()}
	}
	return all, true
}

func hasKeyAndText(t reflect.Type) bool {
	key, hasKey := t.FieldByName("Key")
	text, hasText := t.FieldByName("Text")
	return hasKey && hasText && key.Type.Kind() == reflect.String && text.Type.Kind() == reflect.String
}

// blamedIn tells whether something at or below the node is wrong already.
func (d *document) blamedIn(n *yaml.Node) bool {
	if d.blamed[n] {
		return true
	}
	for _, c := range n.Content {
		if d.blamedIn(c) {
			return true
		}
	}
	return false
}

// above is the path of the mapping in which a key stands, or the list a key belongs to stands.
func above(key string) string {
	for strings.HasSuffix(key, "]") && strings.Contains(key, "[") {
		key = key[:strings.LastIndexByte(key, '[')]
	}
	return key[:max(0, strings.LastIndexByte(key, '.'))]
}
