package ldapdir_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"usher/ldapdir"
	"usher/ldapdir/ldif"
)

const lintLDIF = `dn: dc=example,dc=org
objectClass: domain

dn: uid=a,dc=example,dc=org
objectClass: inetOrgPerson
uid: a
mail: a@example.org
kolabDelegate: uid=B, dc=example,dc=org
kolabDelegate: b
kolabDelegate: b@example.org
kolabDelegate: c
kolabDelegate: uid=c,dc=example,dc=org
kolabDelegate: c@example.net

dn: uid=b,dc=example,dc=org
objectClass: inetOrgPerson
uid: b
mail: b@example.org

dn: uid=gone,dc=example,dc=org
objectClass: inetOrgPerson
uid: gone
kolabDeleteflag: imap

dn: cn=one,dc=example,dc=org
objectClass: groupOfUniqueNames
uniqueMember: cn=two,dc=example,dc=org
uniqueMember: uid=gone,dc=example,dc=org
uniqueMember: uid=a,dc=example,dc=org
uniqueMember: nobody

dn: cn=two,dc=example,dc=org
objectClass: groupOfUniqueNames
uniqueMember: CN=Three,dc=example,dc=org

dn: cn=three,dc=example,dc=org
objectClass: groupOfUniqueNames
uniqueMember: cn=two,dc=example,dc=org
uniqueMember: cn=three,dc=example,dc=org

dn: cn=search,dc=example,dc=org
objectClass: groupOfURLs
memberURL: ldap:///dc=example,dc=org??sub?(uid=a
memberURL: ldap:///dc=example,dc=org??sub?(uid=a)
`

func lintDir(t *testing.T) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains = "lint_test.go", "dc=example,dc=org", []string{"example.org"} // any file that is there
	d, err := ldapdir.New(cfg, func(p ldapdir.Profile, _ *slog.Logger) (ldapdir.Backend, error) {
		return ldif.Parse("x.ldif", []byte(lintLDIF), p)
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestLint(t *testing.T) {
	d := lintDir(t)
	l := d.NewLint()
	var found []ldapdir.Finding
	err := d.Walk(t.Context(), 100, func(e *ldapdir.Entry) error {
		some, err := l.Entry(t.Context(), e)
		found = append(found, some...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	end, err := l.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range append(found, end...) {
		fmt.Fprintf(&b, "%s %s %s: %s %v\n", strings.TrimSuffix(f.DN, ",dc=example,dc=org"), f.Attr, f.Value, f.Text, f.Hint)
	}
	want := `uid=a kolabDelegate c: nobody has this name, login or address: it grants nothing false
uid=a kolabDelegate uid=c,dc=example,dc=org: nobody has this name, login or address: it grants nothing false
uid=a kolabDelegate c@example.net: nobody has this name, login or address: it grants nothing false
cn=search memberURL ldap:///dc=example,dc=org??sub?(uid=a: the directory holds a malformed value: LDAP URL "ldap:///dc=example,dc=org??sub?(uid=a": filter "(uid=a": ) expected after "a" false
cn=one uniqueMember uid=gone,dc=example,dc=org: is not there, or about to be deleted true
cn=one uniqueMember nobody: cannot be read as a name (DN) false
cn=three uniqueMember cn=two,dc=example,dc=org: the group is a member of itself: cn=two,dc=example,dc=org > cn=three,dc=example,dc=org > cn=two,dc=example,dc=org false
cn=three uniqueMember cn=three,dc=example,dc=org: the group is a member of itself: cn=three,dc=example,dc=org > cn=three,dc=example,dc=org false
`
	if b.String() != want {
		t.Errorf("found\n%s\nwant\n%s", &b, want)
	}
}

func TestWalk(t *testing.T) {
	d := lintDir(t)
	var names []string
	if err := d.Walk(t.Context(), 100, func(e *ldapdir.Entry) error { names = append(names, e.DN); return nil }); err != nil || len(names) != 7 {
		t.Errorf("%v, %v", names, err)
	}
	if err := d.Walk(t.Context(), 3, func(*ldapdir.Entry) error { return nil }); !errors.Is(err, ldapdir.ErrTooMany) {
		t.Errorf("more than the limit: %v", err)
	}
	stop := errors.New("stop")
	if err := d.Walk(t.Context(), 100, func(*ldapdir.Entry) error { return stop }); err != stop {
		t.Errorf("%v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Walk(gone, 100, func(*ldapdir.Entry) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
