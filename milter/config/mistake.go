package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Mistake is one thing wrong in the file.
type Mistake struct {
	File         string
	Line, Column int    // from 1; 0: the file as a whole
	Path         string // the setting, e.g. listen[0].role or footer.position; "" is the whole file
	Text         string // what is wrong and what would be right
}

func (m Mistake) String() string {
	where := m.File
	if m.Line > 0 {
		where = fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	if m.Path != "" {
		where += ": " + m.Path
	}
	return where + ": " + m.Text
}

// Mistakes are all things wrong, in the order of the file.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by place and leaves out what is said twice: settings that overrides share are read more than once.
func (ms Mistakes) sorted() Mistakes {
	ms = slices.Clone(ms)
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(ms)
}

// orNil is the error that ms are: none at all if there are none.
func (ms Mistakes) orNil() error {
	if len(ms) == 0 {
		return nil
	}
	return ms.sorted()
}

// quote shows a value in a message, never more than a line of it.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// word shows a key in a path: as it is, unless it could be taken for something else.
func word(key string) string {
	plain := func(r rune) bool { return r > ' ' && unicode.IsPrint(r) && !strings.ContainsRune(`"':[]{}`, r) }
	if len(key) > 60 || key == "" || strings.TrimFunc(key, plain) != "" {
		return quote(key)
	}
	return key
}

// item is the path of a list's item.
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
