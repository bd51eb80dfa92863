package condition

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Attributes are those of the directory that the condition names, in lower case.
func (c Condition) Attributes() []string { return c.attributes }

// keyed are the two fields whose names have no case, so that conditions write them in lower case.
var keyed = []string{"attributes", "headers"}

// keys finds the names that an expression looks for in attributes. One that is not in lower case, there or in headers,
// would never be found.
func keys(checked *ast.AST) (attributes []string, err error) {
	isCall := func(e ast.NavigableExpr) bool { return e.Kind() == ast.CallKind && len(e.AsCall().Args()) == 2 }
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked), isCall) {
		args := e.AsCall().Args()
		in, key := args[0], args[1]
		switch e.AsCall().FunctionName() {
		case operators.In:
			in, key = key, in
		case operators.Index:
		default:
			continue
		}
		name, ok := constant(key)
		if !ok || in.Kind() != ast.SelectKind || !slices.Contains(keyed, in.AsSelect().FieldName()) {
			continue
		}
		if low := strings.ToLower(name); low != name {
			return nil, fmt.Errorf("condition: names in %s are in lower case, want %q, not %q", in.AsSelect().FieldName(), low, name)
		}
		if in.AsSelect().FieldName() == "attributes" {
			attributes = append(attributes, name)
		}
	}
	return attributes, nil
}

func constant(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().Value().(string)
	return text, ok
}
