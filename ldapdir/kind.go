package ldapdir

import (
	"slices"
	"strings"
)

// classKinds lists the classes in the order in which they decide: an entry that is a resource and also a
// folder (as Kolab's are) is a resource.
func classKinds(k Kinds) []classKind {
	var all []classKind
	add := func(kind Kind, classes []string) {
		for _, c := range classes {
			all = append(all, classKind{c, kind})
		}
	}
	add(Collection, k.Collection)
	add(Resource, k.Resource)
	add(Group, k.Group)
	add(Folder, k.Folder)
	add(Forward, k.Forward)
	add(Person, k.Person)
	return all
}

// kind decides what an entry is: by its classes, and by where it lies. Below a resource base a folder or
// person is a resource and a group a collection; a group elsewhere whose members all lie below one is a
// collection too. Entries of no known class go by what they hold.
func (m *mapping) kind(e *Entry) Kind {
	placed := m.bookable(e.DN)
	switch kind := m.byClass(e); {
	case kind == Group && (placed || m.holdsResources(e)):
		return Collection
	case placed && (kind == Folder || kind == Person || kind == "" && len(e.Addresses) > 0):
		return Resource
	case kind != "":
		return kind
	case len(e.Members)+len(e.Queries) > 0:
		return Group
	case len(e.Forwards) > 0:
		return Forward
	}
	return Person
}

func (m *mapping) byClass(e *Entry) Kind {
	classes := e.Attrs["objectclass"]
	for _, c := range m.classes {
		if slices.ContainsFunc(classes, func(have string) bool { return strings.EqualFold(have, c.class) }) {
			return c.kind
		}
	}
	return ""
}

func (m *mapping) holdsResources(e *Entry) bool {
	for _, dn := range e.Members {
		if !m.bookable(dn) {
			return false
		}
	}
	for _, u := range e.Queries {
		q, err := parseURL(u)
		if err != nil || !m.bookable(q.Base) {
			return false
		}
	}
	return len(e.Members)+len(e.Queries) > 0
}

// bookable tells whether a name is or lies below a resource base. A relative one, such as ou=Resources,
// counts wherever it stands: each domain may have its own.
func (m *mapping) bookable(dn string) bool {
	canonical, ok := CanonicalDN(dn)
	if !ok {
		return false
	}
	return slices.ContainsFunc(m.bases, func(base string) bool {
		return strings.Contains(","+canonical+",", ","+base+",")
	})
}
