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

// searched are collections made by searches, one that cannot be read, and a room whose name needs care.
const searched = `
dn: cn=Attic (old)\, \"b\" *,ou=Resources,dc=example,dc=org
objectClass: device
objectClass: kolabSharedFolder
objectClass: kolabResource
objectClass: mailRecipient
cn: Attic (old), "b" *
mail: attic@example.org
kolabTargetFolder: shared/Resources/Attic@example.org
kolabDescAttribute: beamer

dn: cn=Lofts,ou=Resources,dc=example,dc=org
objectClass: groupOfUniqueNames
objectClass: kolabGroupOfUniqueNames
cn: Lofts
mail: lofts@example.org
uniqueMember: cn=attic \28old\29\2C \22b\22 \2A,ou=resources,dc=example,dc=org

dn: cn=Beamers,ou=Resources,dc=example,dc=org
objectClass: groupOfURLs
objectClass: kolabGroupOfUniqueNames
cn: Beamers
mail: beamers@example.org
memberURL: ldap:///ou=Resources,dc=example,dc=org??one?(kolabDescAttribute=beamer)

dn: cn=Eights,ou=Resources,dc=example,dc=org
objectClass: groupOfURLs
objectClass: kolabGroupOfUniqueNames
cn: Eights
mail: eights@example.org
memberURL: ldap:///ou=Shared Folders,dc=example,dc=org??sub?(cn=*)
memberURL: ldap:///ou=Resources,dc=example,dc=org??sub?(%26(kolabDescAttribute=capacity=8)(!(cn=Green*)))

dn: cn=Near,ou=Resources,dc=example,dc=org
objectClass: groupOfURLs
objectClass: kolabGroupOfUniqueNames
cn: Near
mail: near@example.org
memberURL: ldap:///dc=example,dc=org??one?(kolabDescAttribute=*)

dn: cn=Broken,ou=Resources,dc=example,dc=org
objectClass: groupOfURLs
objectClass: kolabGroupOfUniqueNames
cn: Broken
mail: broken@example.org
memberURL: ldap://elsewhere/dc=example,dc=org??sub?(cn=*)

dn: cn=Top,ou=Resources,dc=example,dc=org
objectClass: groupOfUniqueNames
objectClass: kolabGroupOfUniqueNames
cn: Top
mail: top@example.org
uniqueMember: cn=Eights,ou=Resources,dc=example,dc=org
`

// TestCollections: a server and a file know the same collections of a resource, and each lists it as a member.
func TestCollections(t *testing.T) {
	entries := office(t) + searched
	file := settings()
	file.URL, file.LDIF = nil, write(t, "office.ldif", entries)
	for name, cfg := range map[string]ldapdir.Config{"slapd": settings(slapdtest.Start(t, entries).URL), "ldif": file} {
		d, err := ldapdir.New(cfg, ldapdir.Either(ldap.Open, ldif.Open), nil, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		defer d.Close()
		for addr, want := range map[string]string{
			"room": "eights rooms everything top", "green": "rooms everything", "car": "everything wheels", "attic": "beamers lofts", "doe": "", "everything": "",
		} {
			testCollections(t, name, d, addr, want)
		}
	}
}

func testCollections(t *testing.T, name string, d *ldapdir.Dir, addr, want string) {
	t.Helper()
	e, ok, err := d.Lookup(t.Context(), address.Must(addr+"@example.org"))
	if !ok || err != nil {
		t.Fatal(name, addr, err)
	}
	found, err := d.Collections(t.Context(), e)
	var got []string
	for _, c := range found {
		got = append(got, c.Mail().Local())
		members, err := d.Members(t.Context(), c)
		if err != nil {
			t.Errorf("%s: members of %s: %v", name, c.DN, err)
		}
		if e.Kind == ldapdir.Resource && !holds(members, e) {
			t.Errorf("%s: %s is said to hold %s and does not list it", name, c.DN, e.DN)
		}
	}
	if strings.Join(got, " ") != want || err != nil {
		t.Errorf("%s: Collections(%s) = %s, %v; want %s", name, addr, got, err, want)
	}
}

func holds(members []*ldapdir.Entry, e *ldapdir.Entry) bool {
	for _, m := range members {
		if ldapdir.SameDN(m.DN, e.DN) {
			return true
		}
	}
	return false
}
