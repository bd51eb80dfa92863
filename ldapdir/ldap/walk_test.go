package ldap_test

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"usher/ldapdir"
	"usher/ldapdir/ldap"
	"usher/ldapdir/ldap/slapdtest"
	"usher/ldapdir/ldif"
)

// TestWalk: page by page, the same entries as from a file; also those of domains that lie elsewhere.
func TestWalk(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	paged, file, domains := settings(server.URL), settings(), settings(server.URL)
	paged.PageSize = 3
	file.LDIF = write(t, "office.ldif", office(t))
	domains.Base, domains.DomainBases = "ou=Groups,"+slapdtest.Base, map[string]string{"example.org": "ou=People," + slapdtest.Base}
	domains.DomainSearch.Base = "ou=Domains," + slapdtest.Base
	var want []string
	for _, cfg := range []ldapdir.Config{file, paged, domains} {
		d, err := ldapdir.New(cfg, ldapdir.Either(ldap.Open, ldif.Open), nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		var names []string
		if err := d.Walk(t.Context(), 1000, func(e *ldapdir.Entry) error {
			dn, _ := ldapdir.CanonicalDN(e.DN)
			names = append(names, dn+" "+string(e.Kind))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		if want == nil {
			want = names
		}
		if len(names) < 10 || !slices.Equal(names, want) {
			t.Errorf("base %s has\n%q, the file\n%q", cfg.Base, names, want)
		}
		if err := d.Walk(t.Context(), 5, func(*ldapdir.Entry) error { return nil }); !errors.Is(err, ldapdir.ErrTooMany) {
			t.Errorf("more than the limit: %v", err)
		}
	}
}
