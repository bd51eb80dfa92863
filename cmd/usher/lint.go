package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

// Bounds of a walk through the directory.
const (
	lintTime     = 30 * time.Minute
	lintEntries  = 1_000_000 // below one base
	lintFindings = 10_000    // told
)

// lint walks through the directory and says what is wrong with what it says.
func lint(s stdio, args []string) error {
	flags := newFlags("lint")
	file := flags.config()
	asJSON := flags.Bool("json", false, "for programs")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	e, err := open(*file, slog.New(slog.NewTextHandler(s.errout, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer e.close()
	ctx, cancel := context.WithTimeout(context.Background(), lintTime)
	defer cancel()
	l := newLinting(e)
	if err := l.walk(ctx); err != nil {
		return fmt.Errorf("the directory could not be looked through: %w", err)
	}
	if *asJSON {
		err = sayJSON(s, l)
	} else {
		err = say(s, l.String())
	}
	if err != nil {
		return err
	}
	if l.Wrong > 0 {
		return done(exitFailed)
	}
	return nil
}

// linting is one walk.
type linting struct {
	Entries  int               `json:"entries"` // that were looked at
	By       []string          `json:"by"`      // modules that looked, beside the directory itself
	Wrong    int               `json:"wrong"`
	Hints    int               `json:"hints"`
	Findings []ldapdir.Finding `json:"findings"` // the first of them

	directory *ldapdir.Dir
	modules   []filter.Linter
	together  []together
}

// together is a module that looks at some entries at once, and those.
type together struct {
	filter.TogetherLinter
	entries []*ldapdir.Entry
}

// newLinting asks every module that can tell and is enabled for somebody.
func newLinting(e *engine) *linting {
	l := &linting{directory: e.directory, By: []string{}, Findings: []ldapdir.Finding{}}
	for _, step := range e.steps {
		if m, ok := linterOf(step); ok {
			l.modules, l.By = append(l.modules, m), append(l.By, step.Name)
			if t, ok := m.(filter.TogetherLinter); ok {
				l.together = append(l.together, together{TogetherLinter: t})
			}
		}
	}
	return l
}

func linterOf(step filter.Step) (filter.Linter, bool) {
	if m, ok := step.Module.(filter.Linter); ok {
		return m, true
	}
	for _, v := range step.Variants {
		if m, ok := v.Module.(filter.Linter); ok {
			return m, true
		}
	}
	return nil, false
}

func (l *linting) walk(ctx context.Context) error {
	plain := l.directory.NewLint()
	err := l.directory.Walk(ctx, lintEntries, func(e *ldapdir.Entry) error {
		l.Entries++
		found, err := plain.Entry(ctx, e)
		for _, m := range l.modules {
			if err != nil {
				break
			}
			var more []ldapdir.Finding
			more, err = m.Lint(ctx, e)
			found = append(found, more...)
		}
		l.add(found)
		l.keep(e)
		return err
	})
	if err != nil {
		return err
	}
	found, err := plain.End(ctx)
	for _, t := range l.together {
		if err != nil {
			break
		}
		var more []ldapdir.Finding
		more, err = t.LintTogether(ctx, t.entries)
		found = append(found, more...)
	}
	l.add(found)
	return err
}

// keep remembers an entry for modules that want to see it beside others.
func (l *linting) keep(e *ldapdir.Entry) {
	for i := range l.together {
		if l.together[i].Concerned(e) {
			l.together[i].entries = append(l.together[i].entries, e)
		}
	}
}

// add counts all and keeps the first.
func (l *linting) add(found []ldapdir.Finding) {
	for _, f := range found {
		if f.Hint {
			l.Hints++
		} else {
			l.Wrong++
		}
		if len(l.Findings) < lintFindings {
			l.Findings = append(l.Findings, f)
		}
	}
}

// String tells it to people, entry by entry.
func (l *linting) String() string {
	byEntry := map[string][]ldapdir.Finding{}
	var names []string
	for _, f := range l.Findings {
		if byEntry[f.DN] == nil {
			names = append(names, f.DN)
		}
		byEntry[f.DN] = append(byEntry[f.DN], f)
	}
	var b strings.Builder
	for _, dn := range names {
		fmt.Fprintf(&b, "%s\n", oneLine(dn))
		slices.SortStableFunc(byEntry[dn], func(x, y ldapdir.Finding) int { return hinted(x) - hinted(y) })
		for _, f := range byEntry[dn] {
			b.WriteString(findingWords(f))
		}
	}
	fmt.Fprintf(&b, "%d entries, %d wrong, %d hints", l.Entries, l.Wrong, l.Hints)
	if len(l.By) > 0 {
		fmt.Fprintf(&b, "; looked at by %s", strings.Join(l.By, ", "))
	}
	if more := l.Wrong + l.Hints - len(l.Findings); more > 0 {
		fmt.Fprintf(&b, "; %d more are not told", more)
	}
	return b.String() + "\n"
}

func findingWords(f ldapdir.Finding) string {
	text := []string{"  wrong ", "  hint  "}[hinted(f)] + f.Attr + ": "
	if f.Value != "" {
		text += oneLine(f.Value) + ": "
	}
	text += oneLine(f.Text) + "\n"
	if f.Right != "" {
		text += "        right: " + oneLine(f.Right) + "\n"
	}
	return text
}

func hinted(f ldapdir.Finding) int {
	if f.Hint {
		return 1
	}
	return 0
}

// oneLine is text from the directory as a terminal may be given it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}
