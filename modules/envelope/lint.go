package envelope

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
)

// Lint tells what is wrong with the policy on an entry, and which rules of a Kolab server mean something else here.
func (m *module) Lint(ctx context.Context, e *ldapdir.Entry) ([]ldapdir.Finding, error) {
	l := &linter{ctx: ctx, module: m, e: e}
	l.rules(m.policy.attrs.SenderRules)
	l.rules(m.policy.attrs.RecipientRules)
	for _, attrs := range [][]string{m.policy.attrs.SendAs, m.policy.attrs.Moderators, m.policy.attrs.SkipModeration} {
		l.people(attrs)
	}
	l.delegates()
	l.patterns()
	l.modes()
	l.moderation()
	l.numbers()
	return l.found, l.err
}

// linter looks at one entry.
type linter struct {
	*module
	ctx   context.Context
	e     *ldapdir.Entry
	found []ldapdir.Finding
	err   error // the directory did not answer: nothing more is said
}

func (l *linter) say(f ldapdir.Finding) {
	f.DN, f.Attr = l.e.DN, spelled(f.Attr)
	l.found = append(l.found, f)
}

// spelled is an attribute as the presets write it.
func spelled(attr string) string {
	for _, preset := range presets {
		for _, list := range preset.lists() {
			for _, name := range *list {
				if name = strings.TrimPrefix(name, "-"); strings.EqualFold(name, attr) {
					return name
				}
			}
		}
	}
	return attr
}

// rules reads the lists on an entry as decisions do; each attribute with what is said of it as a whole.
func (l *linter) rules(attrs []string) {
	all := ruleTexts(l.e, attrs)
	if len(all) > maxRules {
		l.say(ldapdir.Finding{Attr: attrs[0], Text: fmt.Sprintf("has more than %d rules: the whole list is malformed, and mail it is about is deferred", maxRules)})
		return
	}
	kolab, denies, broken := "", false, false
	for _, attr := range attrs {
		for _, text := range ruleTexts(l.e, []string{attr}) {
			r, err := parseRule(text)
			name := strings.TrimPrefix(attr, "-")
			if err != nil {
				broken = true
				l.say(ldapdir.Finding{Attr: name, Value: text, Text: "malformed: " + err.Error() + "; all mail this list is about is deferred (policy.malformed)"})
				continue
			}
			denies = denies || r.deny
			l.meant(name, r)
			if strings.HasPrefix(name, "kolaballowsmtp") {
				kolab = name
				l.differs(name, r)
			}
		}
	}
	if kolab != "" && !denies && !broken && !l.policy.KolabCompatOpenAllowlist {
		l.say(ldapdir.Finding{Attr: kolab, Hint: true, Text: "a list of allow rules alone lets nobody else pass; on a Kolab server it restricts nobody",
			Right: "without the list if it is to restrict nobody; kolab_compat_open_allowlist: true keeps the old meaning everywhere"})
	}
}

// meant looks whether whom a rule names is there.
func (l *linter) meant(attr string, r rule) {
	switch r.kind {
	case named:
		if _, there := l.entry(r.value); !there {
			l.say(ldapdir.Finding{Attr: attr, Value: r.text, Text: "names what is not in the directory: the rule matches nobody", Right: "without this rule, or the name as it is now"})
		}
	case mailbox:
		if !l.owned(address.Address(r.value)) {
			l.say(ldapdir.Finding{Attr: attr, Value: r.text, Text: "nobody has this address of ours", Right: "without this rule", Hint: true})
		}
	}
}

func (l *linter) entry(dn string) (*ldapdir.Entry, bool) {
	if l.err != nil {
		return nil, true
	}
	e, ok, err := l.directory.ByDN(l.ctx, dn)
	l.err = err
	return e, ok || err != nil
}

// owned: addresses outside our domains are anybody's.
func (l *linter) owned(a address.Address) bool {
	if l.err != nil {
		return true
	}
	_, ours, err := l.directory.Domain(l.ctx, a.Domain())
	if err != nil || !ours {
		l.err = err
		return true
	}
	_, ok, err := l.directory.Resolve(l.ctx, a)
	l.err = err
	return ok || err != nil
}

// differs names the rules that mean something else than on the server they were written for, which compares the
// ends of texts.
func (l *linter) differs(attr string, r rule) {
	hint := func(text, right string) {
		l.say(ldapdir.Finding{Attr: attr, Value: r.text, Text: text, Right: right, Hint: true})
	}
	minus := ""
	if r.deny {
		minus = "-"
	}
	switch r.kind {
	case domain:
		hint(fmt.Sprintf("is %s alone; on a Kolab server also sub.%s and not%s", r.value, r.value, r.value), minus+"."+r.value+" if what is below it is meant, too")
	case ours:
		if r.deny {
			hint("denies all of our domains; on a Kolab server it had no effect", "")
		}
	case localPart:
		hint("is "+r.value+" in every domain; on a Kolab server it had no effect", "")
	case named:
		if e, ok := l.entry(r.value); ok && isGroup(e) {
			hint("is the members of this group; on a Kolab server a name is that entry, or what lies below it", "")
		}
	}
}

// people looks whether values that mean somebody do.
func (l *linter) people(attrs []string) {
	for _, attr := range attrs {
		for _, value := range attrOf(l.e, attr) {
			if l.err != nil {
				return
			}
			there, err := ldapdir.Named(l.ctx, l.directory, value)
			if errors.Is(err, ldapdir.ErrAmbiguous) { // means nobody, as at a login
				err = nil
			}
			if l.err = err; err == nil && !there {
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "nobody has this name, login or address: it grants nothing", Right: "the name (DN), login or address of somebody who is there"})
			}
		}
	}
}

// delegates of a Kolab server are the texts of names. Whoever else is meant gets rights here that he did not have
// there; values that mean nobody are the directory's affair.
func (l *linter) delegates() {
	for _, value := range l.e.Attrs["kolabdelegate"] {
		text := ""
		switch e, there := l.entry(value); {
		case !strings.Contains(value, "="):
			if known, err := ldapdir.Named(l.ctx, l.directory, value); err == nil && known {
				text = "is whoever has this login or address; on a Kolab server it granted nothing"
			}
		case !there || e == nil:
		case isGroup(e):
			text = "is the members of this group; on a Kolab server it granted them nothing"
		case e.DN != value:
			text = "is " + e.DN + " in another spelling; on a Kolab server it granted nothing"
		}
		if text != "" {
			l.say(ldapdir.Finding{Attr: "kolabDelegate", Value: value, Text: text, Right: "without this value if it is to grant nothing", Hint: true})
		}
	}
}

func (l *linter) patterns() {
	for _, attr := range l.policy.attrs.Patterns {
		for _, value := range attrOf(l.e, attr) {
			if _, ok := sender(value); !ok {
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "malformed: it grants nothing", Right: "an address or @domain"})
			}
		}
	}
}

// modes are read value by value: one malformed value spoils them all.
func (l *linter) modes() {
	for _, attr := range l.policy.attrs.Posting {
		for _, value := range attrOf(l.e, attr) {
			word, rest, single := strings.Cut(strings.TrimSpace(value), " ")
			_, known := modeWord(word)
			a, err := address.Parse(rest)
			switch {
			case !known:
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "no posting mode: all mail to the entry is deferred (policy.malformed)", Right: "public, internal, members or moderated"})
			case single && err != nil:
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "what follows the mode is no address: all mail to the entry is deferred (policy.malformed)", Right: "internal list@example.org"})
			case single && !l.has(a):
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "is for an address the entry does not have", Hint: true})
			}
		}
	}
}

// has tells whether the entry has an address, if only under another name of its domain.
func (l *linter) has(a address.Address) bool {
	if has(l.e, a) || l.err != nil {
		return true
	}
	m, _, err := l.directory.Resolve(l.ctx, a)
	l.err = err
	return err != nil || !m.Tagged && owns(m, l.e)
}

// moderation needs somebody to do it.
func (l *linter) moderation() {
	if l.err != nil || !l.policy.mayWait(filter.Recipient{Entry: l.e}) {
		return
	}
	f := newFacts()
	there := no
	l.err = l.gather(l.ctx, f, time.Time{}, func() {
		f.restart()
		_, there = l.policy.moderators(f, l.e)
	})
	if l.err == nil {
		l.err = f.cause
	}
	if l.err == nil && there == no {
		l.say(ldapdir.Finding{Attr: l.policy.attrs.Posting[0], Value: "moderated", Text: "nobody who could moderate is named: mail that has to wait is deferred (moderation.unavailable)",
			Right: fmt.Sprintf("somebody with an address under %s, or another mode", strings.Join(spelledAll(l.policy.attrs.Moderators), ", "))})
	}
}

func spelledAll(attrs []string) (all []string) {
	for _, attr := range attrs {
		all = append(all, spelled(attr))
	}
	return all
}

func (l *linter) numbers() {
	for _, attr := range slices.Concat(l.policy.attrs.RcptPerMessage, l.policy.attrs.RcptPerHour, l.policy.attrs.RcptPerDay, l.policy.attrs.Size) {
		for _, value := range attrOf(l.e, attr) {
			if _, ok := limitOf(value); !ok {
				l.say(ldapdir.Finding{Attr: attr, Value: value, Text: "no number: it sets no limit", Right: "0 (no limit) or more"})
			}
		}
	}
}
