package invitation

import (
	"context"
	"fmt"
	"strings"

	"usher/ldapdir"
)

// Lint tells what is wrong with a person's policies.
func (m *module) Lint(_ context.Context, e *ldapdir.Entry) (found []ldapdir.Finding, err error) {
	if e.Kind != ldapdir.Person || len(e.Policies) == 0 {
		return nil, nil
	}
	found = append(found, lintValues(e.Policies)...)
	policies, _ := parsePolicies(e.Policies)
	found = append(found, lintOrder(e.Policies, policies)...)
	if p, ok := delegating(policies); ok && m.deputyNamed(e) == "" {
		found = append(found, ldapdir.Finding{Value: p.text, Text: "there is no deputy to delegate to: it does nothing", Right: "a delegate"})
	}
	if m.mailbox(e) == "" {
		found = append(found, ldapdir.Finding{Text: "there is no mailbox to keep a calendar in: the policies do nothing"})
	}
	for i := range found {
		found[i].DN, found[i].Attr = e.DN, m.policyAttr(e)
	}
	return found, nil
}

// policyAttr is the attribute that holds a person's policies.
func (m *module) policyAttr(e *ldapdir.Entry) string {
	for _, attr := range m.directory.SchemaOf(e).Policies {
		if len(e.Attrs[strings.ToLower(attr)]) > 0 {
			return attr
		}
	}
	return ""
}

func lintValues(values []string) (found []ldapdir.Finding) {
	for _, v := range values {
		text, _, _ := ldapdir.CutPlace(v)
		if _, err := parsePolicy(text); err != nil {
			found = append(found, ldapdir.Finding{Value: v, Text: "is skipped: " + err.Error()})
		}
	}
	return found
}

// lintOrder looks at what counts before what.
func lintOrder(values []string, policies []policy) (found []ldapdir.Finding) {
	if len(values) > maxPolicies {
		found = append(found, ldapdir.Finding{Text: fmt.Sprintf("there are %d policies, of which the first %d count", len(values), maxPolicies)})
	}
	unnumbered := 0
	for _, v := range values {
		if _, _, placed := ldapdir.CutPlace(v); !placed {
			unnumbered++
		}
	}
	if len(values) > 1 && unnumbered > 0 {
		found = append(found, ldapdir.Finding{Hint: true, Text: "the order of several policies counts, and a directory keeps none", Right: "{1}ACT_…, {2}ACT_… and so on"})
	}
	for n, p := range policies {
		if before, ok := hiding(p, policies[:n]); ok {
			found = append(found, ldapdir.Finding{Value: p.text, Hint: true, Text: "never counts, as " + before.text + " comes before it"})
		}
	}
	return found
}

// hiding finds the policy that leaves nothing to one that comes after it.
func hiding(p policy, before []policy) (policy, bool) {
	for _, b := range before {
		wider := (b.events || !p.events) && (b.tasks || !p.tasks) && (b.from == "" || b.from == p.from)
		if wider && (b.does == manual || b.does == p.does && b.when == always) {
			return b, true
		}
	}
	return policy{}, false
}

// delegating is the first policy that needs a deputy.
func delegating(policies []policy) (policy, bool) {
	for _, p := range policies {
		if p.does == delegate {
			return p, true
		}
	}
	return policy{}, false
}
