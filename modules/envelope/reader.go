package envelope

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// reader collects the mistakes in settings while they are read.
type reader struct{ mistakes filter.Mistakes }

func (r *reader) say(key, text string, args ...any) {
	r.mistakes = append(r.mistakes, filter.Mistake{Key: key, Text: fmt.Sprintf(text, args...)})
}

// Check says what is wrong with the settings.
func (c *Config) Check() filter.Mistakes {
	var r reader
	r.policy(*c)
	return r.mistakes
}

// policy reads the settings.
func (r *reader) policy(c Config) *policy {
	p := &policy{Config: c, attrs: c.Attributes.over().lower(), zone: time.UTC}
	p.reachable = map[string]bool{}
	for i, local := range c.AlwaysReachable {
		a, err := address.Parse(local + "@example.org")
		if err != nil || strings.Contains(local, "@") {
			r.say(indexed("always_reachable", i), "want what stands before the @, such as postmaster, not %q", local)
		}
		p.reachable[a.Local()] = true
	}
	for i, text := range c.BlockSenders {
		p.site = append(p.site, r.plain(indexed("block_senders", i), text, true))
	}
	for i, text := range c.AllowSenders {
		p.site = append(p.site, r.plain(indexed("allow_senders", i), text, false))
	}
	for i, text := range c.ExemptRecipients {
		p.exempt = append(p.exempt, r.plain(indexed("exempt_recipients", i), text, false))
	}
	r.addresses(p)
	r.parties(p)
	r.numbers(p)
	r.attributes(c.Attributes)
	p.stops = map[string]reason{}
	for _, word := range c.Status.Suspended {
		p.stops[ldapdir.Fold(word)] = principalSuspended
	}
	for _, word := range c.Status.Disabled {
		p.stops[ldapdir.Fold(word)] = principalDisabled
	}
	return p
}

// plain reads a rule in a list whose name says already whether it denies.
func (r *reader) plain(key, text string, deny bool) rule {
	one, err := parseRule(text)
	if err == nil && one.deny {
		err = fmt.Errorf("%q: the list says already whether it denies; want it without the -", text)
	}
	if err != nil {
		r.say(key, "%v", err)
	}
	one.deny = deny
	return one
}

func (r *reader) rules(key string, texts []string) []rule {
	var rules []rule
	for i, text := range texts {
		one, err := parseRule(text)
		if err != nil {
			r.say(indexed(key, i), "%v", err)
			continue
		}
		rules = append(rules, one)
	}
	return rules
}

// addresses reads what is set for single addresses and domains.
func (r *reader) addresses(p *policy) {
	p.posting, p.senderRules, p.refuse = map[address.Address]string{}, map[address.Address][]rule{}, map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(p.Posting)) {
		if mode := p.Posting[key]; mode != "public" && mode != "internal" && mode != "members" {
			r.say("posting."+key, "want public, internal or members, not %q", mode)
		}
		p.posting[r.address("posting."+key, key)] = p.Posting[key]
	}
	for _, key := range slices.Sorted(maps.Keys(p.SenderRules)) {
		p.senderRules[r.address("sender_rules."+key, key)] = r.rules("sender_rules."+key, p.SenderRules[key])
	}
	for _, key := range slices.Sorted(maps.Keys(p.UnknownRecipient)) {
		what, domain := p.UnknownRecipient[key], key
		if what != "pass" && what != "refuse" {
			r.say("unknown_recipient."+key, "want pass or refuse, not %q", what)
		}
		if key != "*" {
			var err error
			if domain, err = address.CanonicalDomain(key); err != nil {
				r.say("unknown_recipient."+key, `want a domain such as example.org, or "*", not %q`, key)
			}
		}
		p.refuse[domain] = what == "refuse"
	}
}

func (r *reader) address(key, text string) address.Address {
	a, err := address.Parse(text)
	if err != nil || a == "" {
		r.say(key, "want an address such as list@example.org, not %q", text)
	}
	return a
}

// parties reads accounts and hosts.
func (r *reader) parties(p *policy) {
	p.accounts, p.rateExempt = map[string]account{}, map[string]bool{}
	for _, login := range slices.Sorted(maps.Keys(p.Accounts)) {
		a, key := p.Accounts[login], "accounts."+login
		p.accounts[ldapdir.Fold(login)] = account{r.senders(key+".senders", a.Senders), r.rules(key+".recipient_rules", a.RecipientRules), a.Limits}
		r.limits(key+".limits.", a.Limits)
	}
	for _, name := range p.RateExempt {
		p.rateExempt[ldapdir.Fold(name)] = true
	}
	taken := map[Network]string{}
	for _, name := range slices.Sorted(maps.Keys(p.Hosts)) {
		h, key := p.Hosts[name], "hosts."+name
		for i, n := range h.Net {
			if other, twice := taken[n]; twice {
				r.say(indexed(key+".net", i), "%s is that of %s already", netip.Prefix(n), other)
			}
			taken[n] = name
		}
		p.hosts = append(p.hosts, host{h, name, r.senders(key+".senders", h.Senders)})
		r.limits(key+".limits.", h.Limits)
	}
	for i, g := range p.Groups.Networks {
		if dn, ok := ldapdir.CanonicalDN(g.Group); !ok || dn == "" {
			r.say(indexed("groups.networks", i)+".group", "want the name (DN) of a group, not %q", g.Group)
		}
	}
}

func (r *reader) senders(key string, texts []string) senders {
	all := senders{}
	for i, text := range texts {
		s, ok := sender(text)
		if !ok {
			r.say(indexed(key, i), "want an address or @domain, not %q", text)
		}
		all[s] = true
	}
	return all
}

// sender is an address or @domain in canonical form.
func sender(text string) (string, bool) {
	if d, ok := strings.CutPrefix(strings.TrimSpace(text), "@"); ok {
		d, err := address.CanonicalDomain(d)
		return "@" + d, err == nil
	}
	a, err := address.Parse(text)
	return a.String(), err == nil && a != ""
}

func (r *reader) numbers(p *policy) {
	r.limits("limits.", &p.Limits)
	if n := p.Groups.MaxDepth; n < 1 || n > 100 {
		r.say("groups.max_depth", "want between 1 and 100, not %d", n)
	}
	if n := p.Groups.MaxMembers; n < 1 || n > 1_000_000 {
		r.say("groups.max_members", "want between 1 and 1000000, not %d", n)
	}
}

func (r *reader) limits(key string, l *Limits) {
	if l == nil {
		return
	}
	for name, n := range map[string]int{"rcpt_per_message": l.RcptPerMessage, "rcpt_per_hour": l.RcptPerHour,
		"rcpt_per_day": l.RcptPerDay, "denied_rcpt_10m": l.DeniedRcpt10m} {
		if n < 0 {
			r.say(key+name, "want 0 (no limit) or more, not %d", n)
		}
	}
}

func (r *reader) attributes(a Attributes) {
	keys := []string{"sender_rules", "recipient_rules", "send_as", "send_as_members", "patterns", "posting", "moderators",
		"skip_moderation", "member_logins", "status", "rcpt_per_message", "rcpt_per_hour", "rcpt_per_day", "size"}
	for i, list := range a.lists() {
		for j, name := range *list {
			if i < 2 {
				name = strings.TrimPrefix(name, "-")
			}
			if !ldapdir.IsAttr(name) {
				r.say(indexed("attributes."+keys[i], j), "%q cannot be the name of an attribute", (*list)[j])
			}
		}
	}
}

func indexed(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
