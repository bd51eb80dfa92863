package template

import (
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// control is a line that holds nothing but an instruction: it is no line of the result.
var control = regexp.MustCompile(`(?m)^[ \t]*(\{\{(?:if|with|range|else|end)\b[^{}\n-]*\}\}|\{\{/\*[^\n]*?\*/\}\})[ \t]*\n`)

// standalone takes lines of instructions out of the result. Their line ends stay in a comment, so that all other lines
// keep their numbers.
func standalone(source string) string {
	if !strings.HasSuffix(source, "\n") {
		source += "\n"
	}
	return control.ReplaceAllString(source, "$1"+eaten)
}

const eaten = "{{/*\n*/}}"

// droppable puts every line that shows attributes under the condition that one of them is there. It does so in the
// source and not in the tree, so that what is wrong has the line it stands in.
func droppable(tree *parse.Tree, source string, kind Kind) string {
	l := liner{source: source, kind: kind}
	l.list(tree.Root)
	var b strings.Builder
	at := 0
	slices.SortStableFunc(l.found, func(a, b line) int { return a.from - b.from })
	for _, one := range l.found {
		b.WriteString(source[at:one.from] + "{{if or " + strings.Join(one.attrs, " ") + "}}" + source[one.from:one.to] + "{{end}}")
		at = one.to
	}
	return b.String() + source[at:]
}

// line is one of the source, or several where an HTML tag is written over them.
type line struct {
	from, to int      // to is behind the line end
	attrs    []string // as the source asks for them
	fixed    bool     // it stays whatever is missing
}

// liner finds lines. A line belongs to one list of nodes: what is inside a block of several lines has lines of its own.
type liner struct {
	source string
	kind   Kind
	tag    tagState
	found  []line
}

func (l *liner) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	now := l.begin(list)
	for _, n := range list.Nodes {
		text, isText := n.(*parse.TextNode)
		switch {
		case isText:
			l.text(text, &now)
		case l.several(n):
			l.below(n)
			now = line{from: l.behind(n)}
		default:
			l.below(n)
			now.fixed = now.fixed || !plain(n)
			now.attrs = append(now.attrs, asked(n)...)
		}
	}
}

// begin is the first line of a list, if it begins where a line of the source does.
func (l *liner) begin(list *parse.ListNode) line {
	if len(list.Nodes) == 0 {
		return line{from: -1}
	}
	first := list.Nodes[0]
	at := int(first.Position())
	if _, ok := first.(*parse.TextNode); !ok {
		at = strings.LastIndex(l.source[:at], "{{")
	}
	return line{from: l.lineStart(at)}
}

// lineStart is the offset itself where a line begins there, or -1.
func (l *liner) lineStart(at int) int {
	if at == 0 || at > 0 && (l.source[at-1] == '\n' || strings.HasSuffix(l.source[:at], eaten)) {
		return at
	}
	return -1
}

// behind is where the line begins that follows a block, or -1.
func (l *liner) behind(n parse.Node) int {
	at := int(last(n))
	end := strings.Index(l.source[at:], eaten)
	for end >= 0 { // the first instruction behind everything in it that is its end
		if at += end + len(eaten); strings.HasSuffix(strings.TrimRight(l.source[:at-len(eaten)], " }"), "end") {
			return at
		}
		end = strings.Index(l.source[at:], eaten)
	}
	return -1
}

// text goes through a text, line end by line end.
func (l *liner) text(n *parse.TextNode, now *line) {
	begin := int(n.Pos)
	if begin+len(n.Text) > len(l.source) || l.source[begin:begin+len(n.Text)] != string(n.Text) {
		now.from = -1
		return
	}
	for i, c := range n.Text {
		if l.tag = l.tag.after(c); c != '\n' || l.kind == HTML && l.tag != outside {
			continue
		}
		now.to = begin + i + 1
		if now.from >= 0 && len(now.attrs) > 0 && !now.fixed && !trims(l.source[now.from:now.to]) {
			l.found = append(l.found, *now)
		}
		*now = line{from: now.to}
	}
}

// trims tells whether a line says itself what becomes of the space around it.
func trims(s string) bool { return strings.Contains(s, "{{- ") || strings.Contains(s, " -}}") }

// below goes through the lists of a block.
func (l *liner) below(n parse.Node) {
	if b := branches(n); b != nil {
		l.list(b.List)
		l.list(b.ElseList)
	}
}

// several tells whether a block is written over several lines.
func (l *liner) several(n parse.Node) bool {
	from, to := int(n.Position()), int(last(n))
	return branches(n) != nil && strings.Contains(l.source[from:to], "\n")
}

// last is the end of what is known to be in a node.
func last(n parse.Node) parse.Pos {
	at := n.Position()
	if text, ok := n.(*parse.TextNode); ok {
		return at + parse.Pos(len(text.Text))
	}
	if b := branches(n); b != nil {
		for _, list := range []*parse.ListNode{b.List, b.ElseList} {
			if list != nil && len(list.Nodes) > 0 {
				at = max(at, last(list.Nodes[len(list.Nodes)-1]))
			}
		}
	}
	return at
}

// branches are the two sides of a block; nil is none.
func branches(n parse.Node) *parse.BranchNode {
	switch n := n.(type) {
	case *parse.IfNode:
		return &n.BranchNode
	case *parse.WithNode:
		return &n.BranchNode
	case *parse.RangeNode:
		return &n.BranchNode
	}
	return nil
}

// plain tells whether a node shows nothing where its attributes are missing.
func plain(n parse.Node) bool {
	if b := branches(n); b != nil {
		return b.ElseList == nil && len(b.Pipe.Decl) == 0
	}
	a, ok := n.(*parse.ActionNode)
	return ok && len(a.Pipe.Decl) == 0
}

// asked are the attributes that decide about a node, as the source asks for them.
func asked(n parse.Node) (all []string) {
	var pipe *parse.PipeNode
	if b := branches(n); b != nil {
		pipe = b.Pipe
	} else if a, ok := n.(*parse.ActionNode); ok {
		pipe = a.Pipe
	}
	if pipe == nil {
		return nil
	}
	for _, c := range pipe.Cmds {
		all = append(all, askedBy(c)...)
	}
	return all
}

func askedBy(c *parse.CommandNode) (all []string) {
	if isAttr(c) {
		return []string{"(" + c.String() + ")"}
	}
	for _, arg := range c.Args {
		switch arg := arg.(type) {
		case *parse.FieldNode, *parse.DotNode:
			all = append(all, arg.String())
		case *parse.VariableNode:
			all = append(all, arg.String())
		case *parse.PipeNode:
			for _, c := range arg.Cmds {
				all = append(all, askedBy(c)...)
			}
		}
	}
	return all
}

// tagState tells where in HTML a text has come to.
type tagState byte

const (
	outside tagState = iota
	inTag
	inDouble
	inSingle
)

func (s tagState) after(c byte) tagState {
	switch {
	case s == outside && c == '<', s == inDouble && c == '"', s == inSingle && c == '\'':
		return inTag
	case s == inTag && c == '>':
		return outside
	case s == inTag && c == '"':
		return inDouble
	case s == inTag && c == '\'':
		return inSingle
	}
	return s
}
