package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Lint collects what is wrong with entries as entries: whom they name and who is not there, groups within
// themselves. What their values mean to a module, the module knows.
type Lint struct {
	d        *Dir
	known    map[string]bool     // canonical names
	groups   map[string][]string // canonical name: canonical members
	spelled  map[string]string   // of groups
	by       map[string]string   // of groups: the attribute their members stand in
	pointers []pointer
}

// pointer is a value that names an entry, looked at when all are known.
type pointer struct {
	dn, attr, value, canonical string
}

// NewLint begins one.
func (d *Dir) NewLint() *Lint {
	return &Lint{d: d, known: map[string]bool{}, groups: map[string][]string{}, spelled: map[string]string{}, by: map[string]string{}}
}

// Entry looks at one entry; those of a directory may come in any order.
func (l *Lint) Entry(ctx context.Context, e *Entry) ([]Finding, error) {
	dn, ok := CanonicalDN(e.DN)
	if !ok {
		return []Finding{{DN: e.DN, Attr: "dn", Text: "cannot be read as a name"}}, nil
	}
	l.known[dn] = true
	schema := l.d.holding(dn).mapping.Schema
	var found []Finding
	for _, attr := range schema.Delegates {
		for _, value := range e.Attrs[strings.ToLower(attr)] {
			there, err := Named(ctx, l.d, value)
			if errors.Is(err, ErrAmbiguous) {
				found = append(found, Finding{DN: e.DN, Attr: attr, Value: value, Text: "several entries have this login, so it means none of them", Right: "the name (DN) of the one who is meant"})
			} else if err != nil {
				return found, err
			} else if !there {
				found = append(found, Finding{DN: e.DN, Attr: attr, Value: value, Text: "nobody has this name, login or address: it grants nothing", Right: "the name (DN), login or address of somebody who is there"})
			}
		}
	}
	for _, attr := range schema.MemberURLs {
		for _, value := range e.Attrs[strings.ToLower(attr)] {
			if err := CheckURL(value); err != nil {
				found = append(found, Finding{DN: e.DN, Attr: attr, Value: value, Text: err.Error(), Right: "ldap:///BASE??sub?(FILTER)"})
			}
		}
	}
	l.point(e, dn, schema.Members, e.Kind == Group || e.Kind == Collection)
	l.point(e, dn, schema.Owners, false)
	return found, nil
}

// point notes names of other entries; members make a graph.
func (l *Lint) point(e *Entry, dn string, attrs []string, graph bool) {
	for _, attr := range attrs {
		for _, value := range e.Attrs[strings.ToLower(attr)] {
			canonical, ok := CanonicalDN(value)
			if !ok {
				canonical = ""
			}
			l.pointers = append(l.pointers, pointer{e.DN, attr, value, canonical})
			if graph && ok {
				l.groups[dn] = append(l.groups[dn], canonical)
				l.spelled[dn], l.by[dn] = e.DN, attr
			}
		}
	}
}

// End gives what can be said when every entry was seen.
func (l *Lint) End(ctx context.Context) ([]Finding, error) {
	var found []Finding
	for _, p := range l.pointers {
		there := l.known[p.canonical]
		if !there && p.canonical != "" { // it may lie elsewhere
			var err error
			if _, there, err = l.d.ByDN(ctx, p.value); err != nil {
				return found, err
			}
		}
		switch {
		case p.canonical == "":
			found = append(found, Finding{DN: p.dn, Attr: p.attr, Value: p.value, Text: "cannot be read as a name (DN)"})
		case !there:
			found = append(found, Finding{DN: p.dn, Attr: p.attr, Value: p.value, Text: "is not there, or about to be deleted", Right: "without this value", Hint: true})
		}
	}
	return append(found, l.cycles()...), nil
}

// cycles finds groups that are members of themselves, each circle once.
func (l *Lint) cycles() (found []Finding) {
	names := make([]string, 0, len(l.groups))
	for dn := range l.groups {
		names = append(names, dn)
	}
	slices.Sort(names)
	state := map[string]int{} // 1: on the path, 2: done
	for _, start := range names {
		if state[start] == 0 {
			found = append(found, l.circles(start, state)...)
		}
	}
	return found
}

// step is a group on the path and how many of its members were looked at.
type step struct {
	dn   string
	next int
}

// circles walks from one group without recursion: a directory may nest as deep as it likes.
func (l *Lint) circles(start string, state map[string]int) (found []Finding) {
	path := []step{{start, 0}}
	state[start] = 1
	for len(path) > 0 {
		top := &path[len(path)-1]
		members := l.groups[top.dn]
		if top.next == len(members) {
			state[top.dn] = 2
			path = path[:len(path)-1]
			continue
		}
		member := members[top.next]
		top.next++
		switch {
		case l.groups[member] == nil:
		case state[member] == 0:
			state[member] = 1
			path = append(path, step{member, 0})
		case state[member] == 1:
			found = append(found, l.circle(path, member))
		}
	}
	return found
}

func (l *Lint) circle(path []step, back string) Finding {
	from := slices.IndexFunc(path, func(s step) bool { return s.dn == back })
	var names []string
	for _, s := range path[from:] {
		names = append(names, l.spelled[s.dn])
	}
	last := path[len(path)-1].dn
	return Finding{DN: l.spelled[last], Attr: l.by[last], Value: l.spelled[back], Right: "without this value",
		Text: fmt.Sprintf("the group is a member of itself: %s", strings.Join(append(names, l.spelled[back]), " > "))}
}
