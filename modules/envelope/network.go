package envelope

import (
	"errors"
	"net/netip"
)

// Network is an IP address or a network. The zero value holds nobody.
type Network netip.Prefix

// UnmarshalText reads 192.0.2.1 or 192.0.2.0/24.
func (n *Network) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil && a.Zone() == "" {
		a = a.Unmap()
		*n = Network(netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		return errors.New("want " + n.Wanted())
	}
	if p.Masked() != p {
		return errors.New("bits are set behind the mask: want " + p.Masked().String())
	}
	*n = Network(p)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (n Network) MarshalText() ([]byte, error) {
	if !netip.Prefix(n).IsValid() {
		return nil, nil
	}
	if p := netip.Prefix(n); p.IsSingleIP() {
		return []byte(p.Addr().String()), nil
	}
	return []byte(netip.Prefix(n).String()), nil
}

// Wanted says what a network is written like.
func (Network) Wanted() string {
	return "an IP address or a network such as 192.0.2.0/24 or 2001:db8::/32"
}

// bits is how specific a network is about a client; -1: the client is not in it.
func (n Network) bits(client netip.Addr) int {
	if p := netip.Prefix(n); p.Contains(client.Unmap()) {
		return p.Bits()
	}
	return -1
}
