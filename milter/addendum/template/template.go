// Package template makes words for a person: a text or a piece of HTML in which attributes of the directory stand by
// their names. What is missing takes its line along, what is there is escaped for where it stands.
//
// It knows entries of the directory. It does not know mails, or who decides which words go where.
package template

import (
	"fmt"
	htmltemplate "html/template"
	"io"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
	"unicode/utf8"
)

// Bounds of a template and of what it makes, in bytes.
const (
	maxSource = 64 << 10
	maxResult = 64 << 10
)

// Missing is what becomes of a template when attributes are missing.
type Missing string

// The ways. DropLine is the default.
const (
	DropLine Missing = "drop_line" // a line that shows attributes and has none of them is left out
	Empty    Missing = "empty"     // nothing stands in the place of the attribute
	Skip     Missing = "skip"      // there are no words at all
)

// Kind is what a template is written in.
type Kind bool

// The kinds.
const (
	Text Kind = false
	HTML Kind = true
)

// Template is one text or piece of HTML, checked.
type Template struct {
	program interface {
		Execute(w io.Writer, data any) error
	}
	kind   Kind
	wanted attributes
	needs  [][]path // with Skip: of each of them one has to be there
	fixed  *string  // what comes of it for everybody, where it asks for nothing
}

// Mistake is something wrong with a template.
type Mistake struct {
	Name string // of the file
	Line int    // 0: the template as a whole
	Text string
}

func (m Mistake) String() string {
	if m.Line == 0 {
		return m.Name + ": " + m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.Name, m.Line, m.Text)
}

// Parse reads a template. The name is for messages. All mistakes that can be told are, those that would show only when
// somebody writes a mail included: it is tried with everything there, and with nothing.
func Parse(name, source string, kind Kind, missing Missing) (*Template, []Mistake) {
	if text := readable(source); text != "" {
		return nil, []Mistake{{Name: name, Text: text}}
	}
	written := strings.ReplaceAll(strings.TrimPrefix(source, "\uFEFF"), "\r\n", "\n")
	source = written
	if kind == HTML {
		var hidden []Mistake
		if source, hidden = comments(name, source); hidden != nil {
			return nil, hidden
		}
	}
	source = standalone(source)
	tree, err := parsed(name, source)
	if err == nil && (missing == DropLine || missing == "") {
		source = droppable(tree, source, kind)
		tree, err = parsed(name, source)
	}
	if err != nil {
		return nil, []Mistake{mistake(name, err)}
	}
	r := reader{name: name, source: source, wanted: attributes{}}
	if r.read(tree); len(r.mistakes) > 0 {
		return nil, r.mistakes
	}
	t := &Template{kind: kind, wanted: r.wanted}
	if missing == Skip {
		t.needs = r.needs
	}
	if err := t.compile(name, tree); err != nil {
		return nil, []Mistake{mistake(name, err)}
	}
	if !strings.Contains(written, "{{") {
		words := trimmed(written, kind)
		t.fixed = &words
	}
	return t, nil
}

// readable tells what makes a source no text.
func readable(source string) string {
	switch {
	case len(source) > maxSource:
		return fmt.Sprintf("larger than %d bytes", maxSource)
	case !utf8.ValidString(source):
		return "not UTF-8"
	case strings.TrimSpace(strings.TrimPrefix(source, "\uFEFF")) == "":
		return "empty"
	}
	return ""
}

// parsed is the tree of a source.
func parsed(name, source string) (*parse.Tree, error) {
	trees := map[string]*parse.Tree{}
	tree, err := parse.New(name).Parse(source, "", "", trees, known)
	if err != nil {
		return nil, err
	}
	if len(trees) > 1 {
		return nil, fmt.Errorf("template: %s:1: define and block have no use here, want everything in its place", name)
	}
	return tree, nil
}

// compile makes a program of the tree and tries it.
func (t *Template) compile(name string, tree *parse.Tree) error {
	var err error
	if t.kind == HTML {
		t.program, err = htmltemplate.New(name).Funcs(htmlFunctions).AddParseTree(name, tree)
	} else {
		t.program, err = texttemplate.New(name).Funcs(textFunctions).AddParseTree(name, tree)
	}
	if err != nil {
		return err
	}
	for _, example := range []Person{t.wanted.example(), {}} {
		words, err := t.words(example)
		if err != nil {
			return err
		}
		if len(t.wanted) == 0 {
			t.fixed = &words
		}
	}
	return nil
}

// Attributes are those the template asks of entries of the directory, in lower case.
func (t *Template) Attributes() []string {
	all := t.wanted.names(nil)
	slices.Sort(all)
	return slices.Compact(all)
}

// words are what the template makes of a person.
func (t *Template) words(p Person) (string, error) {
	if t.fixed != nil {
		return *t.fixed, nil
	}
	w := bounded{}
	if err := t.program.Execute(&w, p); err != nil {
		return "", err
	}
	return trimmed(w.String(), t.kind), nil
}

// bounded is a result that does not grow beyond measure.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxResult {
		return 0, fmt.Errorf("the words are longer than %d bytes", maxResult)
	}
	return b.Builder.Write(p)
}

// WriteString is not that of the builder, which has no bound.
func (b *bounded) WriteString(s string) (int, error) { return b.Write([]byte(s)) }
