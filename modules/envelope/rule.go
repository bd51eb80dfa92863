package envelope

import (
	"errors"
	"fmt"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// Bounds of a rule list: beyond them it is malformed, and so its policy unusable.
const (
	maxRules     = 1000
	maxRuleBytes = 8 << 10
)

// ruleKind is what a rule is about.
type ruleKind uint8

const (
	everybody ruleKind = iota // a bare -
	suffix                    // .example.org: it and everything below
	domain                    // example.org
	ours                      // $mydomains
	localPart                 // hotline@
	search                    // ldap:///…
	named                     // a distinguished name: of a person, a group, a unit, a role
	mailbox                   // press@example.org
)

// rule is one entry of kolabAllowSMTPSender, kolabAllowSMTPRecipient or their likes in YAML.
type rule struct {
	deny  bool
	kind  ruleKind
	value string // canonical; names and URLs as written
	text  string // as written, for the proof
}

var errRule = errors.New("want an address, user@, example.org, .example.org, $mydomains, a DN, ldap:///…, each perhaps after -, or a bare -")

// parseRule reads one rule. Whoever writes what is none must not get an open list by it.
func parseRule(text string) (rule, error) {
	r := rule{text: text}
	rest := strings.TrimSpace(text)
	if len(rest) > maxRuleBytes {
		return r, fmt.Errorf("longer than %d bytes", maxRuleBytes)
	}
	rest, r.deny = strings.CutPrefix(rest, "-")
	if r.deny && rest == "" {
		return r, nil
	}
	var err error
	r.kind, r.value, err = ruleValue(rest)
	if err != nil {
		return r, fmt.Errorf("%q: %w", text, err)
	}
	return r, nil
}

func ruleValue(s string) (ruleKind, string, error) {
	switch {
	case strings.EqualFold(s, "$mydomains"):
		return ours, "", nil
	case len(s) > 5 && strings.EqualFold(s[:5], "ldap:"):
		return search, s, ldapdir.CheckURL(s)
	case strings.HasPrefix(s, "."):
		d, err := address.CanonicalDomain(s[1:])
		if err != nil || d[0] == '[' {
			return suffix, "", errRule
		}
		return suffix, d, nil
	case strings.HasSuffix(s, "@"):
		a, err := address.Parse(s + "example.org")
		return localPart, a.Local(), err
	case strings.Contains(s, "@"):
		// a=b@example.org is an address, mail=b@example.org,dc=org a name.
		if a, err := address.Parse(s); err == nil && a != "" {
			return mailbox, a.String(), nil
		}
		return ruleName(s)
	case strings.Contains(s, "="):
		return ruleName(s)
	}
	d, err := ruleDomain(s)
	return domain, d, err
}

func ruleName(s string) (ruleKind, string, error) {
	if dn, ok := ldapdir.CanonicalDN(s); !ok || dn == "" {
		return named, "", errRule
	}
	return named, s, nil
}

// ruleDomain wants a dot: somebody who writes joe means a person, and a list with -joe would be open to joe.
func ruleDomain(s string) (string, error) {
	d, err := address.CanonicalDomain(s)
	if err != nil || !strings.Contains(d, ".") {
		return "", errRule
	}
	return d, nil
}

// parseRules reads a list; one malformed rule spoils it.
func parseRules(texts []string) ([]rule, error) {
	if len(texts) > maxRules {
		return nil, fmt.Errorf("more than %d rules", maxRules)
	}
	rules := make([]rule, 0, len(texts))
	for _, text := range texts {
		r, err := parseRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}
