package resource

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ruleField is one rule: its key, where it stands in Rules, and what it may be.
type ruleField struct {
	key   string
	index int
	oneOf []string
}

// ruleFields are all rules in the order of Rules; ruleNamed finds one by its key.
var ruleFields = fieldsOfRules()

func fieldsOfRules() []ruleField {
	t := reflect.TypeFor[Rules]()
	all := make([]ruleField, t.NumField())
	for i := range all {
		f := t.Field(i)
		all[i] = ruleField{key: f.Tag.Get("yaml"), index: i}
		if words, ok := strings.CutPrefix(f.Tag.Get("config"), "oneof="); ok {
			all[i].oneOf = strings.Split(words, "|")
		}
	}
	return all
}

func ruleNamed(key string) (ruleField, bool) {
	i := slices.IndexFunc(ruleFields, func(f ruleField) bool { return f.key == key })
	if i < 0 {
		return ruleField{}, false
	}
	return ruleFields[i], true
}

func (f ruleField) of(r *Rules) reflect.Value { return reflect.ValueOf(r).Elem().Field(f.index) }

// list tells whether the rule takes several values.
func (f ruleField) list() bool {
	return reflect.TypeFor[Rules]().Field(f.index).Type.Kind() == reflect.Slice
}

// set reads a rule as usher.yaml and the directory write it, and leaves it alone when it is wrong.
func (f ruleField) set(r *Rules, values []string) error {
	fresh := reflect.New(f.of(r).Type()).Elem()
	if err := f.read(fresh, values); err != nil {
		return err
	}
	before := *r
	f.of(r).Set(fresh)
	if err := f.check(r); err != nil {
		*r = before
		return err
	}
	return nil
}

func (f ruleField) read(v reflect.Value, values []string) error {
	if f.list() {
		return f.readList(v, values)
	}
	if len(values) != 1 {
		return fmt.Errorf("want one value, not %d", len(values))
	}
	return f.readOne(v, strings.TrimSpace(values[0]))
}

func (f ruleField) readList(v reflect.Value, values []string) error {
	for _, text := range values {
		one := reflect.New(v.Type().Elem()).Elem()
		if err := f.readOne(one, strings.TrimSpace(text)); err != nil {
			return err
		}
		v.Set(reflect.Append(v, one))
	}
	return nil
}

func (f ruleField) readOne(v reflect.Value, text string) (err error) {
	if reader, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return reader.UnmarshalText([]byte(text))
	}
	switch v.Interface().(type) {
	case time.Duration:
		var span time.Duration
		span, err = parseSpan(text)
		v.SetInt(int64(span))
		return err
	case int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("want a whole number, not %q", text)
		}
		v.SetInt(int64(n))
	case bool:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			return fmt.Errorf("want true or false, not %q", text)
		}
		v.SetBool(strings.EqualFold(text, "true"))
	case string:
		if len(f.oneOf) > 0 && !slices.Contains(f.oneOf, strings.ToLower(text)) {
			return fmt.Errorf("want %s, not %q", strings.Join(f.oneOf, ", "), text)
		} else if len(f.oneOf) > 0 {
			text = strings.ToLower(text)
		}
		v.SetString(text)
	default:
		return fmt.Errorf("a %s cannot be read", v.Type())
	}
	return nil
}

// parseSpan reads 90m, 2w or 1d12h, as usher.yaml has it; up to ten years.
func parseSpan(s string) (time.Duration, error) {
	wrong := fmt.Errorf("want a duration such as 90m, 12h or 180d, not %q", s)
	var days time.Duration
	rest := s
	for _, unit := range []struct {
		letter string
		days   int
	}{{"w", 7}, {"d", 1}} {
		number, more, ok := strings.Cut(rest, unit.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 12)
		if err != nil {
			return 0, wrong
		}
		days, rest = days+time.Duration(int(n)*unit.days)*24*time.Hour, more
	}
	if rest == "" && s != "" {
		return days, nil
	}
	span, err := time.ParseDuration(rest)
	if err != nil || span < 0 || strings.ContainsAny(rest[:1], "+-") || span > longest {
		return 0, wrong
	}
	return days + span, nil
}

// text writes a rule as it is set.
func (f ruleField) text(r *Rules) string {
	v := f.of(r)
	if f.list() {
		words := make([]string, v.Len())
		for i := range words {
			words[i] = textOf(v.Index(i))
		}
		return strings.Join(words, ", ")
	}
	return textOf(v)
}

func textOf(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		return spanText(value)
	case encoding.TextMarshaler:
		b, err := value.MarshalText()
		return string(b) + errText(err)
	}
	return fmt.Sprint(v.Interface())
}

func errText(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

// spanText writes whole days as days, and leaves out what is zero.
func spanText(d time.Duration) string {
	const day = 24 * time.Hour
	if d > 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
