package filter

import (
	"net/netip"
	"slices"

	"usher/address"
)

// Evidence is what a mail that nobody logged in for has to prove before something is done on its word.
type Evidence string

// The kinds of proof. The zero value is Authenticated.
const (
	Authenticated Evidence = "authenticated" // a trusted host, and for those from outside DMARC
	Anything      Evidence = "any"           // nothing: what its envelope and its header say is believed
)

// Trust is whose word counts besides that of people who log in, as the configuration says.
type Trust struct {
	AuthservID string // of the Authentication-Results our own MTA writes (RFC 8601 2.5); "": it writes none
	Hosts      []TrustedHost
	Inbound    Evidence
}

// TrustedHost is a machine that may send for addresses although it does not log in.
type TrustedHost struct {
	Name    string
	Net     []netip.Prefix
	Senders []string // canonical addresses or @domain
}

// Host finds the first machine that may send for an address.
func (t Trust) Host(client netip.Addr, sender address.Address) (TrustedHost, bool) {
	i := slices.IndexFunc(t.Hosts, func(h TrustedHost) bool { return h.covers(client, sender) })
	if i < 0 {
		return TrustedHost{}, false
	}
	return t.Hosts[i], true
}

func (h TrustedHost) covers(client netip.Addr, sender address.Address) bool {
	at := func(net netip.Prefix) bool { return net.Contains(client.Unmap()) }
	return sender != "" && slices.ContainsFunc(h.Net, at) &&
		(slices.Contains(h.Senders, sender.String()) || slices.Contains(h.Senders, "@"+sender.Domain()))
}
