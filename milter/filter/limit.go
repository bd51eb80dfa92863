package filter

import (
	"time"

	"usher/ldapdir"
)

// Limit is the most that may be charged to a counter within a window.
type Limit struct {
	Counter string
	Window  time.Duration
	Most    int // 0: counted without a limit
}

// Limiter is a module that counts what accounts use.
type Limiter interface {
	// Limits are those of an account: of the entry it belongs to, or, without one, of a name that the module's
	// settings know. ok is false for a name that means nothing to the module.
	Limits(account string, e *ldapdir.Entry) (limits []Limit, ok bool)
}

// AccountOf is the name an entry is counted under: its first login, however somebody logged in. An entry that
// logs in nowhere has none.
func AccountOf(e *ldapdir.Entry) (account string, ok bool) {
	if e == nil || len(e.Logins) == 0 {
		return "", false
	}
	return ldapdir.Fold(e.Logins[0]), true
}
