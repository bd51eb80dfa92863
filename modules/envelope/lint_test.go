package envelope

import (
	"context"
	"errors"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// hushed is a directory that does not answer.
type hushed struct{ Directory }

var errHushed = errors.New("hushed")

func (hushed) ByDN(context.Context, string) (*ldapdir.Entry, bool, error) {
	return nil, false, errHushed
}

func (hushed) Login(context.Context, string) (*ldapdir.Entry, bool, error) {
	return nil, false, errHushed
}

func (hushed) Resolve(context.Context, address.Address) (ldapdir.Match, bool, error) {
	return ldapdir.Match{}, false, errHushed
}

func (hushed) Domain(context.Context, string) (ldapdir.Domain, bool, error) {
	return ldapdir.Domain{}, false, errHushed
}

// TestLintInAnOutage: nothing is called missing because nobody could be asked.
func TestLintInAnOutage(t *testing.T) {
	var r reader
	m := assemble(r.policy(defaults), hushed{}, []string{"kolab"}, "+", &tables{}, filter.Host{})
	for attr, value := range map[string]string{"kolaballowsmtpsender": "-uid=x,dc=example,dc=org", "kolaballowsmtprecipient": "x@example.org",
		"sendasdelegate": "x", "moderator": "uid=x,dc=example,dc=org"} {
		found, err := m.Lint(t.Context(), &ldapdir.Entry{DN: "uid=a", Attrs: map[string][]string{attr: {value}}})
		if !errors.Is(err, errHushed) {
			t.Errorf("%s: %v", attr, err)
		}
		for _, f := range found {
			if !f.Hint {
				t.Errorf("%s: %+v", attr, f)
			}
		}
	}
}

func TestLintOfLongLists(t *testing.T) {
	var r reader
	m := assemble(r.policy(defaults), hushed{}, []string{"kolab"}, "+", &tables{}, filter.Host{})
	found, err := m.Lint(t.Context(), &ldapdir.Entry{DN: "uid=a", Attrs: map[string][]string{"kolaballowsmtpsender": make([]string, maxRules+1)}})
	if err != nil || len(found) != 1 || found[0].Hint || found[0].Attr != "kolabAllowSMTPSender" {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestLintFollowsDecisions: what decisions take is not called wrong, what they cannot work with is.
func TestLintFollowsDecisions(t *testing.T) {
	const announce = "cn=announce,ou=Groups,dc=example,dc=org"
	base := loadSuite(t, "testdata/envelope-cases.yaml")
	tests := []struct {
		name  string
		entry map[string]any
		want  string // the attribute
	}{
		{"moderators", map[string]any{}, ""},
		{"none", map[string]any{"moderator": nil}, "postingMode"},
		{"disabled", map[string]any{"moderator": "erin"}, "postingMode"},
		{"of one alias", map[string]any{"moderator": nil, "postingMode": "moderated announce@example.org"}, "postingMode"},
		{"not moderated", map[string]any{"moderator": nil, "postingMode": "internal"}, ""},
		{"a large limit", map[string]any{"maxSize": "3000000000"}, ""},
		{"no limit", map[string]any{"maxSize": "3G"}, "maxsize"},
		{"the mode of an address in an alias domain", map[string]any{"postingMode": "internal announce@alias.example"}, ""},
		{"of one that is tagged", map[string]any{"postingMode": "internal announce+x@alias.example"}, "postingMode"},
		{"a delegate by name", map[string]any{"kolabDelegate": "uid=bob,ou=People,dc=example,dc=org"}, ""},
		{"a delegate by login", map[string]any{"kolabDelegate": "bob"}, "kolabDelegate"},
		{"a delegate by address", map[string]any{"kolabDelegate": "bob@example.org"}, "kolabDelegate"},
		{"a delegate spelled otherwise", map[string]any{"kolabDelegate": "UID=bob, ou=People,dc=example,dc=org"}, "kolabDelegate"},
		{"a group of delegates", map[string]any{"kolabDelegate": "cn=sales,ou=Groups,dc=example,dc=org"}, "kolabDelegate"},
		{"a delegate who is not there", map[string]any{"kolabDelegate": "ghost"}, ""},
		{"of nobody's", map[string]any{"postingMode": "internal other@alias.example"}, "postingMode"},
	}
	for _, tt := range tests {
		c := &caseOf{config: base.Defaults.Config, entries: base.with(map[string]map[string]any{announce: tt.entry}),
			Module: map[string]any{"attributes": map[string]any{"size": []any{"maxSize"}}}}
		now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		d := aliased{c.double(t, now)}
		e, _, _ := d.ByDN(t.Context(), announce)
		m := &module{c.pure(t, d, now)}
		found, err := m.Lint(t.Context(), e)
		got := ""
		for _, f := range found {
			got += f.Attr
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %q", tt.name, found, err, tt.want)
		}
	}
}
