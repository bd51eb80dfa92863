package condition

import (
	"context"
	"errors"
	"slices"

	"cel.dev/cel-go/common/ast"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// ErrEarly says that a condition cannot be told at the end of the header: it rests on the body, or on a question to the
// directory.
var ErrEarly = errors.New("too early to tell")

// Early are the facts there are at the end of the header, with nobody asked. A condition that rests on others is
// ErrEarly, or holds or not for the facts there are: "role == 'inbound' && mail.size > 10" does not hold on submission.
func Early(env *filter.Envelope, h message.Header) *Facts {
	f := About(context.Background(), &filter.Tx{Envelope: *env, Message: message.New(h, message.Bytes(nil))}, nobody{})
	f.early = true
	return f
}

// nobody is a directory that is not asked.
type nobody struct{}

func (nobody) Lookup(context.Context, address.Address) (*ldapdir.Entry, bool, error) {
	return nil, false, ErrEarly
}

func (nobody) Domain(context.Context, string) (ldapdir.Domain, bool, error) {
	return ldapdir.Domain{}, false, ErrEarly
}

func (nobody) Expand(context.Context, *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error) {
	return nil, nil, ErrEarly
}

// inHeader are the fields of mail that the header and the envelope tell.
var inHeader = []string{"from", "subject", "headers", "automatic", "list"}

// readsBody tells whether an expression asks for other fields of mail than those, or for mail as a whole.
func readsBody(checked *ast.AST) bool {
	isMail := func(e ast.NavigableExpr) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == "mail" }
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked), isMail) {
		above, ok := e.Parent()
		if !ok || above.Kind() != ast.SelectKind || !slices.Contains(inHeader, above.AsSelect().FieldName()) {
			return true
		}
	}
	return false
}
