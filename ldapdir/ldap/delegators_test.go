package ldap_test

import (
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldap"
	"usher/ldapdir/ldap/slapdtest"
	"usher/ldapdir/ldif"
)

// TestDelegators: a server and a file know the same people who name somebody as delegate, by DN, login or address.
func TestDelegators(t *testing.T) {
	entries := office(t)
	file := settings()
	file.URL, file.LDIF = nil, write(t, "office.ldif", entries)
	for name, cfg := range map[string]ldapdir.Config{"slapd": settings(slapdtest.Start(t, entries).URL), "ldif": file} {
		d, err := ldapdir.New(cfg, ldapdir.Either(ldap.Open, ldif.Open), nil, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		defer d.Close()
		for addr, want := range map[string]string{"jane": "john.doe juergen.meier", "doe": "juergen.meier", "meier": ""} {
			e, ok, err := d.Lookup(t.Context(), address.Must(addr+"@example.org"))
			if !ok || err != nil {
				t.Fatal(name, addr, err)
			}
			found, err := d.Delegators(t.Context(), e)
			var got []string
			for _, o := range found {
				got = append(got, o.Mail().Local())
			}
			if strings.Join(got, " ") != want || err != nil {
				t.Errorf("%s: Delegators(%s) = %s, %v; want %s", name, addr, got, err, want)
			}
		}
	}
}
