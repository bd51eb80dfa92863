package ldapdir

import (
	"context"
	"strings"

	"usher/address"
)

// Asker is what a name of any kind is looked up with; Dir is one.
type Asker interface {
	Login(ctx context.Context, user string) (e *Entry, ok bool, err error)
	Resolve(ctx context.Context, a address.Address) (m Match, ok bool, err error)
	ByDN(ctx context.Context, dn string) (e *Entry, ok bool, err error)
}

// Named tells whether a value that means somebody, a delegate's for one, has an entry: as a login, an address or
// a name.
func Named(ctx context.Context, d Asker, value string) (bool, error) {
	_, ok, err := ByName(ctx, d, value)
	return ok, err
}

// ByName gives the entry of such a value.
func ByName(ctx context.Context, d Asker, value string) (*Entry, bool, error) {
	value = strings.TrimSpace(value)
	if a, err := address.Parse(value); err == nil && a != "" {
		if m, ok, err := d.Resolve(ctx, a); ok || err != nil {
			return m.Entry(), ok, err
		}
	} else if strings.Contains(value, "=") {
		return d.ByDN(ctx, value)
	}
	return d.Login(ctx, value)
}
