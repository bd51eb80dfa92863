// Package condition reads and asks the conditions of rules (when:): CEL expressions over what is known about a mail and
// about those it goes from and to.
//
// It knows CEL, mails and the directory. It does not know which modules have rules, or what follows from them.
package condition

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
)

// Condition is one expression, checked. The zero Condition always holds.
type Condition struct {
	program cel.Program
	each    bool
	body    bool // asks about more of the mail than its header
	text    string

	attributes []string
}

// Bounds of an expression, and of one answer in CEL's units of cost.
const (
	maxLength = 4096
	maxCost   = 100_000
)

// Compile reads an expression and checks names and types; "" always holds. The error says where it goes wrong and
// fits behind the line of the file it stands in.
func Compile(text string) (Condition, error) {
	if strings.TrimSpace(text) == "" {
		return Condition{}, nil
	}
	if len(text) > maxLength {
		return Condition{}, fmt.Errorf("the condition is longer than %d bytes", maxLength)
	}
	checked, issues := language.Compile(text)
	if err := issues.Err(); err != nil {
		return Condition{}, errors.New(problem(issues))
	}
	if checked.OutputType() != cel.BoolType {
		return Condition{}, fmt.Errorf("the condition is a %s, want one that is true or false", checked.OutputType())
	}
	attributes, err := keys(checked.NativeRep())
	if err != nil {
		return Condition{}, err
	}
	program, err := language.Program(checked, cel.CostLimit(maxCost), cel.InterruptCheckFrequency(100), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return Condition{}, err
	}
	each := false
	for _, r := range checked.NativeRep().ReferenceMap() {
		each = each || r.Name == "recipient"
	}
	return Condition{program, each, readsBody(checked.NativeRep()), text, attributes}, nil
}

// problem is the first thing that is wrong, with its place.
func problem(issues *cel.Issues) string {
	first := issues.Errors()[0]
	text, _, _ := strings.Cut(first.Message, "\n")
	return fmt.Sprintf("condition, line %d, column %d: %s", first.Location.Line(), first.Location.Column()+1, text)
}

// String is the expression as written.
func (c Condition) String() string { return c.text }

// PerRecipient tells whether the condition asks about the recipient, so that it may hold for some only.
func (c Condition) PerRecipient() bool { return c.each }

// Holds asks the condition. An error means that it cannot be told: the directory did not answer, or the condition does
// not fit the mail (it costs too much, or wants the first of nothing).
func (c Condition) Holds(ctx context.Context, f *Facts) (bool, error) {
	if c.program == nil {
		return true, nil
	}
	*f.trouble, f.body = nil, c.body
	v, _, err := c.program.ContextEval(ctx, f)
	if *f.trouble != nil {
		return false, *f.trouble
	}
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", c.text, err)
	}
	holds, ok := v.Value().(bool)
	if !ok {
		return false, fmt.Errorf("condition %q is no yes or no", c.text)
	}
	return holds, nil
}

// language is what conditions are written in.
var language = must(cel.NewEnv(
	ext.NativeTypes(reflect.TypeFor[Person](), reflect.TypeFor[Mail](), ext.ParseStructTags(true)),
	ext.Strings(), ext.Sets(),
	cel.Variable("role", cel.StringType),
	cel.Variable("listener", cel.StringType),
	cel.Variable("client", cel.StringType),
	cel.Variable("login", cel.StringType),
	cel.Variable("sender", person),
	cel.Variable("recipient", person),
	cel.Variable("recipients", cel.ListType(person)),
	cel.Variable("mail", cel.ObjectType("condition.Mail")),
	cel.Function("in_group", cel.MemberOverload("person_in_group", []*cel.Type{person, cel.StringType}, cel.BoolType, cel.BinaryBinding(inGroup))),
))

var person = cel.ObjectType("condition.Person")

func inGroup(who, group ref.Val) ref.Val {
	p, ok := who.Value().(Person)
	name, isText := group.Value().(string)
	if !ok || !isText {
		return types.NewErr("in_group wants a person and a group's address")
	}
	in, err := p.inGroup(name)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Bool(in)
}

func must(env *cel.Env, err error) *cel.Env {
	if err != nil {
		panic(err)
	}
	return env
}
