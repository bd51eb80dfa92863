package envelope

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"usher/address"
	"usher/ldapdir"
)

// carriers are the owners who carry the address itself. Directories compare by full case folding and find straße@
// for strasse@, which are two people. Owners found by an attribute that is not read as an address stay.
func carriers(m ldapdir.Match) []*ldapdir.Entry {
	if len(m.Owners) == 0 {
		return nil
	}
	asked := ""
	if !slices.ContainsFunc(m.Owners, func(e *ldapdir.Entry) bool { return !has(e, m.Address) }) {
		return m.Owners
	}
	return slices.DeleteFunc(slices.Clone(m.Owners), func(e *ldapdir.Entry) bool {
		if has(e, m.Address) {
			return false
		}
		if asked == "" {
			asked = loose(m.Address)
		}
		return slices.ContainsFunc(e.Addresses, func(a address.Address) bool { return loose(a) == asked })
	})
}

func loose[S ~string](s S) string { return cases.Fold().String(norm.NFKC.String(string(s))) }

// mistaken tells whether a directory took somebody for another one with a login that only folds alike.
func mistaken(e *ldapdir.Entry, login string) bool {
	alike := false
	local, _, _ := strings.Cut(login, "@")
	for _, l := range e.Logins {
		if folded := ldapdir.Fold(l); folded == ldapdir.Fold(login) || folded == ldapdir.Fold(local) {
			return false
		}
		alike = alike || loose(l) == loose(login) || loose(l) == loose(local)
	}
	return alike
}
