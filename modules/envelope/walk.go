package envelope

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usher/address"
	"usher/ldapdir"
)

// walk looks for somebody in a value or a group.
type walk struct {
	ctx    context.Context
	g      *gatherer
	who    party
	dn     string // canonical, of the party
	answer *answer
	seen   map[string]bool // groups, by canonical name
	count  int             // members asked for
}

var errTooMany = fmt.Errorf("%w in a group", ldapdir.ErrTooMany)

func (w *walk) ask(q query) {
	if w.who.entry != nil {
		w.dn, _ = ldapdir.CanonicalDN(w.who.entry.DN)
	}
	switch q.kind {
	case askFound:
		w.answer.found, w.answer.err = w.search(q.a)
	case askNames:
		w.answer.found, w.answer.err = w.named(q.a)
	default:
		w.answer.found, w.answer.err = w.group(q.a)
	}
}

// group asks whether the party is in the group of this name.
func (w *walk) group(dn string) (bool, error) {
	e, ok, err := w.g.directory.ByDN(w.ctx, dn)
	if err != nil || !ok {
		return false, err
	}
	return w.within(e)
}

// within goes through a group and the groups in it, level by level, so that whoever is near the top is found
// without asking for everybody else.
func (w *walk) within(group *ldapdir.Entry) (bool, error) {
	level := []*ldapdir.Entry{group}
	for depth := 0; len(level) > 0; depth++ {
		if depth >= w.g.policy.Groups.MaxDepth {
			return false, fmt.Errorf("%w: nested deeper than %d", errTooMany, depth)
		}
		var members []string
		for _, e := range level {
			w.answer.dated(e)
			if w.names(e) {
				return true, nil
			}
			members = append(members, e.Members...)
		}
		if found, err := w.dynamic(level); found || err != nil {
			return found, err
		}
		var err error
		if level, err = w.groups(members, level); err != nil {
			return false, err
		}
	}
	return false, nil
}

// names tells whether a group lists the party itself: by name, by login, by address.
func (w *walk) names(e *ldapdir.Entry) bool {
	for _, dn := range e.Members {
		if w.dn != "" && w.same(dn) {
			return true
		}
	}
	for _, a := range e.Forwards {
		if a == w.who.address || w.who.entry != nil && has(w.who.entry, a) {
			return true
		}
	}
	for _, login := range values(e, w.g.policy.attrs.MemberLogins) {
		if w.logsIn(login) {
			return true
		}
	}
	return false
}

func (w *walk) same(dn string) bool {
	if dn == w.who.entry.DN {
		return true
	}
	canonical, ok := ldapdir.CanonicalDN(dn)
	return ok && canonical == w.dn
}

func (w *walk) logsIn(login string) bool {
	folded := ldapdir.Fold(login)
	return w.who.entry != nil && slices.ContainsFunc(w.who.entry.Logins, func(l string) bool { return ldapdir.Fold(l) == folded })
}

// dynamic asks the searches of dynamic groups.
func (w *walk) dynamic(groups []*ldapdir.Entry) (bool, error) {
	for _, e := range groups {
		for _, url := range e.Queries {
			if found, err := w.search(url); found || err != nil {
				return found, err
			}
		}
	}
	return false, nil
}

func (w *walk) search(url string) (bool, error) {
	entries, err := w.g.directory.Search(w.ctx, url)
	w.answer.dated(entries...)
	return w.who.entry != nil && slices.ContainsFunc(entries, func(e *ldapdir.Entry) bool { return w.same(e.DN) }), err
}

// groups are those among the members of a level, each once: cycles end here.
func (w *walk) groups(members []string, level []*ldapdir.Entry) ([]*ldapdir.Entry, error) {
	for _, e := range level {
		w.mark(e.DN)
	}
	members = slices.DeleteFunc(members, func(dn string) bool { return !w.mark(dn) })
	if w.count += len(members); w.count > w.g.policy.Groups.MaxMembers {
		return nil, fmt.Errorf("%w: more than %d", errTooMany, w.g.policy.Groups.MaxMembers)
	}
	entries, err := w.g.directory.ByDNs(w.ctx, members)
	if err != nil {
		return nil, err
	}
	var below []*ldapdir.Entry
	for _, e := range entries {
		if w.answer.dated(e); isGroup(e) {
			below = append(below, e)
		}
	}
	return below, nil
}

// mark notes a name; false: it was there already.
func (w *walk) mark(dn string) bool {
	if canonical, ok := ldapdir.CanonicalDN(dn); ok {
		dn = canonical
	}
	if w.seen[dn] {
		return false
	}
	w.seen[dn] = true
	return true
}

// named tells whether a value of a delegate attribute means the party: as a DN, an address or a login, or as a
// group it is in. Names are compared as names: cn=Smith\, Sue and cn=Smith\2C Sue are one.
func (w *walk) named(value string) (bool, error) {
	if w.who.entry == nil {
		return false, nil
	}
	value = strings.TrimSpace(value)
	if w.logsIn(value) {
		return true, nil
	}
	if a, err := address.Parse(value); err == nil && a != "" {
		return w.addressed(a)
	}
	if dn, ok := ldapdir.CanonicalDN(value); !ok || dn == "" || !strings.Contains(value, "=") {
		return false, nil
	}
	if w.same(value) {
		return true, nil
	}
	e, ok, err := w.g.directory.ByDN(w.ctx, value)
	if err != nil || !ok || !isGroup(e) {
		w.answer.dated(e)
		return false, err
	}
	return w.within(e)
}

func (w *walk) addressed(a address.Address) (bool, error) {
	if has(w.who.entry, a) {
		return true, nil
	}
	m, ok, err := w.g.directory.Resolve(w.ctx, a)
	if err != nil || !ok {
		return false, err
	}
	w.answer.dated(m.Owners...)
	for _, e := range m.Owners {
		if !isGroup(e) {
			if !m.Tagged && w.same(e.DN) { // under another name of the domain
				return true, nil
			}
			continue
		}
		if found, err := w.within(e); found || err != nil {
			return found, err
		}
	}
	return false, nil
}
