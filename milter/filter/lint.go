package filter

import (
	"context"

	"usher/ldapdir"
)

// Linter is a module that reads more of an entry than who it is, and can tell what is wrong with that. It reads as
// it does for decisions.
type Linter interface {
	Lint(ctx context.Context, e *ldapdir.Entry) ([]ldapdir.Finding, error)
}
