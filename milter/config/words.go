package config

import (
	"net/netip"
	"reflect"
	"strings"
	"time"

	"usher/milter/filter"
)

// ours are types about which we know better words than their own errors.
var ours = map[reflect.Type]string{
	reflect.TypeFor[time.Duration](): "a duration such as 30s",
	reflect.TypeFor[netip.Prefix]():  "a network such as 192.0.2.0/24 or 2001:db8::/32",
	reflect.TypeFor[filter.Size]():   "a size such as 25MB or 10MiB",
	reflect.TypeFor[netip.Addr]():    "an IP address such as 192.0.2.1",
}

func hasWords(t reflect.Type) bool { return ours[t] != "" }

// wanted says in words what a type wants to be given.
func wanted(t reflect.Type) string {
	if words := ours[t]; words != "" {
		return words
	}
	if speaker, ok := reflect.Zero(t).Interface().(interface{ Wanted() string }); ok && t.Kind() != reflect.Pointer {
		return speaker.Wanted()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0 up"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "one or more entries"
	case reflect.Struct, reflect.Map:
		return "keys and values"
	case reflect.Pointer:
		return wanted(t.Elem())
	default:
		return "one value"
	}
}

// list writes a, b and c.
func list(words []string, and string) string {
	switch len(words) {
	case 0:
		return "none"
	case 1:
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}

// wanted says it for a value of which more is known than its type.
func (r rule) wanted(t reflect.Type) string {
	switch {
	case len(r.oneOf) > 0:
		return list(r.oneOf, "or")
	case r.path == aFolder:
		return "the path of a folder"
	case r.path != notPath:
		return "the path of a file"
	default:
		return wanted(t)
	}
}
