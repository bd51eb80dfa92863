package resource

import (
	"slices"

	"usher/ldapdir"
)

// lintAsking finds resources with owners who are to be asked, where no question can be signed.
func (m *module) lintAsking(f *facility) (found []ldapdir.Finding) {
	if m.signer != nil || f.Kind != ldapdir.Resource || len(f.owners) == 0 {
		return nil
	}
	if key := f.asking(); key != "" {
		found = append(found, ldapdir.Finding{Attr: key, Right: "submit.secret_file",
			Text: "owners cannot be asked without a secret, the mail is left to people (" + f.origins[key] + ")"})
	}
	return found
}

// asking is the rule that makes us ask owners, "" if there is none.
func (f *facility) asking() (key string) {
	if slices.ContainsFunc(f.rules.Policy, func(p policyFor) bool { return p.does == manual }) {
		return "policy"
	}
	some := func(list []who) bool { return slices.ContainsFunc(list, func(w who) bool { return w != nobody }) }
	switch {
	case some(f.rules.RequestInPolicy):
		return "request_in_policy"
	case some(f.rules.RequestOutOfPolicy):
		return "request_out_of_policy"
	}
	return ""
}
