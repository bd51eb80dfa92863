package template

import (
	"fmt"
	"strings"
)

// path leads to an attribute: its name, behind those of the names of entries that are followed to it.
type path []string

func (p path) String() string { return "." + strings.Join(p, ".") }

// maxHops bounds how many names are followed one after the other, and maxEntries how many in all.
const (
	maxHops    = 2
	maxEntries = 8
)

// attributes are those a template asks for. What has attributes of its own is the name of an entry.
type attributes map[string]attributes

// add makes room for a path.
func (a attributes) add(p path) {
	for _, name := range p {
		if a[name] == nil {
			a[name] = attributes{}
		}
		a = a[name]
	}
}

// names are all of them, on whichever entry.
func (a attributes) names(all []string) []string {
	for name, below := range a {
		all = below.names(append(all, name))
	}
	return all
}

// entries counts the entries that are read besides the first.
func (a attributes) entries() (n int) {
	for _, below := range a {
		if len(below) > 0 {
			n += 1 + below.entries()
		}
	}
	return n
}

// example is a person who has it all.
func (a attributes) example() Person {
	p := Person{}
	for name, below := range a {
		if len(below) > 0 {
			p[name] = below.example()
		} else {
			p[name] = Values{"Example " + name}
		}
	}
	return p
}

// Person is an entry as a template sees it: attributes by their names in lower case, entries that are followed
// included. A person nobody knows is empty.
type Person map[string]any

// String is of a name that was followed: who it is.
func (p Person) String() string {
	for _, name := range []string{"cn", "displayname", "mail"} {
		if v, ok := p[name].(Values); ok && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// has tells whether somebody has an attribute.
func (p Person) has(at path) bool {
	v := p[at[0]]
	if below, ok := v.(Person); ok {
		if len(at) > 1 {
			return below.has(at[1:])
		}
		return len(below) > 0
	}
	values, ok := v.(Values)
	return ok && len(values) > 0 && len(at) == 1
}

// Values are those of one attribute. Shown, it is the first of them.
type Values []string

func (v Values) String() string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// tooFar says what of the paths would take too long to find.
func (a attributes) tooFar() error {
	if n := a.entries(); n > maxEntries {
		return fmt.Errorf("%d entries of the directory are followed, want %d at most", n, maxEntries)
	}
	return nil
}
