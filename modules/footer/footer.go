// Package footer appends the organisation's words to the mail its people send: a plain text and an HTML form,
// each to the body part of its kind, with nothing else of the mail changed.
//
// It knows where a footer belongs in a mail and which mail must not be touched. It does not know who gets
// the mail or how it is delivered.
package footer

import (
	"context"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"usher/milter/addendum"
	"usher/milter/filter"
	"usher/milter/message"
)

// maxFooter bounds the footer's files, in bytes.
const maxFooter = 64 << 10

// Config is the module's settings.
type Config struct {
	// TextFile holds the footer for plain text parts, UTF-8.
	TextFile string `yaml:"text_file"`
	// HTMLFile holds the footer for HTML parts, UTF-8, a fragment without <html> or <body>.
	HTMLFile string `yaml:"html_file"`
}

// Module is the definition for the pipeline's list.
var Module = filter.Define(filter.Definition{
	Name:    "footer",
	Doc:     "appends the organisation's footer to mail its people send",
	OnError: filter.Pass,
}, Config{}, build)

type module struct{ words addendum.Words }

func build(_ filter.Host, c Config) (filter.Module, error) {
	var m module
	var wrong filter.Mistakes
	m.words.Text, wrong = load("text_file", c.TextFile, wrong)
	m.words.HTML, wrong = load("html_file", c.HTMLFile, wrong)
	if c.TextFile == "" && c.HTMLFile == "" {
		wrong = append(wrong, filter.Mistake{Text: "nothing to append, want text_file, html_file or both"})
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return &m, nil
}

func load(key, file string, wrong filter.Mistakes) (string, filter.Mistakes) {
	if file == "" {
		return "", wrong
	}
	text, err := os.ReadFile(file)
	switch {
	case err != nil:
		return "", append(wrong, filter.Mistake{Key: key, Text: err.Error()})
	case len(text) > maxFooter:
		return "", append(wrong, filter.Mistake{Key: key, Text: fmt.Sprintf("%s is larger than %d bytes", file, maxFooter)})
	case !utf8.Valid(text):
		return "", append(wrong, filter.Mistake{Key: key, Text: file + " is not UTF-8"})
	case strings.TrimSpace(string(text)) == "":
		return "", append(wrong, filter.Mistake{Key: key, Text: file + " is empty"})
	}
	words := strings.ReplaceAll(strings.TrimPrefix(string(text), "\uFEFF"), "\r\n", "\n")
	return strings.TrimRight(words, "\n"), wrong
}

// Match wants mail that our people wrote themselves and nobody has signed.
func (m *module) Match(env *filter.Envelope, h message.Header) filter.Interest {
	if env.Role != filter.Submission && env.Role != filter.Local || env.From == "" {
		return filter.Nothing
	}
	if h.Has("DKIM-Signature") || addendum.Closed(h) != "" {
		return filter.Nothing
	}
	return filter.Text
}

// Plan adds the words to every body part of a kind there are some for.
func (m *module) Plan(_ context.Context, tx *filter.Tx) (filter.Plan, error) {
	r, err := addendum.Add(tx.Message, m.words, addendum.Options{})
	if err != nil || r.Mail == nil {
		return filter.Plan{Why: "left alone: " + r.Why}, err
	}
	return filter.Plan{Edits: []filter.Edit{filter.Rewrite{Mail: r.Mail, What: r.Why}}, Why: "footer appended"}, nil
}
