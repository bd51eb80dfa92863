package filter

import (
	"testing"

	"usher/ldapdir"
)

func TestAccountOf(t *testing.T) {
	for _, tt := range []struct {
		entry *ldapdir.Entry
		want  string
		ok    bool
	}{
		{nil, "", false},
		{&ldapdir.Entry{DN: "cn=staff"}, "", false},
		{&ldapdir.Entry{Logins: []string{"Doe", "john.doe@example.org"}}, "doe", true},
	} {
		if got, ok := AccountOf(tt.entry); got != tt.want || ok != tt.ok {
			t.Errorf("%+v: %q, %v", tt.entry, got, ok)
		}
	}
}
