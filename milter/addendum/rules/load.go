package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"usher/milter/addendum/template"
	"usher/milter/condition"
	"usher/milter/filter"
)

// maxFile is more than a template may have, in bytes.
const maxFile = 128 << 10

// maxRules bounds a list: each costs every mail a question.
const maxRules = 200

// rule is one that has been read.
type rule struct {
	Rule
	when  condition.Condition
	pairs map[string]pair // by language; "" is for everybody else
}

// pair are the templates of one language; either may be nil.
type pair struct{ text, html *template.Template }

// load reads a rule. key is where it stands in the settings.
func load(key string, r Rule) (*rule, filter.Mistakes) {
	l := loader{key: key, rule: &rule{Rule: r, pairs: map[string]pair{}}}
	var err error
	if l.when, err = condition.Compile(r.When); err != nil {
		l.wrong("when", "%v", err)
	}
	l.words()
	for _, language := range r.Languages {
		l.translation(language)
	}
	return l.rule, l.mistakes
}

// loader collects what is wrong with one rule.
type loader struct {
	*rule
	key      string
	mistakes filter.Mistakes
}

func (l *loader) wrong(key, format string, args ...any) {
	l.mistakes = append(l.mistakes, filter.Mistake{Key: strings.TrimPrefix(l.key+"."+key, "."), Text: fmt.Sprintf(format, args...)})
}

// words are those for everybody whose language is not spoken.
func (l *loader) words() {
	var p pair
	p.text = l.template("text", l.Text, l.TextFile, template.Text)
	p.html = l.template("html", l.HTML, l.HTMLFile, template.HTML)
	l.pairs[""] = p
	if l.Text+l.TextFile+l.HTML+l.HTMLFile == "" {
		l.wrong("text_file", "nothing to add, want text_file, html_file or both")
	}
	if len(l.Languages) > 0 && l.TextFile+l.HTMLFile == "" {
		l.wrong("languages", "languages are in files of their own, want text_file, html_file or both")
	}
}

func (l *loader) template(key, inline, file string, kind template.Kind) *template.Template {
	switch {
	case inline != "" && file != "":
		l.wrong(key, "want %s or %s_file, not both", key, key)
	case inline != "":
		return l.parse(key, key, inline, kind)
	case file != "":
		return l.file(key+"_file", file, kind)
	}
	return nil
}

// translation reads the files of one language.
func (l *loader) translation(language string) {
	tag := strings.ToLower(language)
	if !isTag(tag) {
		l.wrong("languages", "want a language such as de or pt-br, not %q", language)
		return
	}
	var p pair
	if l.TextFile != "" {
		p.text = l.file("languages", translated(l.TextFile, tag), template.Text)
	}
	if l.HTMLFile != "" {
		p.html = l.file("languages", translated(l.HTMLFile, tag), template.HTML)
	}
	l.pairs[tag] = p
}

// translated is the name of a file in another language.
func translated(file, language string) string {
	end := filepath.Ext(file)
	return strings.TrimSuffix(file, end) + "." + language + end
}

func isTag(s string) bool {
	return s != "" && len(s) <= 35 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (l *loader) file(key, name string, kind template.Kind) *template.Template {
	text, err := read(name)
	if err != nil {
		l.wrong(key, "%v", err)
		return nil
	}
	return l.parse(key, name, text, kind)
}

func (l *loader) parse(key, name, text string, kind template.Kind) *template.Template {
	t, wrong := template.Parse(name, text, kind, l.Missing)
	for _, m := range wrong {
		l.wrong(key, "%s", m)
	}
	return t
}

func read(name string) (string, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no such file: %s", name)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	return string(text), err
}

// Attributes are those that conditions and templates ask of entries. What is wrong with them is told elsewhere.
func Attributes(all []Rule) (names []string) {
	for _, r := range all {
		loaded, _ := load("", r)
		names = append(append(names, loaded.when.Attributes()...), loaded.attributes()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// attributes are those of the templates.
func (r *rule) attributes() (names []string) {
	for _, p := range r.pairs {
		for _, t := range []*template.Template{p.text, p.html} {
			if t != nil {
				names = append(names, t.Attributes()...)
			}
		}
	}
	return names
}

// asks tells whether it matters who the author is.
func (r *rule) asks() bool {
	return len(r.attributes()) > 0 || r.Language == OfSender && len(r.Languages) > 0
}
