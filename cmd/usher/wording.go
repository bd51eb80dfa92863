package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"usher/ldapdir"
	"usher/milter/filter"
)

// wording is the command of a module that adds words: what it would add for a person, and what it does to a mail.
func wording(module string) command {
	return func(s stdio, args []string) error {
		what := ""
		if len(args) > 0 {
			what = args[0]
		}
		switch what {
		case "render":
			return renderWords(module, s, args[1:])
		case "apply":
			return applyWords(module, s, args[1:])
		case "-h", "-help", "--help":
			return say(s, wordingUsage(module)+"\n")
		}
		return failed(exitUsage, errors.New(wordingUsage(module)))
	}
}

func wordingUsage(module string) string {
	return fmt.Sprintf("usage: usher %s render [flags]\n       usher %s apply [flags] [MAIL]", module, module)
}

// renderWords prints what every rule would add for a person.
func renderWords(module string, s stdio, args []string) error {
	flags := newFlags(module + " render")
	file := flags.config()
	user := flags.String("user", "", "the login or `ADDRESS` of the person")
	language := flags.String("lang", "", "the `LANGUAGE` (default the person's)")
	asHTML := flags.Bool("html", false, "the form for HTML")
	asJSON := flags.Bool("json", false, "for programs")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	if *user == "" {
		return failed(exitUsage, errors.New("want -user LOGIN-OR-ADDRESS\n"+flags.usage()))
	}
	e, err := open(*file, slog.New(slog.NewTextHandler(s.errout, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer e.close()
	ctx, cancel := context.WithTimeout(context.Background(), e.config.Limits.Deadline)
	defer cancel()
	words, err := e.words(ctx, module, *user, *language)
	switch {
	case err != nil:
		return err
	case *asJSON:
		return sayJSON(s, words)
	}
	return sayWords(s, words, *asHTML)
}

// words are those of a module for a person.
func (e *engine) words(ctx context.Context, module, user, language string) ([]filter.Wording, error) {
	entry, ok, err := ldapdir.ByName(ctx, e.directory, user)
	if err != nil {
		return nil, failed(exitTemporary, err)
	}
	if !ok {
		return nil, failed(exitNoUser, fmt.Errorf("nobody has the login or address %s", user))
	}
	w, ok := filter.WorderOf(e.steps, module, entry.Mail().Domain())
	if !ok {
		return nil, notEnabled(module)
	}
	words, err := w.Words(ctx, entry, language)
	return words, failed(exitTemporary, err)
}

func notEnabled(module string) error {
	return failed(exitConfig, fmt.Errorf("the module is not enabled, want modules: {%s: {enabled: true}}", module))
}

// sayWords prints one form of the words; of several rules, each begins with a line of its own.
func sayWords(s stdio, words []filter.Wording, asHTML bool) error {
	var b strings.Builder
	for _, w := range words {
		text := w.Text
		if asHTML {
			text = w.HTML
		}
		if len(words) > 1 {
			b.WriteString(title(w))
		}
		switch {
		case text != "":
			b.WriteString(text + "\n")
		case w.Text+w.HTML == "":
			fmt.Fprintf(s.errout, "rule %s has no words for this person: attributes are missing\n", w.Rule)
		case asHTML:
			fmt.Fprintf(s.errout, "rule %s: the HTML is derived from the text\n", w.Rule)
		default:
			fmt.Fprintf(s.errout, "rule %s: the text is derived from the HTML (-html)\n", w.Rule)
		}
	}
	_, err := io.WriteString(s.out, b.String())
	return err
}

func title(w filter.Wording) string {
	line := fmt.Sprintf("== rule %s (%s)", w.Rule, w.Position)
	if w.When != "" {
		line += ", when " + strings.Join(strings.Fields(w.When), " ")
	}
	return line + "\n"
}

// applyWords writes a mail as it would leave if the module were the only one.
func applyWords(module string, s stdio, args []string) error {
	alone := func(e *engine) error {
		e.steps = slices.DeleteFunc(e.steps, func(step filter.Step) bool { return step.Name != module || !works(step) })
		if len(e.steps) == 0 {
			return notEnabled(module)
		}
		return nil
	}
	o, err := tryWith(module+" apply", s, args, func(*flags, *told) {}, alone)
	if err != nil {
		return err
	}
	fmt.Fprint(s.errout, o.reasons())
	return o.leave(s)
}

// works tells whether a module is enabled for anybody.
func works(step filter.Step) bool {
	return step.Module != nil || slices.ContainsFunc(step.Variants, func(v filter.Variant) bool { return v.Module != nil })
}
