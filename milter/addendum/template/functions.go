package template

import (
	"fmt"
	"html"
	htmltemplate "html/template"
	"maps"
	"strings"
)

// builtin are what the library brings and a postmaster may use; those that undo escaping are not.
var builtin = []string{"and", "or", "not", "len", "index", "print", "printf", "eq", "ne"}

// functions are ours. attr stands for itself until the tree is read.
var functions = map[string]any{
	"attr":  attr,
	"join":  join,
	"upper": func(v any) string { return strings.ToUpper(fmt.Sprint(v)) },
	"lower": func(v any) string { return strings.ToLower(fmt.Sprint(v)) },
	"tel":   tel,
	"show":  show,
	"eq":    func(a any, b ...any) bool { return equal(a, b...) },
	"ne":    func(a, b any) bool { return !equal(a, b) },
}

var (
	textFunctions = together(map[string]any{"lines": textLines})
	htmlFunctions = together(map[string]any{"lines": htmlLines, "comment": asWritten})
)

// known is what parsing has to know: names alone.
var known = func() map[string]any {
	all := maps.Clone(textFunctions)
	for _, name := range append(builtin, "comment") {
		all[name] = ""
	}
	return all
}()

func together(more map[string]any) map[string]any {
	all := maps.Clone(functions)
	maps.Copy(all, more)
	return all
}

// show is the last of whatever is shown: nothing is nothing.
func show(v any) any {
	switch v := v.(type) {
	case nil:
		return ""
	case Values:
		return v.String()
	case Person:
		return v.String()
	}
	return v
}

// attr names an attribute by a text, of the person or of who a name leads to. The person is the last argument.
func attr(args ...any) any {
	var v any = args[len(args)-1]
	for _, name := range args[:len(args)-1] {
		p, _ := v.(Person)
		v = p[fmt.Sprint(name)]
	}
	return v
}

func equal(a any, others ...any) bool {
	for _, b := range others {
		if text(a) == text(b) {
			return true
		}
	}
	return false
}

func text(v any) string { return fmt.Sprint(show(v)) }

// join puts all values of an attribute in one line.
func join(v any, between string) string {
	if values, ok := v.(Values); ok {
		return strings.Join(values, between)
	}
	return text(v)
}

// tel is a telephone number as tel: wants it (RFC 3966): digits, and a plus before them. An extension in brackets or
// behind a word is left out.
func tel(v any) string {
	var b strings.Builder
	number := strings.ReplaceAll(text(v), "(0)", "")
	for i, c := range number {
		switch {
		case c >= '0' && c <= '9', c == '+' && i == 0, c == '*' || c == '#':
			b.WriteRune(c)
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			return b.String()
		}
	}
	return b.String()
}

// separated takes a postal address apart, whose lines a directory separates by $ (RFC 4517 3.3.28).
func separated(v any) (all []string) {
	for line := range strings.SplitSeq(text(v), "$") {
		line = strings.NewReplacer(`\24`, "$", `\5C`, `\`, `\5c`, `\`).Replace(strings.TrimSpace(line))
		if line != "" {
			all = append(all, line)
		}
	}
	return all
}

func textLines(v any) string { return strings.Join(separated(v), "\n") }

func htmlLines(v any) htmltemplate.HTML {
	all := separated(v)
	for i := range all {
		all[i] = html.EscapeString(all[i])
	}
	return htmltemplate.HTML(strings.Join(all, "<br>\n"))
}
