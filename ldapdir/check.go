package ldapdir

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"usher/address"
)

// Mistake is something wrong with one setting; the configuration finds its file and line.
type Mistake struct {
	Key  string // path below the directory's settings, such as profiles[1].base
	Text string
}

// Mistakes are all that is wrong, at once.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	var lines []string
	for _, m := range ms {
		lines = append(lines, strings.TrimPrefix(m.Key+": "+m.Text, ": "))
	}
	return strings.Join(lines, "\n")
}

// Check gives everything that is wrong with the settings, as Mistakes; nil when nothing is.
func (c Config) Check() error {
	var ms Mistakes
	ms.positive("deadline", c.Deadline)
	ms.positive("cache.ttl", c.Cache.TTL)
	ms.positive("cache.negative_ttl", c.Cache.NegativeTTL)
	ms.positive("breaker.pause", c.Breaker.Pause)
	if c.Cache.MaxStale < c.Cache.TTL {
		ms.add("cache.max_stale", "is shorter than ttl (%v)", c.Cache.TTL)
	}
	ms.between("cache.max_entries", c.Cache.MaxEntries, 1, 100_000_000)
	ms.between("breaker.failures", c.Breaker.Failures, 1, 1000)
	ms.between("max_members", c.MaxMembers, 1, 1_000_000)
	ms.between("max_depth", c.MaxDepth, 1, 100)
	domains, names := make(map[string]string), make(map[string]bool)
	for _, p := range c.all() {
		if names[p.Name] {
			ms.add(p.key+"name", "%q is the name of another profile", p.Name)
		}
		names[p.Name] = true
		ms.profile(p)
		ms.domains(p, domains)
	}
	if len(ms) == 0 {
		return nil
	}
	return ms
}

func (ms *Mistakes) add(key, text string, args ...any) {
	*ms = append(*ms, Mistake{Key: key, Text: fmt.Sprintf(text, args...)})
}

func (ms *Mistakes) positive(key string, d time.Duration) {
	if d <= 0 {
		ms.add(key, "%v is not a positive time", d)
	}
}

func (ms *Mistakes) between(key string, n, low, high int) {
	if n < low || n > high {
		ms.add(key, "%d is not between %d and %d", n, low, high)
	}
}

func (ms *Mistakes) profile(p place) {
	switch {
	case p.LDIF != "" && len(p.URL) > 0:
		ms.add(p.key+"ldif", "either ldif or url, not both")
	case p.LDIF == "" && len(p.URL) == 0:
		ms.add(p.key+"url", "is missing: url (a list of LDAP servers) or ldif (a file) says where the directory is")
	case p.LDIF != "":
		ms.readable(p.key+"ldif", p.LDIF)
	default:
		ms.server(p)
	}
	if base, ok := CanonicalDN(p.Base); !ok {
		ms.add(p.key+"base", "%q is not a distinguished name", p.Base)
	} else if base == "" && len(p.URL) > 0 {
		ms.add(p.key+"base", "is missing: the name below which the entries are, such as dc=example,dc=org")
	}
	if _, ok := presets[p.Preset]; !ok {
		ms.add(p.key+"preset", "%q is not one of %s", p.Preset, strings.Join(slices.Sorted(maps.Keys(presets)), ", "))
		return // and what it would have filled in
	}
	ms.schema(p)
}

func (ms *Mistakes) server(p place) {
	for i, u := range p.URL {
		if text := checkURL(u, p.StartTLS); text != "" {
			ms.add(p.key+indexed("url", i), "%s", text)
		}
	}
	if p.BindDN != "" && p.PasswordFile == "" {
		ms.add(p.key+"password_file", "is missing: bind_dn needs a password")
	}
	if p.BindDN == "" && p.PasswordFile != "" {
		ms.add(p.key+"bind_dn", "is missing: password_file is of no use without it")
	}
	if _, ok := CanonicalDN(p.BindDN); !ok && !strings.Contains(p.BindDN, "@") { // Active Directory binds user@domain
		ms.add(p.key+"bind_dn", "%q is not a distinguished name", p.BindDN)
	}
	ms.readable(p.key+"password_file", p.PasswordFile)
	ms.readable(p.key+"ca_file", p.CAFile)
	ms.between(p.key+"pool", p.Pool, 1, 100)
	ms.between(p.key+"page_size", p.PageSize, 1, 100_000)
	ms.positive(p.key+"dial_timeout", p.DialTimeout)
	ms.positive(p.key+"request_timeout", p.RequestTimeout)
	if p.Referrals != "refuse" && p.Referrals != "ignore" {
		ms.add(p.key+"referrals", "%q is not one of refuse, ignore", p.Referrals)
	}
}

// checkURL tells what is wrong with the address of a server.
func checkURL(s string, startTLS bool) string {
	scheme, rest, found := strings.Cut(s, "://")
	switch scheme = strings.ToLower(scheme); {
	case !found || scheme != "ldap" && scheme != "ldaps" && scheme != "ldapi":
		return fmt.Sprintf("%q does not begin with ldap://, ldaps:// or ldapi://", s)
	case startTLS && scheme == "ldaps":
		return fmt.Sprintf("%q is encrypted already; starttls goes with ldap://", s)
	case scheme == "ldapi":
		if _, err := url.PathUnescape(rest); err != nil {
			return fmt.Sprintf("%q: %v", s, err)
		}
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return err.Error()
	}
	if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Sprintf("%q: only a host and a port belong here", s)
	}
	return ""
}

func (ms *Mistakes) readable(key, file string) {
	if file == "" {
		return
	}
	f, err := os.Open(file)
	if err != nil {
		ms.add(key, "%v", err)
		return
	}
	f.Close()
}

func (ms *Mistakes) schema(p place) {
	key := p.key + "schema."
	for _, l := range p.Schema.lists() {
		for i, name := range *l.names {
			if l.key == "resource_bases" {
				if dn, ok := CanonicalDN(name); !ok || dn == "" {
					ms.add(indexed(key+l.key, i), "%q is not a distinguished name", name)
				}
			} else if !IsAttr(name) {
				ms.add(indexed(key+l.key, i), "%q cannot be the name of %s", name, map[bool]string{true: "an attribute", false: "a class"}[l.attrs])
			}
		}
	}
	if len(p.Schema.Addresses) == 0 {
		ms.add(key+"addresses", "is empty: nobody could be found")
	}
	ms.template(key+"address_filter", p.Schema.AddressFilter)
	if len(p.Schema.Logins) > 0 {
		ms.template(key+"login_filter", p.Schema.LoginFilter)
	}
	ms.template(p.key+"domain_search.filter", p.DomainSearch.Filter)
	for i, name := range append([]string{p.DomainSearch.NameAttr, p.DomainSearch.BaseAttr}, p.DomainSearch.Extra...) {
		if !IsAttr(name) {
			ms.add(p.key+[]string{"domain_search.name", "domain_search.subtree", "domain_search.extra"}[min(i, 2)], "%q cannot be the name of an attribute", name)
		}
	}
	if _, ok := CanonicalDN(p.DomainSearch.Base); !ok {
		ms.add(p.key+"domain_search.base", "%q is not a distinguished name", p.DomainSearch.Base)
	}
}

func (ms *Mistakes) template(key, filter string) {
	if err := checkTemplate(filter); err != nil {
		ms.add(key, "%v", err)
	}
}

// domains checks the domains of a profile; seen are those of the profiles before it.
func (ms *Mistakes) domains(p place, seen map[string]string) {
	if len(p.Domains)+len(p.RelayDomains) == 0 && p.DomainSearch.Base == "" {
		ms.add(p.key+"domains", "is missing: domains (a list) or domain_search says which domains are ours")
	}
	claim := func(key, domain string) {
		d, err := address.CanonicalDomain(domain)
		if err != nil {
			ms.add(p.key+key, "%q is not a domain", domain)
		} else if other, taken := seen[d]; taken {
			ms.add(p.key+key, "%q is named twice (also %s)", domain, other)
		} else {
			seen[d] = p.key + key
		}
	}
	for i, d := range p.Domains {
		claim(indexed("domains", i), d)
	}
	for i, d := range p.RelayDomains {
		claim(indexed("relay_domains", i), d)
	}
	for _, alias := range slices.Sorted(maps.Keys(p.DomainAliases)) {
		claim("domain_aliases."+alias, alias)
		if main, err := address.CanonicalDomain(p.DomainAliases[alias]); err != nil || !p.lists(main) && p.DomainSearch.Base == "" {
			ms.add(p.key+"domain_aliases."+alias, "%q is not one of our domains", p.DomainAliases[alias])
		}
	}
	for _, d := range slices.Sorted(maps.Keys(p.DomainBases)) {
		if dn, ok := CanonicalDN(p.DomainBases[d]); !ok || dn == "" {
			ms.add(p.key+"domain_bases."+d, "%q is not a distinguished name", p.DomainBases[d])
		}
	}
}

// lists tells whether a profile names a domain as ours.
func (p Profile) lists(domain string) bool {
	for _, d := range slices.Concat(p.Domains, p.RelayDomains) {
		if c, err := address.CanonicalDomain(d); err == nil && c == domain {
			return true
		}
	}
	return false
}

func indexed(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
