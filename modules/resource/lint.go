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

// Lint tells what is wrong with a resource, and with anybody's policies.
func (m *module) Lint(_ context.Context, e *ldapdir.Entry) (found []ldapdir.Finding, _ error) {
	say := func(f ldapdir.Finding) { f.DN = e.DN; found = append(found, f) }
	if e.Kind == ldapdir.Resource && e.Calendar == "" {
		say(ldapdir.Finding{Attr: "kolabTargetFolder", Text: "the resource has no calendar folder: it is never booked", Right: "shared/Resources/NAME@DOMAIN"})
	}
	const attr = "kolabInvitationPolicy"
	unnumbered := 0
	for _, value := range e.Policies {
		name, numbered := policyName(value)
		if !numbered {
			unnumbered++
		}
		if !isPolicy(name) {
			say(ldapdir.Finding{Attr: attr, Value: value, Text: "no policy that is known", Right: "such as ACT_ACCEPT or ACT_MANUAL"})
		}
	}
	if len(e.Policies) > 1 && unnumbered > 0 {
		say(ldapdir.Finding{Attr: attr, Hint: true, Text: "the order of several policies counts, and a directory keeps none", Right: "{1}ACT_…, {2}ACT_… and so on"})
	}
	return found, nil
}

// policyName is a policy without its place in the order and without the domain it is for.
func policyName(value string) (name string, numbered bool) {
	name = strings.TrimSpace(value)
	if number, rest, ok := strings.Cut(name, "}"); ok && strings.HasPrefix(number, "{") && strings.Trim(number, "{0123456789") == "" && len(number) > 1 {
		name, numbered = rest, true
	}
	name, _, _ = strings.Cut(name, ":")
	return strings.ToUpper(strings.TrimSpace(name)), numbered
}

func isPolicy(name string) bool {
	area, action, ok := strings.Cut(name, "_")
	return ok && slices.Contains(areas, area) && slices.Contains(actions, action)
}
