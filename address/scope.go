package address

import (
	"fmt"
	"strings"
)

// Scope is whom something counts for: one address, a domain with all below it, or, as the zero value, everybody.
type Scope string

// ParseScope reads an address or a domain; "" and "*" are everybody. What is neither is ErrSyntax.
func ParseScope(text string) (Scope, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "*" {
		return "", nil
	}
	if strings.Contains(text, "@") {
		a, err := Parse(text)
		if err == nil && a == "" {
			err = fmt.Errorf("%w: %q is nobody", ErrSyntax, text)
		}
		return Scope(a), err
	}
	domain, err := CanonicalDomain(text)
	return Scope(domain), err
}

// Covers tells whether an address is within the scope.
func (s Scope) Covers(a Address) bool {
	return s == "" || string(s) == string(a) || string(s) == a.Domain() || strings.HasSuffix(a.Domain(), "."+string(s))
}
