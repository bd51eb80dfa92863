package resource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/ldapdir"
)

// layer is what one place says about a resource or a collection.
type layer struct {
	place  string              // in words; "" is an entry of the directory
	dn     string              // of that entry
	attrs  map[string]string   // key of a rule: the attribute its values stand in
	values map[string][]string // key of a rule: its values
}

// origin is where the value of a rule stands, in words.
func (l layer) origin(key string) string {
	if l.place != "" {
		return l.place
	}
	return "directory: " + l.attrs[key] + " of " + l.dn
}

func (l *layer) add(key, attr string, values ...string) {
	if l.values == nil {
		l.values, l.attrs = map[string][]string{}, map[string]string{}
	}
	for _, v := range values {
		if !slices.Contains(l.values[key], v) {
			l.values[key] = append(l.values[key], v)
		}
	}
	l.attrs[key] = attr
}

// said is what the directory and usher.yaml say about an entry, the directory first: who keeps a room in order does
// so there.
func (m *module) said(ctx context.Context, e *ldapdir.Entry) ([]layer, error) {
	stands := m.stands(e)
	if owners, err := m.directory.ByDNs(ctx, e.Owners); err != nil {
		return nil, fmt.Errorf("owners of %s: %w", e.Name, err)
	} else if len(owners) == 0 { // those who left ask nobody to take their place
		delete(stands.values, "owner")
	}
	all := []layer{stands}
	for _, a := range e.Addresses {
		if l, ok := m.given[a]; ok {
			all = append(all, l)
		}
	}
	return all, nil
}

// stands is what the directory says. Of several attributes for one rule the first that is there counts; one for the
// rule alone counts before key=value.
func (m *module) stands(e *ldapdir.Entry) layer {
	l := layer{dn: e.DN}
	schema := m.directory.SchemaOf(e)
	if ps := policiesOf(e); len(ps) > 0 {
		l.add("policy", firstOf(e, schema.Policies), ps...)
	}
	if len(e.Owners) > 0 {
		l.add("owner", firstOf(e, schema.Owners), e.Owners...)
	}
	for _, f := range ruleFields {
		for _, attr := range m.attributes[f.key] {
			if values := e.Attrs[strings.ToLower(attr)]; len(values) > 0 && l.values[f.key] == nil {
				l.add(f.key, attr, values...)
			}
		}
	}
	for _, attr := range m.attributes[anyRule] {
		l.keyed(attr, e.Attrs[strings.ToLower(attr)])
	}
	return l
}

// firstOf is the first of several attributes that an entry has.
func firstOf(e *ldapdir.Entry, attrs []string) string {
	for _, a := range attrs {
		if len(e.Attrs[strings.ToLower(a)]) > 0 {
			return a
		}
	}
	return ""
}

// keyed adds rules that stand as key=value, several keys side by side. What is no rule is a feature: beamer, or
// seats=leather.
func (l *layer) keyed(attr string, values []string) {
	before := map[string]bool{}
	for key := range l.values {
		before[key] = true
	}
	for _, v := range values {
		key, value, ok := strings.Cut(v, "=")
		key = ruleKey(key)
		if _, known := ruleNamed(key); !ok || !known {
			key, value = "features", v
		}
		if !before[key] {
			l.add(key, attr, strings.TrimSpace(value))
		}
	}
	slices.Sort(l.values["features"])
}

// ruleKey is a key as people write it: Max-Duration is max_duration.
func ruleKey(s string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// policiesOf are the policies of an entry that are about requests, in their order. One that cannot be read stays, to
// be complained about.
func policiesOf(e *ldapdir.Entry) []string {
	var read policies
	var texts, unread []string
	for _, v := range e.Policies {
		var p policyFor
		if err := p.UnmarshalText([]byte(v)); err != nil {
			unread = append(unread, v)
			continue
		}
		read = append(read, p)
	}
	for _, p := range read.inOrder() {
		text, _ := p.MarshalText() // never an error
		texts = append(texts, string(text))
	}
	return append(texts, unread...)
}

// usual tells where a value comes from that no place speaks of.
func (m *module) usual(f ruleField) string {
	if f.text(&m.Rules) != f.text(&defaultRules) {
		return "usher.yaml: " + f.key
	}
	return "default"
}
