package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// override replaces keys of modules for some listeners, some domains, or some domains behind some listeners.
type override struct {
	Listener []string       `yaml:"listener"`
	Domain   []string       `yaml:"domain"`
	Modules  map[string]raw `yaml:"modules" config:"required"`
	aliases  []string       // other names of the domains: they inherit the settings
}

// Check makes the domains canonical and asks for a reason to be here.
func (o *override) Check() filter.Mistakes {
	var ms filter.Mistakes
	if len(o.Listener)+len(o.Domain) == 0 {
		ms = append(ms, filter.Mistake{Text: "say for whom: want a listener, a domain, or both"})
	}
	for i, d := range o.Domain {
		canonical, err := address.CanonicalDomain(d)
		if err != nil {
			ms = append(ms, filter.Mistake{Key: item("domain", i), Text: "want a domain such as example.org, not " + quote(d)})
			continue
		}
		o.Domain[i] = canonical
	}
	return ms
}

// covers tells whether the override counts for this listener and domain; "" is none in particular.
func (o *override) covers(listener, domain string) bool {
	return (len(o.Listener) == 0 || slices.Contains(o.Listener, listener)) &&
		(len(o.Domain) == 0 || slices.Contains(o.domains(), domain))
}

func (o *override) domains() []string { return slices.Concat(o.Domain, o.aliases) }

// inherit gives the aliases of a domain the domain's overrides.
func (c *Config) inherit() {
	for _, p := range append([]ldapdir.Profile{c.Directory.Profile}, c.Directory.Profiles...) {
		for _, alias := range slices.Sorted(maps.Keys(p.DomainAliases)) {
			name, errName := address.CanonicalDomain(alias)
			main, errMain := address.CanonicalDomain(p.DomainAliases[alias])
			for i := range c.overrides {
				if o := &c.overrides[i]; errName == nil && errMain == nil && slices.Contains(o.Domain, main) {
					o.aliases = append(o.aliases, name)
				}
			}
		}
	}
}

// scope is one listener, one domain, or both, and the overrides that count there together.
type scope struct {
	listener, domain string
	overrides        []int
}

// id is the same for scopes with the same settings.
func (s scope) id() string {
	var b strings.Builder
	for _, i := range s.overrides {
		b.WriteString(strconv.Itoa(i) + ",")
	}
	return b.String()
}

// scopes lists where a module's settings differ, such that the last one that fits a mail holds all overrides
// that concern it: a listener's and a domain's overrides meet in a scope of their own.
func scopes(all []override, module string) []scope {
	var listeners, domains []string
	for _, o := range all {
		if _, concerned := o.Modules[module]; concerned {
			listeners, domains = append(listeners, o.Listener...), append(domains, o.domains()...)
		}
	}
	listeners, domains = distinct(listeners), distinct(domains)
	var found []scope
	add := func(listener, domain string) {
		s := scope{listener: listener, domain: domain}
		for i, o := range all {
			if _, concerned := o.Modules[module]; concerned && o.covers(listener, domain) {
				s.overrides = append(s.overrides, i)
			}
		}
		if !slices.Equal(s.overrides, inherited(found, listener, domain)) {
			found = append(found, s)
		}
	}
	for _, l := range listeners {
		add(l, "")
	}
	for _, d := range domains {
		add("", d)
	}
	for _, l := range listeners {
		for _, d := range domains {
			add(l, d)
		}
	}
	return found
}

// inherited is what counts for a listener and domain without a scope of their own.
func inherited(found []scope, listener, domain string) []int {
	for _, s := range slices.Backward(found) {
		if (s.listener == "" || s.listener == listener) && (s.domain == "" || s.domain == domain) {
			return s.overrides
		}
	}
	return nil
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// layers are a module's settings in the order in which they replace each other.
func (c *Config) layers(module string, overrides []int) []*yaml.Node {
	var nodes []*yaml.Node
	if base, ok := c.modules[module]; ok {
		nodes = append(nodes, base.node)
	}
	for _, i := range overrides {
		nodes = append(nodes, c.overrides[i].Modules[module].node)
	}
	return nodes
}
