package envelope

import (
	"context"
	"errors"
	"testing"

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
