package resource

import (
	"testing"

	"usher/ldapdir"
)

// TestLintAsking: without a secret to sign with, what waits for owners is told; with one, or where nobody is asked,
// nothing is.
func TestLintAsking(t *testing.T) {
	asks := Rules{Policy: policies{{does: manual}}}
	for _, tt := range []struct {
		name  string
		m     *module
		kind  ldapdir.Kind
		rules Rules
		want  string
	}{
		{"manual", &module{}, ldapdir.Resource, asks, "policy"},
		{"manual, with a secret", &module{signer: aSigner}, ldapdir.Resource, asks, ""},
		{"manual, of a collection", &module{}, ldapdir.Collection, asks, ""},
		{"accept", &module{}, ldapdir.Resource, Rules{Policy: policies{{does: accept}}}, ""},
		{"accept and tell", &module{}, ldapdir.Resource, Rules{Policy: policies{{does: acceptAndNotify}}}, ""},
		{"some may ask", &module{}, ldapdir.Resource, Rules{RequestInPolicy: []who{"ann@example.org"}}, "request_in_policy"},
		{"nobody may ask", &module{}, ldapdir.Resource, Rules{RequestOutOfPolicy: []who{nobody}}, ""},
		{"all may ask for more", &module{}, ldapdir.Resource, Rules{RequestOutOfPolicy: []who{everybody}}, "request_out_of_policy"},
	} {
		found := tt.m.lintAsking(&facility{Entry: &ldapdir.Entry{Kind: tt.kind}, owners: []*ldapdir.Entry{anOwner}, rules: tt.rules})
		if len(found) > 0 != (tt.want != "") || len(found) > 0 && found[0].Attr != tt.want {
			t.Errorf("%s: %v; want %q", tt.name, found, tt.want)
		}
	}
}
