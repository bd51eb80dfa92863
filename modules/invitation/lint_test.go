package invitation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/ldapdir"
	"usher/ldapdir/ldif"
)

// TestLint: what is told of a person's values, each with w(rong) or h(int) before it.
func TestLint(t *testing.T) {
	for _, test := range []struct {
		lines string
		want  []string
	}{
		{"kolabInvitationPolicy: ACT_ACCEPT", nil},
		{"sn: X", nil},
		{"kolabInvitationPolicy: {0}ACT_ACCEPT\nkolabInvitationPolicy: {1}ACT_UPDATE", nil},
		{"kolabInvitationPolicy: ACT_MAYBE", []string{"w ACT_MAYBE: is skipped: no policy is called"}},
		{"kolabInvitationPolicy: ALL_TENTATIVE", []string{"w ALL_TENTATIVE: is skipped: no policy is called \"ALL_TENTATIVE\", want EVENT_TENTATIVE"}},
		{"kolabInvitationPolicy: ACT_ACCEPT\nkolabInvitationPolicy: {1}ACT_UPDATE", []string{"h : the order"}},
		{"kolabInvitationPolicy: {0}ALL_MANUAL\nkolabInvitationPolicy: {1}TASK_ACCEPT", []string{"h TASK_ACCEPT: never counts, as ALL_MANUAL"}},
		{"kolabInvitationPolicy: {0}ALL_MANUAL:example.org\nkolabInvitationPolicy: {1}TASK_ACCEPT", nil},
		{"kolabInvitationPolicy: {0}TASK_MANUAL\nkolabInvitationPolicy: {1}ALL_ACCEPT", nil},
		{"kolabInvitationPolicy: {0}ALL_ACCEPT\nkolabInvitationPolicy: {1}EVENT_ACCEPT:example.org", []string{"h EVENT_ACCEPT:example.org: never counts"}},
		{"kolabInvitationPolicy: {0}EVENT_ACCEPT_IF_NO_CONFLICT\nkolabInvitationPolicy: {1}EVENT_ACCEPT", nil},
		{"kolabInvitationPolicy: ACT_DELEGATE", []string{"w ACT_DELEGATE: there is no deputy"}},
		{"kolabInvitationPolicy: ACT_DELEGATE\nkolabDelegate: jane", nil},
	} {
		d := directoryOf(t, "dn: uid=x,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: x\ncn: X\nmail: x@example.org\n"+test.lines+"\n")
		e, ok, err := d.Lookup(t.Context(), "x@example.org")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		m := &module{directory: d}
		found, err := m.Lint(t.Context(), e)
		if err != nil || len(found) != len(test.want) {
			t.Errorf("%q: %+v, %v; want %q", test.lines, found, err, test.want)
			continue
		}
		for i, f := range found {
			if got := map[bool]string{true: "h ", false: "w "}[f.Hint] + f.Value + ": " + f.Text; !strings.HasPrefix(got, test.want[i]) || f.DN != e.DN || f.Attr != "kolabInvitationPolicy" {
				t.Errorf("%q: %q in %s %s; want %q", test.lines, got, f.DN, f.Attr, test.want[i])
			}
		}
	}
}

func directoryOf(t *testing.T, text string) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Domains, cfg.Preset = filepath.Join(t.TempDir(), "x.ldif"), "dc=example,dc=org", []string{"example.org"}, "kolab"
	if err := os.WriteFile(cfg.LDIF, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
