package ldapdir

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestMistakes: each is found, under the key it stands at.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) {}, ""},
		{func(c *Config) { c.URL = nil }, "url: is missing: url (a list of LDAP servers) or ldif (a file) says where the directory is"},
		{func(c *Config) { c.LDIF = "check_test.go" }, "ldif: either ldif or url, not both"},
		{func(c *Config) { c.URL, c.LDIF = nil, "nosuch.ldif" }, "ldif: open nosuch.ldif: no such file or directory"},
		{func(c *Config) { c.URL, c.LDIF, c.Base = nil, "check_test.go", "" }, ""},
		{func(c *Config) { c.URL = append(c.URL, "http://x") }, `url[1]: "http://x" does not begin with ldap://, ldaps:// or ldapi://`},
		{func(c *Config) { c.URL = []string{"ldap://x/dc=org"} }, `url[0]: "ldap://x/dc=org": only a host and a port belong here`},
		{func(c *Config) { c.URL = []string{"ldap://"} }, `url[0]: "ldap://": only a host and a port belong here`},
		{func(c *Config) { c.URL = []string{"ldapi://%2frun%2fldapi", "ldap://[::1]:389", "LDAPS://x:636"} }, ""},
		{func(c *Config) { c.URL, c.StartTLS = []string{"ldaps://x"}, true }, `url[0]: "ldaps://x" is encrypted already; starttls goes with ldap://`},
		{func(c *Config) { c.Base = "" }, "base: is missing: the name below which the entries are, such as dc=example,dc=org"},
		{func(c *Config) { c.Base = "example.org" }, `base: "example.org" is not a distinguished name`},
		{func(c *Config) { c.BindDN = "cn=x" }, "password_file: is missing: bind_dn needs a password"},
		{func(c *Config) { c.PasswordFile = "check_test.go" }, "bind_dn: is missing: password_file is of no use without it"},
		{func(c *Config) { c.BindDN, c.PasswordFile = "x", "nosuch" }, "bind_dn: \"x\" is not a distinguished name\npassword_file: open nosuch: no such file or directory"},
		{func(c *Config) { c.CAFile = "nosuch" }, "ca_file: open nosuch: no such file or directory"},
		{func(c *Config) { c.Pool = 1000 }, "pool: 1000 is not between 1 and 100"},
		{func(c *Config) { c.Referrals = "follow" }, `referrals: "follow" is not one of refuse, ignore`},
		{func(c *Config) { c.Preset = "kolab2" }, `preset: "kolab2" is not one of ad, kolab, plain`},
		{func(c *Config) { c.Schema.Logins = []string{"uid", "e mail"} }, `schema.logins[1]: "e mail" cannot be the name of an attribute` +
			"\n" + `schema.login_filter: filter "(|(uid=%s)(e mail=%s))": "e mail" is not the name of an attribute`},
		{func(c *Config) { c.Schema.Kinds.Group = []string{"(x)"} }, `schema.kinds.group[0]: "(x)" cannot be the name of a class`},
		{func(c *Config) { c.Schema.ResourceBases = []string{"Resources"} }, `schema.resource_bases[0]: "Resources" is not a distinguished name`},
		{func(c *Config) { c.Schema.AddressFilter = "(mail=%u)" }, `schema.address_filter: filter "(mail=%u)": only %s is replaced; a literal % is written \25`},
		{func(c *Config) { c.DomainSearch.Filter = "(associatedDomain=)" }, `domain_search.filter: filter "(associatedDomain=)" has no %s where the value belongs`},
		{func(c *Config) { c.Domains = nil }, "domains: is missing: domains (a list) or domain_search says which domains are ours"},
		{func(c *Config) { c.Domains = nil; c.DomainSearch.Base = "cn=config" }, ""},
		{func(c *Config) { c.Domains = []string{"a.example", "A.Example.", "-"} }, `domains[1]: "A.Example." is named twice (also domains[0])`},
		{func(c *Config) { c.RelayDomains = []string{"no domain"} }, `relay_domains[0]: "no domain" is not a domain`},
		{func(c *Config) { c.DomainAliases = map[string]string{"b.example": "c.example"} }, `domain_aliases.b.example: "c.example" is not one of our domains`},
		{func(c *Config) { c.DomainBases = map[string]string{"example.org": "x"} }, `domain_bases.example.org: "x" is not a distinguished name`},
		{func(c *Config) { c.Cache.MaxStale = time.Minute }, "cache.max_stale: is shorter than ttl (5m0s)"},
		{func(c *Config) { c.Deadline = -1 }, "deadline: -1ns is not a positive time"},
		{func(c *Config) { c.MaxMembers, c.Breaker.Failures = 0, -1 }, "breaker.failures: -1 is not between 1 and 1000\nmax_members: 0 is not between 1 and 1000000"},
		{func(c *Config) {
			c.Profiles = []Profile{{Name: "two", URL: []string{"x"}, Base: "dc=two", Domains: []string{"two.example", "example.org"}}, {Name: "two", LDIF: "check_test.go"}}
		}, `profiles[0].url[0]: "x" does not begin with ldap://, ldaps:// or ldapi://
profiles[0].domains[1]: "example.org" is named twice (also domains[0])
profiles[1].name: "two" is the name of another profile
profiles[1].domains: is missing: domains (a list) or domain_search says which domains are ours`},
	} {
		cfg := Defaults()
		cfg.URL, cfg.Base, cfg.Domains = []string{"ldap://ldap.example.org"}, "dc=example,dc=org", []string{"example.org"}
		tt.change(&cfg)
		err := cfg.Check()
		got := ""
		if err != nil {
			got = err.Error()
			if _, ok := err.(Mistakes); !ok {
				t.Errorf("%T is not Mistakes", err)
			}
		}
		if got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
		if _, err := New(cfg, func(Profile, *slog.Logger) (Backend, error) { return &fake{}, nil }, nil, nil); (err == nil) != (tt.want == "") {
			t.Errorf("New with %q = %v", tt.want, err)
		}
	}
}

// TestNewCloses: a profile that cannot be opened leaves no other one open.
func TestNewCloses(t *testing.T) {
	cfg := Defaults()
	for _, name := range []string{"a", "b"} {
		cfg.Profiles = append(cfg.Profiles, Profile{Name: name, URL: []string{"ldap://x"}, Base: "dc=x", Domains: []string{name + ".example"}})
	}
	first := &closing{}
	_, err := New(cfg, func(p Profile, _ *slog.Logger) (Backend, error) {
		if p.Name == "b" {
			return nil, errors.New("no CA file")
		}
		return first, nil
	}, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "directory b: no CA file") || first.closed != 1 {
		t.Errorf("New = %v; the other was closed %d times", err, first.closed)
	}
}

type closing struct {
	fake
	closed int
}

func (c *closing) Close() error {
	c.closed++
	return nil
}
