package filter

import (
	"net/netip"
	"testing"

	"usher/address"
)

func TestATrustedHostSendsForItsAddressesAlone(t *testing.T) {
	trust := Trust{Hosts: []TrustedHost{
		{Name: "scanner", Net: []netip.Prefix{netip.MustParsePrefix("10.0.0.20/32")}, Senders: []string{"scanner@example.org"}},
		{Name: "shop", Net: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24"), netip.MustParsePrefix("2001:db8::/64")}, Senders: []string{"@example.org"}},
	}}
	tests := []struct {
		client string
		sender address.Address
		host   string
	}{
		{"10.0.0.20", "scanner@example.org", "scanner"},
		{"::ffff:10.0.0.20", "scanner@example.org", "scanner"},
		{"10.0.0.20", "doe@example.org", ""},
		{"10.0.0.21", "scanner@example.org", ""},
		{"10.0.1.9", "doe@example.org", "shop"},
		{"2001:db8::1", "doe@example.org", "shop"},
		{"10.0.1.9", "doe@sub.example.org", ""},
		{"10.0.1.9", "", ""},
		{"", "doe@example.org", ""}, // no client: a pipe, or a socket of the machine itself
	}
	for _, tt := range tests {
		client, _ := netip.ParseAddr(tt.client)
		if h, ok := trust.Host(client, tt.sender); h.Name != tt.host || ok != (tt.host != "") {
			t.Errorf("%s for %q is %q, want %q", tt.client, tt.sender, h.Name, tt.host)
		}
	}
}
