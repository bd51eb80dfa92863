package invitation

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Whatever is said in one language is said in all, of the same things in the same order.
func TestWordsAreComplete(t *testing.T) {
	want := texts(languages[0])
	for _, w := range languages[1:] {
		got := texts(w)
		if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
			t.Errorf("%s has texts for %q, want %q", w.language, a, b)
		}
		for key, text := range got {
			if text == "" || strings.Count(text, "%s") != strings.Count(want[key], "%s") || strings.Count(text, "%d") != strings.Count(want[key], "%d") {
				t.Errorf("%s: %s is %q, which does not take what %q takes", w.language, key, text, want[key])
			}
		}
	}
}

// texts are all texts of a language by where they stand.
func texts(w words) map[string]string {
	all := map[string]string{}
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if field.Kind() != reflect.Map {
			all[name] = field.String()
			continue
		}
		for _, key := range field.MapKeys() {
			all[name+"."+key.String()] = field.MapIndex(key).String()
		}
	}
	return all
}
