package template

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// reader goes through a tree: it learns which attributes are asked for, gives them their names in lower case, and finds
// what could go wrong once somebody writes a mail.
type reader struct {
	name, source string
	wanted       attributes
	needs        [][]path
	mistakes     []Mistake
}

// scope is what the dot and the variables mean: each is one of these paths, and none where that cannot be told.
type scope struct {
	dot   []path
	root  bool // the dot is the person
	vars  map[string][]path
	maybe bool // inside of a condition
	loops int  // how many it stands in
}

// maxLoops bounds loops in loops: each sees up to maxValues values.
const maxLoops = 2

func (r *reader) read(tree *parse.Tree) {
	r.list(tree.Root, scope{root: true, vars: map[string][]path{}})
	if err := r.wanted.tooFar(); err != nil {
		r.mistakes = append(r.mistakes, Mistake{Name: r.name, Text: err.Error()})
	}
}

func (r *reader) wrong(n parse.Node, format string, args ...any) {
	at := min(int(n.Position()), len(r.source))
	m := Mistake{r.name, 1 + strings.Count(r.source[:at], "\n"), fmt.Sprintf(format, args...)}
	if !slices.Contains(r.mistakes, m) {
		r.mistakes = append(r.mistakes, m)
	}
}

func (r *reader) list(list *parse.ListNode, s scope) {
	if list == nil {
		return
	}
	var before string
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			before = string(n.Text)
			continue
		case *parse.ActionNode:
			r.action(n, s, before)
		case *parse.TemplateNode:
			r.wrong(n, "there is no template %q to put in, want everything in its place", n.Name)
		default:
			if b := branches(n); b != nil {
				r.branch(n, b, s)
			}
		}
		before = ""
	}
}

// link begins the address of a telephone link.
var link = regexp.MustCompile(`(?i)=\s*["']?(tel|sms):$`)

// action is something shown. A number behind tel: is written as a link wants it.
func (r *reader) action(n *parse.ActionNode, s scope, before string) {
	found := r.pipe(n.Pipe, s)
	for _, v := range n.Pipe.Decl {
		s.vars[v.Ident[0]] = found
	}
	if len(n.Pipe.Decl) > 0 {
		return
	}
	if asked := r.paths(n.Pipe, s); !s.maybe && len(asked) > 0 {
		r.needs = append(r.needs, asked)
	}
	if link.MatchString(before) {
		then(n.Pipe, "tel")
	}
	then(n.Pipe, "show")
}

// then hands what a pipe gives to a function.
func then(p *parse.PipeNode, function string) {
	p.Cmds = append(p.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: p.Pos,
		Args: []parse.Node{parse.NewIdentifier(function).SetPos(p.Pos)}})
}

func (r *reader) branch(n parse.Node, b *parse.BranchNode, s scope) {
	found := r.pipe(b.Pipe, s)
	inner, other := s, s
	inner.maybe, other.maybe = true, true
	switch n.(type) {
	case *parse.WithNode:
		inner.dot, inner.root = found, false
	case *parse.RangeNode:
		if inner.loops++; len(found) == 0 || inner.loops > maxLoops {
			r.wrong(n, "range wants an attribute such as .mail to go through, and stands in one other range at most")
		}
		inner.dot, inner.root = nil, false // one value of many has no attributes
		found = nil
	}
	inner.vars = with(s.vars, b.Pipe.Decl, found)
	other.vars = with(s.vars, nil, nil)
	r.list(b.List, inner)
	r.list(b.ElseList, other)
}

func with(vars map[string][]path, decl []*parse.VariableNode, found []path) map[string][]path {
	all := map[string][]path{}
	for name, paths := range vars {
		all[name] = paths
	}
	for _, v := range decl {
		all[v.Ident[0]] = found
	}
	return all
}

// pipe gives what its value may be: attributes that are passed on as they are.
func (r *reader) pipe(p *parse.PipeNode, s scope) (found []path) {
	for i, c := range p.Cmds {
		got := r.command(c, s)
		if i == len(p.Cmds)-1 && (i == 0 || passesOn(c)) {
			found = append(found, got...)
		}
	}
	return found
}

// passesOn tells whether a command gives one of its arguments as it is.
func passesOn(c *parse.CommandNode) bool {
	f, ok := c.Args[0].(*parse.IdentifierNode)
	return ok && (f.Ident == "or" || f.Ident == "and")
}

func (r *reader) command(c *parse.CommandNode, s scope) (found []path) {
	if isAttr(c) {
		return r.attr(c)
	}
	for i, arg := range c.Args {
		got := r.argument(arg, s)
		if len(c.Args) == 1 || i > 0 && passesOn(c) {
			found = append(found, got...)
		}
	}
	return found
}

// argument reads one, and gives which attributes it may be.
func (r *reader) argument(n parse.Node, s scope) []path {
	switch n := n.(type) {
	case *parse.FieldNode:
		lower(n.Ident)
		return r.below(n, s.dot, s.root, n.Ident)
	case *parse.VariableNode:
		lower(n.Ident[1:])
		if n.Ident[0] == "$" {
			return r.below(n, nil, true, n.Ident[1:])
		}
		return r.below(n, s.vars[n.Ident[0]], false, n.Ident[1:])
	case *parse.DotNode:
		return s.dot
	case *parse.PipeNode:
		return r.pipe(n, s)
	case *parse.ChainNode:
		r.wrong(n, "%s: whose attribute is that? want it written out, as in {{or .manager.cn .secretary.cn}}", n)
	}
	return nil
}

func lower(names []string) {
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
}

// below are attributes of what is at one of several places.
func (r *reader) below(n parse.Node, at []path, root bool, names []string) (all []path) {
	if len(names) == 0 {
		return at
	}
	if root {
		at = []path{nil}
	}
	if len(at) == 0 {
		r.wrong(n, "%s: whose attribute is that? want it written out from the person on, as in {{$.telephoneNumber}}", n)
	}
	for _, p := range at {
		full := append(slices.Clone(p), names...)
		if len(full) > maxHops+1 {
			r.wrong(n, "%s follows %d names, want %d at most", full, len(full)-1, maxHops)
			continue
		}
		r.wanted.add(full)
		all = append(all, full)
	}
	return all
}

// isAttr tells an attribute that is named by a text, as one with a hyphen has to be.
func isAttr(c *parse.CommandNode) bool {
	f, ok := c.Args[0].(*parse.IdentifierNode)
	return ok && f.Ident == "attr"
}

// attr has the function ask the person, whatever the dot is.
func (r *reader) attr(c *parse.CommandNode) []path {
	if _, read := lastOf(c.Args).(*parse.VariableNode); !read {
		c.Args = append(c.Args, &parse.VariableNode{NodeType: parse.NodeVariable, Pos: c.Pos, Ident: []string{"$"}})
	}
	var names path
	for _, arg := range c.Args[1 : len(c.Args)-1] {
		text, ok := arg.(*parse.StringNode)
		if !ok || strings.TrimSpace(text.Text) == "" {
			r.wrong(c, "attr wants the name of an attribute in quotes, as in {{attr \"x-phone\"}}, not %s", arg)
			return nil
		}
		text.Text = strings.ToLower(text.Text)
		text.Quoted = fmt.Sprintf("%q", text.Text)
		names = append(names, text.Text)
	}
	if len(names) == 0 {
		r.wrong(c, "attr wants the name of an attribute, as in {{attr \"x-phone\"}}")
		return nil
	}
	return r.below(c, nil, true, names)
}

// paths are all attributes that a pipe asks for, in whatever it does with them.
func (r *reader) paths(p *parse.PipeNode, s scope) (all []path) {
	for _, c := range p.Cmds {
		if isAttr(c) {
			all = append(all, r.attr(c)...)
			continue
		}
		for _, arg := range c.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				all = append(all, r.paths(inner, s)...)
			} else {
				all = append(all, r.argument(arg, s)...)
			}
		}
	}
	return all
}

func lastOf(nodes []parse.Node) parse.Node { return nodes[len(nodes)-1] }
