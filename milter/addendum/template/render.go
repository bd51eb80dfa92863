package template

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/ldapdir"
)

// maxValue bounds a value that is shown, in bytes. A longer one is a picture or a certificate, and counts as missing.
const maxValue = 1 << 10

// maxValues bounds how many values of one attribute are seen.
const maxValues = 20

// Directory is what is asked who a name means. "Not there" is ok == false.
type Directory interface {
	ByDN(ctx context.Context, dn string) (e *ldapdir.Entry, ok bool, err error)
}

// Render writes the words for a person; nil is somebody nobody knows. "" is that there are none. An error means that the
// directory could not be asked for somebody a name leads to.
func (t *Template) Render(ctx context.Context, d Directory, e *ldapdir.Entry) (string, error) {
	if t.fixed != nil {
		return *t.fixed, nil
	}
	p, err := person(ctx, d, e, t.wanted)
	if err != nil {
		return "", err
	}
	if t.lacks(p) {
		return "", nil
	}
	return t.words(p)
}

// lacks tells whether something is missing that must not be.
func (t *Template) lacks(p Person) bool {
	for _, any := range t.needs {
		there := false
		for _, at := range any {
			there = there || p.has(at)
		}
		if !there {
			return true
		}
	}
	return false
}

// person reads what is wanted of an entry, and of those it names.
func person(ctx context.Context, d Directory, e *ldapdir.Entry, wanted attributes) (Person, error) {
	if e == nil {
		return nil, nil
	}
	p := Person{}
	for name, below := range wanted {
		values := e.Attrs[name]
		if len(below) == 0 {
			p[name] = shown(values)
			continue
		}
		other, err := named(ctx, d, values)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", name, e.DN, err)
		}
		followed, err := person(ctx, d, other, below)
		if err != nil {
			return nil, err
		}
		p[name] = followed
	}
	return p, nil
}

// named is the first entry that is there of those named.
func named(ctx context.Context, d Directory, dns []string) (*ldapdir.Entry, error) {
	for _, dn := range dns[:min(len(dns), maxValues)] {
		if e, ok, err := d.ByDN(ctx, dn); ok || err != nil {
			return e, err
		}
	}
	return nil, nil
}

// shown are the values a reader can make sense of, each in one line.
func shown(values []string) (all Values) {
	for _, v := range values[:min(len(values), maxValues)] {
		if len(v) > maxValue || !utf8.ValidString(v) {
			continue
		}
		if v = strings.TrimSpace(strings.Map(printable, v)); v != "" {
			all = append(all, v)
		}
	}
	return all
}

// printable leaves out what would end a line, or turn its direction for all that follows.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

var (
	tags    = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	picture = regexp.MustCompile(`(?i)<(img|hr|svg)\b`)
)

// trimmed takes empty lines off the ends. What says nothing, such as the line that begins a signature with no line
// behind it, is no words at all.
func trimmed(words string, kind Kind) string {
	says := words
	if kind == HTML && !picture.MatchString(words) {
		says = tags.ReplaceAllString(words, "")
	}
	if !strings.ContainsFunc(says, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return ""
	}
	return strings.TrimRight(strings.TrimLeft(words, "\r\n"), "\r\n\t ")
}
