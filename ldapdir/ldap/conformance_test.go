package ldap_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	example "usher/examples/office"
	"usher/ldapdir"
	"usher/ldapdir/ldap"
	"usher/ldapdir/ldap/slapdtest"
	"usher/ldapdir/ldif"
)

func office(t testing.TB) string {
	t.Helper()
	text, err := example.Files.ReadFile("office.ldif")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// odd are entries whose values make comparing hard.
const odd = `
dn: ou=Odd,dc=example,dc=org
objectClass: organizationalUnit
ou: Odd

dn: cn=Star * and (paren) \\ slash,ou=Odd,dc=example,dc=org
objectClass: inetOrgPerson
cn: Star * and (paren) \ slash
sn:   many   spaces   inside
mail: star*@example.org
employeeNumber: 42

dn: cn=a\, b\2B c,ou=Odd,dc=example,dc=org
objectClass: inetOrgPerson
cn: a, b+ c
cn;lang-de: Komma
sn:: w4ksQ09MRQ==
manager: CN = A\2C  b\+ c , OU=odd, dc=EXAMPLE,dc=org
description: same
description: other

dn: cn=two+uid=two,ou=Odd,dc=example,dc=org
objectClass: inetOrgPerson
cn: two
uid: two
sn: Two
seeAlso: uid=TWO+cn=Two,ou=Odd,dc=example,dc=org
`

// TestConformance holds that the file answers every query as slapd does.
func TestConformance(t *testing.T) {
	entries := office(t) + odd
	server := slapdtest.Start(t, entries)
	profile := ldapdir.Profile{
		URL: []string{server.URL}, Base: slapdtest.Base, Pool: 2, PageSize: 7,
		DialTimeout: 5e9, RequestTimeout: 5e9, Schema: ldapdir.Schema{Addresses: []string{"mail", "alias"}, Members: []string{"uniqueMember"}},
	}
	asked, err := ldap.Open(profile, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	read, err := ldif.Parse("office.ldif", []byte(entries), profile)
	if err != nil {
		t.Fatal(err)
	}
	const base, odd = slapdtest.Base, "ou=Odd," + slapdtest.Base
	some := 0
	for _, q := range []ldapdir.Query{
		{Filter: "(objectClass=*)"},
		{Filter: "(objectClass=*)", Scope: ldapdir.Base},
		{Filter: "(objectClass=*)", Scope: ldapdir.One},
		{Filter: "(objectClass=*)", Scope: ldapdir.One, Base: "OU=people , DC=Example,dc=org"},
		{Filter: "(objectClass=*)", Scope: ldapdir.Base, Base: "cn=nobody," + base},
		{Filter: "(objectClass=*)", Scope: ldapdir.Base, Base: "no name at all"},
		{Filter: "(objectClass=*)", Base: "cn=nobody," + base},
		{Filter: "(objectClass=*)", Base: "ou=Resources," + base},
		{Filter: "(mail=john.doe@example.org)"},
		{Filter: "(MAIL=John.DOE@example.org)"},
		{Filter: "(rfc822Mailbox=john.doe@example.org)"},
		{Filter: "(|(mail=doe@example.org)(alias=doe@example.org))"},
		{Filter: "(|(mail=*)(alias=*))"},
		{Filter: "(&(objectClass=person)(mail=*doe*))"},
		{Filter: "(objectClass=inetorgperson)"},
		{Filter: "(objectClass=top)"},
		{Filter: "(!(objectClass=person))"},
		{Filter: "(objectClass=nosuchclass)"},
		{Filter: "(!(objectClass=nosuchclass))"},
		{Filter: "(nosuchattr=x)"},
		{Filter: "(!(nosuchattr=x))"},
		{Filter: "(!(nosuchattr=*))"},
		{Filter: "(|(nosuchattr=x)(uid=doe))"},
		{Filter: "(&(!(nosuchattr=x))(uid=doe))"},
		{Filter: "(!(|(nosuchattr=x)(uid=doe)))"},
		{Filter: "(!(kolabDeleteflag=*))"},
		{Filter: "(&(mail=*)(!(kolabDeleteflag=*)))"},
		{Filter: "(!(alias=doe@example.org))"},
		{Filter: "(&)"},
		{Filter: "(|)"},
		{Filter: "(mail=jo*n*doe@*.org)"},
		{Filter: "(mail=*n*n*)"},
		{Filter: "(mail=*example.org)"},
		{Filter: "(mail=JOHN*)"},
		{Filter: "(cn=*oom)"},
		{Filter: "(cn=blue   room)"},
		{Filter: "(cn= Blue Room )"},
		{Filter: "(cn=blue*room)"},
		{Filter: `(cn=J\c3\bcrgen Meier)`},
		{Filter: "(cn=JÜRGEN meier)"},
		{Filter: "(cn=*ÜRG*)"},
		{Filter: "(mail=jürgen@example.org)"},
		{Filter: "(!(mail=jürgen@example.org))"},
		{Filter: "(kolabTargetFolder=shared/Resources/Blue@example.org)"},
		{Filter: "(kolabTargetFolder=shared/resources/blue@example.org)"},
		{Filter: "(kolabTargetFolder=shared/Resources/*)"},
		{Filter: "(kolabTargetFolder=shared/resources/*)"},
		{Filter: "(uniqueMember=uid=doe,ou=People,dc=example,dc=org)"},
		{Filter: "(uniqueMember=UID = doe, OU=PEOPLE,dc=Example,dc=org)"},
		{Filter: "(uniqueMember=doe)"},
		{Filter: "(!(uniqueMember=doe))"},
		{Filter: "(uniqueMember=*doe*)"},
		{Filter: "(owner=uid=smith,ou=people,dc=example,dc=org)"},
		{Filter: "(kolabDelegate=UID=SMITH,ou=People,dc=example,dc=org)"},
		{Filter: "(kolabDelegate=uid=smith, ou=People,dc=example,dc=org)"},
		{Filter: "(uid>=m)"},
		{Filter: "(mail<=m)"},
		{Filter: "(!(mail<=m))"},
		{Filter: "(telephoneNumber=+49305550101)"},
		{Filter: "(telephoneNumber=*555 01*)"},
		{Filter: "(memberURL=*)"},
		{Filter: "(jpegPhoto=x)"},
		{Filter: "(!(jpegPhoto=x))"},
		{Filter: "(!(jpegPhoto=*))", Base: odd},
		{Filter: "(mail~=room@example.org)"},
		{Filter: "(associatedDomain=OFFICE.example)"},
		{Filter: `(cn=Star \2a and \28paren\29 \5c slash)`},
		{Filter: `(mail=star\2a@example.org)`},
		{Filter: `(mail=\2a)`},
		{Filter: "(sn=many spaces inside)"},
		{Filter: "(sn=many  spaces*)"},
		{Filter: `(cn=*, b*)`},
		{Filter: `(cn=Komma)`},
		{Filter: `(cn;lang-de=Komma)`},
		{Filter: `(cn;lang-de=*)`},
		{Filter: `(sn=é,cole)`},
		{Filter: `(manager=cn=a\5c, b\5c2B c,ou=Odd,dc=example,dc=org)`},
		{Filter: `(seeAlso=cn=two+uid=two,ou=Odd,dc=example,dc=org)`},
		{Filter: "(description=OTHER)"},
		{Filter: "(employeeNumber=42)"},
		{Filter: "(objectClass=*)", Scope: ldapdir.Base, Base: `cn=A\2c b\+ c,ou=odd,dc=example,dc=org`},
		{Filter: "(objectClass=*)", Scope: ldapdir.Base, Base: `uid=two+cn=two,ou=odd,dc=example,dc=org`},
		{Filter: "(objectClass=*)", Limit: 3},
		{Filter: "(uid=doe)", Attrs: []string{"MAIL", "commonName", "uid"}},
		{Filter: "(sn=é,cole)", Attrs: []string{"cn"}},
		{Filter: "(sn=é,cole)", Attrs: []string{"cn;lang-de"}},
		{Filter: "(uid=doe"},
		{Filter: "(uid=doe))"},
		{Filter: "uid=doe"},
		{Filter: ""},
	} {
		if q.Base == "" {
			q.Base = base
		}
		want, wantErr := answer(t, asked, q)
		got, gotErr := answer(t, read, q)
		if !slices.Equal(got, want) || gotErr != wantErr {
			t.Errorf("%+v:\n file: %s %v\nslapd: %s %v", q, got, gotErr, want, wantErr)
		}
		some += len(want)
	}
	if some < 200 {
		t.Errorf("all queries together found %d entries; the table has lost its point", some)
	}
}

// answer is what a backend says, in a form that compares: the order of entries is nobody's business.
func answer(t *testing.T, b ldapdir.Backend, q ldapdir.Query) (all []string, class string) {
	t.Helper()
	found, err := b.Search(t.Context(), q)
	for _, raw := range found {
		dn, _ := ldapdir.CanonicalDN(raw.DN)
		line := dn
		var attrs []string
		for name, values := range raw.Attrs {
			values = slices.Sorted(slices.Values(values))
			attrs = append(attrs, strings.ToLower(name)+"="+strings.Join(values, "|"))
		}
		if q.Attrs != nil || q.Scope == ldapdir.Base {
			line += " " + strings.Join(slices.Sorted(slices.Values(attrs)), " ")
		}
		all = append(all, line)
	}
	slices.Sort(all)
	switch {
	case errors.Is(err, ldapdir.ErrRefused):
		class = "refused"
	case errors.Is(err, ldapdir.ErrTooMany):
		class = "too many"
	case err != nil:
		class = err.Error()
	}
	return all, class
}
