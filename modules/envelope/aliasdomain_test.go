package envelope

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// aliased is a directory in which alias.example is another name of example.org.
type aliased struct{ *double }

func mainOf(a address.Address) address.Address {
	if local, ok := strings.CutSuffix(a.String(), "@alias.example"); ok {
		return address.Address(local + "@example.org")
	}
	return a
}

func (d aliased) Resolve(ctx context.Context, a address.Address) (ldapdir.Match, bool, error) {
	return d.double.Resolve(ctx, mainOf(a))
}

func (d aliased) Domain(ctx context.Context, domain string) (ldapdir.Domain, bool, error) {
	if domain == "alias.example" {
		domain = "example.org"
	}
	return d.double.Domain(ctx, domain)
}

type aliasTest struct {
	name       string
	module     map[string]any
	entry      map[string]any // of bob
	user, from string
	rcpt, want string // without a recipient it is about the sender
}

// TestAliasDomains: what is set for an address under one name of its domain is set for it; who is named under it is
// named.
func TestAliasDomains(t *testing.T) {
	const bob = "uid=bob,ou=People,dc=example,dc=org"
	tests := []aliasTest{
		{"posting", map[string]any{"posting": map[string]any{"bob@alias.example": "internal"}}, nil, "", "a@ext.example", "bob@alias.example", "rcpt.group-internal"},
		{"posting, tagged", map[string]any{"posting": map[string]any{"bob@alias.example": "internal"}}, nil, "", "a@ext.example", "bob+x@alias.example", "rcpt.group-internal"},
		{"posting under the other name", map[string]any{"posting": map[string]any{"bob@alias.example": "internal"}}, nil, "", "a@ext.example", "bob@example.org", ""},
		{"posting under the main name", map[string]any{"posting": map[string]any{"bob@example.org": "internal"}}, nil, "", "a@ext.example", "bob@alias.example", "rcpt.group-internal"},
		{"the nearer one counts", map[string]any{"posting": map[string]any{"bob@example.org": "internal", "bob@alias.example": "public"}}, nil, "", "a@ext.example", "bob@alias.example", ""},
		{"rules", map[string]any{"sender_rules": map[string]any{"bob@alias.example": []any{"-"}}}, nil, "", "a@ext.example", "bob@alias.example", "rcpt.recipient-denies"},
		{"mode of the entry", nil, map[string]any{"postingMode": "internal bob@alias.example"}, "", "a@ext.example", "bob@alias.example", "rcpt.group-internal"},
		{"mode of the entry, the other name", nil, map[string]any{"postingMode": "internal bob@alias.example"}, "", "a@ext.example", "bob@example.org", ""},
	}
	delegate := func(value string) map[string]any { return map[string]any{"kolabDelegate": value} }
	for value, want := range map[string]string{"grace@alias.example": "", "grace+x@alias.example": "sender.not-owned", "pat@alias.example": "sender.not-owned"} {
		tests = append(tests, aliasTest{"delegate " + value, nil, delegate(value), "grace", "bob@example.org", "", want})
	}
	base := loadSuite(t, "testdata/envelope-cases.yaml")
	for _, tt := range tests {
		c := &caseOf{Module: tt.module, config: base.Defaults.Config, entries: base.with(map[string]map[string]any{bob: tt.entry})}
		now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
		g := c.pure(t, aliased{c.double(t, now)}, now)
		env := &filter.Envelope{Role: filter.Inbound, From: address.Must(tt.from), User: tt.user, Time: now}
		q := question{stage: filter.AtRcpt, env: env, rcpt: address.Must(tt.rcpt)}
		if tt.rcpt == "" {
			q.stage = filter.AtMail
		}
		d, _ := g.decide(t.Context(), q)
		if string(d.reason) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, d.reason, tt.want)
		}
	}
}
