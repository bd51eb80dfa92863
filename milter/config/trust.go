package config

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"usher/address"
	"usher/milter/filter"
)

// Trust is whose word counts besides that of people who log in.
type Trust struct {
	// AuthservID is the name under which our own MTA signs Authentication-Results (RFC 8601 2.5).
	AuthservID string                 `yaml:"authserv_id"`
	Hosts      map[string]TrustedHost `yaml:"hosts"`
	// Inbound is what mail has to prove that nobody logged in for.
	Inbound filter.Evidence `yaml:"inbound" config:"oneof=authenticated|any"`
}

// ForModules is the section as modules ask it.
func (t Trust) ForModules() filter.Trust {
	trust := filter.Trust{AuthservID: t.AuthservID, Inbound: t.Inbound}
	for _, name := range slices.Sorted(maps.Keys(t.Hosts)) {
		h := t.Hosts[name]
		trust.Hosts = append(trust.Hosts, filter.TrustedHost{Name: name, Net: h.Net, Senders: h.Senders})
	}
	return trust
}

// TrustedHost is a machine that may send for addresses although it does not log in: a scanner, a web shop.
type TrustedHost struct {
	Net     []netip.Prefix `yaml:"net" config:"required"`
	Senders []string       `yaml:"senders" config:"required"` // addresses or @domain
}

// Check makes the senders canonical.
func (h *TrustedHost) Check() filter.Mistakes {
	var ms filter.Mistakes
	for i, sender := range h.Senders {
		canonical, err := senderPattern(sender)
		if err != nil {
			ms = append(ms, filter.Mistake{Key: item("senders", i), Text: "want an address or @domain, not " + quote(sender)})
			continue
		}
		h.Senders[i] = canonical
	}
	for i, net := range h.Net {
		if net.Masked() != net {
			ms = append(ms, filter.Mistake{Key: item("net", i), Text: "bits are set behind the mask: want " + net.Masked().String()})
		}
	}
	return ms
}

// senderPattern is @domain or one address in canonical form.
func senderPattern(s string) (string, error) {
	if domain, ok := strings.CutPrefix(s, "@"); ok {
		canonical, err := address.CanonicalDomain(domain)
		return "@" + canonical, err
	}
	a, err := address.Parse(s)
	if err == nil && a == "" {
		return "", address.ErrSyntax
	}
	return a.String(), err
}
