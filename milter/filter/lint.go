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

// TogetherLinter is a Linter that can also tell what is wrong between entries.
type TogetherLinter interface {
	Linter
	// Concerned tells whether an entry has to be looked at together with others; few should.
	Concerned(e *ldapdir.Entry) bool
	// LintTogether looks at all of them, in any order, after the last entry.
	LintTogether(ctx context.Context, concerned []*ldapdir.Entry) ([]ldapdir.Finding, error)
}
