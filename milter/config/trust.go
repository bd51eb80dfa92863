package config

import (
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

// Covers tells whether the host may use this sender.
func (h TrustedHost) Covers(client netip.Addr, sender address.Address) bool {
	at := func(net netip.Prefix) bool { return net.Contains(client.Unmap()) }
	return sender != "" && slices.ContainsFunc(h.Net, at) &&
		(slices.Contains(h.Senders, sender.String()) || slices.Contains(h.Senders, "@"+sender.Domain()))
}
