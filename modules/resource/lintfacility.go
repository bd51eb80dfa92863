package resource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// lintFacility looks at the values of an entry that can be booked, then at what comes of them and of everything it
// inherits.
func (m *module) lintFacility(ctx context.Context, e *ldapdir.Entry) ([]ldapdir.Finding, error) {
	found := lintPlace(e)
	found = append(found, m.lintValues(e)...)
	found = append(found, m.lintFeatures(e)...)
	f, err := m.facility(ctx, e)
	if err != nil {
		return found, err
	}
	found = append(found, f.lintRules()...)
	found = append(found, f.lintOwners()...)
	found = append(found, m.lintAsking(f)...)
	unknown, err := m.lintPeople(ctx, m.stands(e))
	found = append(found, unknown...)
	if err != nil || e.Kind != ldapdir.Collection {
		return found, err
	}
	empty, err := m.lintMembers(ctx, e)
	return append(found, empty...), err
}

func lintPlace(e *ldapdir.Entry) []ldapdir.Finding {
	if e.Kind == ldapdir.Resource && e.Calendar == "" {
		return []ldapdir.Finding{{Attr: "kolabTargetFolder", Text: "the resource has no calendar folder: it is never booked", Right: "shared/Resources/NAME@DOMAIN"}}
	}
	return nil
}

// lintValues finds values that cannot be read, and policies that mean something else than their names say.
func (m *module) lintValues(e *ldapdir.Entry) (found []ldapdir.Finding) {
	l, trial := m.stands(e), m.Rules
	for _, field := range ruleFields {
		values, given := l.values[field.key]
		if !given || field.key == "policy" {
			continue
		}
		if err := field.set(&trial, values); err != nil {
			found = append(found, ldapdir.Finding{Attr: l.attrs[field.key], Value: field.key + "=" + strings.Join(values, ", "),
				Text: err.Error() + "; until that is right nothing is accepted without an owner"})
		}
	}
	for _, value := range e.Policies {
		if f, ok := lintPolicy(value); ok {
			f.Attr, f.Value = m.policyAttr(e), value
			found = append(found, f)
		}
	}
	return found
}

// notAsNamed are policies that do less by themselves here than their names say.
var notAsNamed = map[string]string{
	"ALWAYS_ACCEPT":       "accepts when free; what is booked twice needs allow_conflicts=true besides",
	"MANUAL_IF_CONFLICT":  "asks the owner about every request, not only about those that clash",
	"MANUAL_IF_CONFLICTS": "asks the owner about every request, not only about those that clash",
}

func lintPolicy(value string) (ldapdir.Finding, bool) {
	var p policyFor
	if err := p.UnmarshalText([]byte(value)); err != nil {
		return ldapdir.Finding{Text: "no policy that is known: until that is right an owner decides", Right: "such as ACT_ACCEPT or ACT_MANUAL"}, true
	}
	name := policyName(value)
	_, action, _ := strings.Cut(name, "_")
	if text := notAsNamed[action]; text != "" {
		return ldapdir.Finding{Text: text, Hint: true}, true
	}
	if p.does == "" {
		return ldapdir.Finding{Text: "says nothing about requests for a resource: it does nothing here", Hint: true}, true
	}
	if p.does == manual && !strings.HasSuffix(name, "MANUAL") {
		return ldapdir.Finding{Text: "is for people; here the owner is asked", Hint: true, Right: "ACT_MANUAL"}, true
	}
	return ldapdir.Finding{}, false
}

// lintFeatures finds rules that are taken for features because of a slip.
func (m *module) lintFeatures(e *ldapdir.Entry) (found []ldapdir.Finding) {
	for _, attr := range m.attributes[anyRule] {
		for _, v := range e.Attrs[strings.ToLower(attr)] {
			key, value, ok := strings.Cut(v, "=")
			if _, known := ruleNamed(ruleKey(key)); known || !ok {
				continue
			}
			if best := mostAlike(key); best != "" {
				found = append(found, ldapdir.Finding{Attr: attr, Value: v, Hint: true, Text: "is no rule and taken for a feature", Right: best + "=" + value})
			}
		}
	}
	return found
}

// lintRules finds rules that together do what nobody wants.
func (f *facility) lintRules() (found []ldapdir.Finding) {
	say := func(key, text string) {
		found = append(found, ldapdir.Finding{Attr: key, Text: text + " (" + f.origins[key] + ")", Hint: true})
	}
	r := f.rules
	if slices.Contains(r.BookInPolicy, everybody) && slices.Contains(r.RequestInPolicy, everybody) {
		say("request_in_policy", "everybody may ask an owner, but everybody is in book_in_policy, too: what is within the rules is booked at once, and no owner is asked")
	}
	if r.EnforceCapacity && r.Capacity == 0 {
		say("enforce_capacity", "the capacity is not known, so that nothing is enforced")
	}
	if r.MaxDuration > 0 && r.MinDuration > r.MaxDuration {
		say("min_duration", "is longer than max_duration ("+f.origins["max_duration"]+"): nothing can be booked")
	}
	if r.WorkHoursOnly && r.MinDuration > r.WorkHours.to-r.WorkHours.from {
		say("min_duration", "is longer than the working hours: nothing can be booked")
	}
	return found
}

// lintOwners finds what waits for owners where there are none.
func (f *facility) lintOwners() (found []ldapdir.Finding) {
	if len(f.owners) > 0 {
		return nil
	}
	say := func(key string, hint bool, text string) {
		found = append(found, ldapdir.Finding{Attr: key, Text: text + " (" + f.origins[key] + ")", Right: "an owner", Hint: hint})
	}
	for _, p := range f.rules.Policy {
		switch p.does {
		case manual:
			say("policy", false, "an owner is to decide, and there is none")
		case acceptAndNotify, storeAndNotify:
			say("policy", true, "an owner is to be told, and there is none")
		}
	}
	for key, list := range map[string][]who{"request_in_policy": f.rules.RequestInPolicy, "request_out_of_policy": f.rules.RequestOutOfPolicy} {
		if slices.ContainsFunc(list, func(w who) bool { return w != nobody }) {
			say(key, false, "an owner may be asked, and there is none")
		}
	}
	slices.SortStableFunc(found, func(a, b ldapdir.Finding) int { return cmp.Compare(a.Attr, b.Attr) })
	return found
}

// lintPeople finds lists that name nobody of ours; who lives elsewhere need not be there.
func (m *module) lintPeople(ctx context.Context, l layer) (found []ldapdir.Finding, _ error) {
	for _, key := range []string{"book_in_policy", "request_in_policy", "request_out_of_policy"} {
		for _, text := range l.values[key] {
			var w who
			if w.UnmarshalText([]byte(text)) != nil || w == everybody || w == nobody || strings.HasPrefix(string(w), "@") {
				continue
			}
			there, err := m.mayBeThere(ctx, string(w))
			if err != nil {
				return found, err
			}
			if !there {
				found = append(found, ldapdir.Finding{Attr: l.attrs[key], Value: key + "=" + text, Text: "nobody has this address or name: it lets nobody in", Hint: true})
			}
		}
	}
	return found, nil
}

// mayBeThere tells whether a name has an entry, or an address one of ours or a place elsewhere.
func (m *module) mayBeThere(ctx context.Context, name string) (bool, error) {
	if e, err := m.named(ctx, name); e != nil || err != nil || isName(name) {
		return e != nil, err
	}
	_, ours, err := m.directory.Domain(ctx, address.Address(name).Domain())
	return !ours, err
}

// lintMembers finds collections of nothing.
func (m *module) lintMembers(ctx context.Context, e *ldapdir.Entry) ([]ldapdir.Finding, error) {
	members, err := m.directory.Members(ctx, e)
	switch {
	case errors.Is(err, ldapdir.ErrTooMany):
		return []ldapdir.Finding{{Attr: "members", Text: err.Error() + ": it cannot be booked"}}, nil
	case errors.Is(err, ldapdir.ErrMalformed):
		return nil, nil // told about the attribute
	case err != nil:
		return nil, fmt.Errorf("members of %s: %w", e.DN, err)
	}
	if !slices.ContainsFunc(members, func(r *ldapdir.Entry) bool { return r.Calendar != "" }) {
		return []ldapdir.Finding{{Attr: "members", Text: "none of its members can be booked", Right: "resources with an address and a calendar folder"}}, nil
	}
	return nil, nil
}
