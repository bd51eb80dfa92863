package resource

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usher/ldapdir"
)

// Concerned tells whether an entry is to be looked at together with others.
func (m *module) Concerned(e *ldapdir.Entry) bool {
	return e.Kind == ldapdir.Resource && e.Calendar != ""
}

// LintTogether finds resources that share a folder, and rules in usher.yaml for what is not there.
func (m *module) LintTogether(ctx context.Context, resources []*ldapdir.Entry) ([]ldapdir.Finding, error) {
	found := lintFolders(resources)
	for _, a := range slices.Sorted(maps.Keys(m.given)) {
		e, ok, err := m.directory.Lookup(ctx, a)
		if err != nil {
			return found, fmt.Errorf("whose is %s: %w", a, err)
		}
		l := m.given[a]
		say := func(f ldapdir.Finding) { f.DN = l.place; found = append(found, f) }
		switch {
		case !ok:
			say(ldapdir.Finding{Attr: "resources", Text: "nothing has this address: the rules count for nothing"})
		case !isResource(e):
			say(ldapdir.Finding{Attr: "resources", Text: fmt.Sprintf("this is the address of a %s and not of a resource: the rules count for nothing", e.Kind)})
		}
		unknown, err := m.lintPeople(ctx, l)
		for _, f := range unknown {
			f.Attr, f.Value, _ = strings.Cut(f.Value, "=")
			say(f)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// lintFolders finds resources that share a folder: a booking of one is in the way of the other, and the mail about
// one may find the event of the other.
func lintFolders(resources []*ldapdir.Entry) (found []ldapdir.Finding) {
	by := map[string]*ldapdir.Entry{}
	slices.SortFunc(resources, func(a, b *ldapdir.Entry) int { return strings.Compare(a.DN, b.DN) })
	for _, e := range resources {
		if other := by[e.Calendar]; other != nil {
			found = append(found, ldapdir.Finding{DN: e.DN, Attr: "kolabTargetFolder", Value: e.Calendar,
				Text: "is the folder of " + other.DN + ", too: a booking of one is one of the other", Right: "a folder for each"})
			continue
		}
		by[e.Calendar] = e
	}
	return found
}
