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
	value = strings.TrimSpace(value)
	if a, err := address.Parse(value); err == nil && a != "" {
		if _, ok, err := d.Resolve(ctx, a); ok || err != nil {
			return ok, err
		}
	} else if strings.Contains(value, "=") {
		_, ok, err := d.ByDN(ctx, value)
		return ok, err
	}
	_, ok, err := d.Login(ctx, value)
	return ok, err
}
