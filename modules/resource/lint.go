package resource

import (
	"context"
	"slices"
	"strings"

	"usher/ldapdir"
)

// areas and actions make the policies that are known: ACT_ACCEPT, TASK_SAVE_TO_FOLDER.
var (
	areas   = []string{"ACT", "ALL", "EVENT", "TASK"}
	actions = []string{"MANUAL", "ACCEPT", "ACCEPT_AND_NOTIFY", "ACCEPT_IF_NO_CONFLICT", "TENTATIVE", "TENTATIVE_IF_NO_CONFLICT",
		"DELEGATE", "DELEGATE_IF_CONFLICT", "REJECT", "REJECT_IF_CONFLICT", "UPDATE", "UPDATE_AND_NOTIFY", "SAVE_TO_CALENDAR",
		"SAVE_TO_FOLDER", "SAVE_AND_NOTIFY", "CANCEL_DELETE", "CANCEL_DELETE_AND_NOTIFY"}
)

// Lint tells what is wrong with a resource or a collection.
func (m *module) Lint(ctx context.Context, e *ldapdir.Entry) ([]ldapdir.Finding, error) {
	if !isResource(e) {
		return nil, nil
	}
	found, err := m.lintFacility(ctx, e)
	unnumbered := 0
	for _, value := range e.Policies {
		if _, _, placed := ldapdir.CutPlace(value); !placed {
			unnumbered++
		}
	}
	if len(e.Policies) > 1 && unnumbered > 0 {
		found = append(found, ldapdir.Finding{Attr: m.policyAttr(e), Hint: true, Text: "the order of several policies counts, and a directory keeps none",
			Right: "{1}ACT_…, {2}ACT_… and so on"})
	}
	for i := range found {
		found[i].DN = e.DN
	}
	return found, err
}

func (m *module) policyAttr(e *ldapdir.Entry) string {
	return firstOf(e, m.directory.SchemaOf(e).Policies)
}

// policyName is a policy without its place in the order and without the domain it is for.
func policyName(value string) string {
	name, _, _ := ldapdir.CutPlace(value)
	name, _, _ = strings.Cut(name, ":")
	return strings.ToUpper(strings.TrimSpace(name))
}

func isPolicy(name string) bool {
	area, action, ok := strings.Cut(name, "_")
	return ok && slices.Contains(areas, area) && slices.Contains(actions, action)
}
