package ldapdir

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unique"

	"usher/address"
)

// mapping makes entries of what a backend found.
type mapping struct {
	Schema
	attrs   []string // to ask for
	prefix  map[string]string
	classes []classKind
	bases   []string // canonical resource bases
}

type classKind struct {
	class string
	kind  Kind
}

func newMapping(s Schema) *mapping {
	m := &mapping{Schema: s, attrs: s.Attrs(), prefix: make(map[string]string)}
	for attr, prefix := range s.AddressPrefix {
		m.prefix[strings.ToLower(attr)] = prefix
	}
	for _, base := range s.ResourceBases {
		if dn, ok := CanonicalDN(base); ok && dn != "" {
			m.bases = append(m.bases, dn)
		}
	}
	m.classes = classKinds(s.Kinds)
	return m
}

// Entry makes an entry of what a backend found, as a Dir with this schema would; nil is one about to be deleted.
func (s Schema) Entry(raw Raw, now time.Time) *Entry { return newMapping(s).entry(raw, now) }

// entry maps one entry; nil is one that is about to be deleted, which is as good as gone.
func (m *mapping) entry(raw Raw, now time.Time) *Entry {
	e := &Entry{DN: raw.DN, Attrs: pack(raw.Attrs), Fetched: now}
	for _, flag := range m.values(e, m.Deleted) {
		if !strings.EqualFold(flag, "FALSE") {
			return nil
		}
	}
	if names := m.values(e, m.Names); len(names) > 0 {
		e.Name = names[0]
	}
	e.Addresses = m.addresses(e)
	e.Logins = m.values(e, m.Logins)
	e.Members = m.values(e, m.Members)
	e.Queries = m.values(e, m.MemberURLs)
	e.Forwards = parseAll(m.values(e, m.Forwards))
	e.Owners = m.values(e, m.Owners)
	e.Delegates = m.values(e, m.Delegates)
	e.Policies = m.values(e, m.Policies)
	if languages := m.values(e, m.Languages); len(languages) > 0 {
		e.Language = languages[0]
	}
	e.Kind = m.kind(e)
	e.Calendar = m.calendar(e)
	return e
}

func (m *mapping) calendar(e *Entry) string {
	if calendars := m.values(e, m.Calendars); len(calendars) > 0 {
		return calendars[0]
	}
	if e.Kind != Resource || e.Mail() == "" {
		return ""
	}
	return strings.ReplaceAll(m.CalendarName, "%s", e.Mail().String())
}

// values are those of several attributes, in the order of the attributes. The slice of a single attribute
// is shared with Attrs: a hundred thousand entries are kept in memory.
func (m *mapping) values(e *Entry, attrs []string) []string {
	var all []string
	for _, attr := range attrs {
		values := e.Attrs[strings.ToLower(attr)]
		if all == nil {
			all = values
		} else if len(values) > 0 {
			all = slices.Concat(all, values)
		}
	}
	return slices.Clip(all)
}

// addresses reads the addresses. Values that are none, such as X500: and sip: in proxyAddresses, are left out.
func (m *mapping) addresses(e *Entry) []address.Address {
	var all []address.Address
	for _, attr := range m.Addresses {
		prefix := m.prefix[strings.ToLower(attr)]
		for _, value := range e.Attrs[strings.ToLower(attr)] {
			rest, ok := cutPrefixFold(value, prefix)
			a := parse(rest)
			if !ok || a == "" || slices.Contains(all, a) {
				continue
			}
			if primary := strings.ToUpper(prefix); prefix != "" && strings.HasPrefix(value, primary) {
				all = slices.Insert(all, 0, a)
			} else {
				all = append(all, a)
			}
		}
	}
	return slices.Clip(all)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func parseAll(values []string) []address.Address {
	var all []address.Address
	for _, v := range values {
		if a := parse(v); a != "" && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// parse reads an address and shares the bytes of the value where it is canonical already.
func parse(value string) address.Address {
	a, err := address.Parse(value)
	if err != nil {
		return ""
	}
	if string(a) == value {
		return address.Address(value)
	}
	return a
}

// pack copies attributes into one block of text with shared names: an entry is kept for long, and what the
// backend read it from is not.
func pack(attrs map[string][]string) map[string][]string {
	names := slices.Sorted(maps.Keys(attrs))
	var text strings.Builder
	count := 0
	for _, name := range names {
		count += len(attrs[name])
		for _, v := range attrs[name] {
			text.WriteString(v)
		}
	}
	rest, values := strings.Clone(text.String()), make([]string, 0, count) // Clone: without the builder's slack
	packed := make(map[string][]string, len(names))
	for _, name := range names {
		start := len(values)
		for _, v := range attrs[name] {
			values = append(values, rest[:len(v)])
			rest = rest[len(v):]
		}
		mine := values[start:len(values):len(values)]
		if other := packed[intern(name)]; other != nil { // the same name in another spelling
			mine = slices.Concat(other, mine)
		}
		packed[intern(name)] = mine
	}
	return packed
}

// intern gives all entries the same copy of a name.
func intern(name string) string { return unique.Make(strings.ToLower(name)).Value() }
