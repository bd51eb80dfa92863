package ldapdir

import (
	"reflect"
	"testing"
)

func TestComplete(t *testing.T) {
	one := Defaults()
	one.LDIF = "people.ldif"
	two := Defaults()
	two.Profiles = []Profile{{URL: []string{"ldap://a"}}, {LDIF: "b.ldif", Preset: "plain", Pool: 9}}
	both := Defaults()
	both.URL, both.Profiles = []string{"ldap://a"}, []Profile{{LDIF: "b.ldif"}}
	for _, c := range []Config{one, two, both} {
		complete := c.Complete()
		if got, want := complete.all(), c.all(); !reflect.DeepEqual(got, want) {
			t.Errorf("complete settings mean %+v; want %+v", got, want)
		}
		if again := complete.Complete(); !reflect.DeepEqual(again, complete) {
			t.Errorf("completed twice: %+v; want %+v", again, complete)
		}
	}
	if got := two.Complete(); got.Profiles[1].Pool != 9 || got.Profiles[0].Pool != 4 || got.Pool != 0 || two.Profiles[0].Pool != 0 {
		t.Errorf("complete = %+v", got)
	}
}
