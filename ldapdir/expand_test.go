package ldapdir

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/address"
)

func names(es []*Entry, outside ...address.Address) string {
	var all []string
	for _, e := range es {
		all = append(all, e.Mail().Local())
	}
	for _, a := range outside {
		all = append(all, a.String())
	}
	return strings.Join(all, " ")
}

func dnOf(r Raw) string { return r.DN }

func TestExpand(t *testing.T) {
	a, b, c := person("a", "a@example.org"), person("b", "b@example.org"), person("c", "c@example.org")
	mute := Raw{DN: "uid=mute,ou=People,dc=example,dc=org", Attrs: map[string][]string{"objectClass": {"person"}}}
	inner := group("inner", dnOf(b), dnOf(a))
	outer := group("outer", dnOf(c), dnOf(inner), dnOf(a), "uid=nobody,dc=example,dc=org", dnOf(mute))
	loop1 := group("loop1", "CN=loop2,ou=groups,dc=example,dc=org", dnOf(a))
	loop2 := group("loop2", dnOf(loop1), dnOf(b))
	forward := Raw{DN: "cn=fwd,dc=example,dc=org", Attrs: map[string][]string{"objectClass": {"mailRecipient"}, "mail": {"fwd@example.org"},
		"mailForwardingAddress": {"b@example.org", "x@elsewhere.example", "fwd2@example.org", "nobody@example.org"}}}
	forward2 := Raw{DN: "cn=fwd2,dc=example,dc=org", Attrs: map[string][]string{"mail": {"fwd2@example.org"},
		"mailForwardingAddress": {"fwd@example.org", "x@elsewhere.example", "inner@example.org"}}}
	dynamic := Raw{DN: "cn=dyn,dc=example,dc=org", Attrs: map[string][]string{"objectClass": {"groupOfURLs"}, "mail": {"dyn@example.org"},
		"memberURL": {"ldap:///ou=People,dc=example,dc=org??sub?(uid=a)", "LDAP:///dc=example,dc=org?cn?sub?%28uid=c%29"}}}
	bad := Raw{DN: "cn=bad,dc=example,dc=org", Attrs: map[string][]string{"objectClass": {"groupOfURLs"}, "mail": {"bad@example.org"},
		"memberURL": {"ldap://evil.example/dc=x??sub?(uid=*)"}}}
	d := newBench(t, nil, a, b, c, mute, inner, outer, loop1, loop2, forward, forward2, dynamic, bad, group("empty"))
	for _, tt := range []struct {
		addr, want string
		err        error
	}{
		{"a@example.org", "a", nil},
		{"inner@example.org", "b a", nil},
		{"outer@example.org", "c b a", nil},
		{"loop1@example.org", "b a", nil},
		{"loop2@example.org", "a b", nil},
		{"fwd@example.org", "b a x@elsewhere.example nobody@example.org", nil},
		{"dyn@example.org", "a c", nil},
		{"empty@example.org", "", nil},
		{"bad@example.org", "", ErrMalformed},
	} {
		e, ok, err := d.Lookup(t.Context(), address.Must(tt.addr))
		if !ok || err != nil {
			t.Fatal(tt.addr, err)
		}
		found, outside, err := d.Expand(t.Context(), e)
		if got := names(found, outside...); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Expand(%s) = %q, %v; want %q, %v", tt.addr, got, err, tt.want, tt.err)
		}
	}
}

// TestBehind: whoever owns an address beside a group is behind it, too.
func TestBehind(t *testing.T) {
	a, b := person("a", "a@example.org"), person("b", "b@example.org")
	team, jo := group("team", dnOf(a)), person("jo", "jo@example.org")
	jo.Attrs["alias"] = []string{"team@example.org"}
	forward := Raw{DN: "cn=fwd,dc=example,dc=org", Attrs: map[string][]string{"objectClass": {"mailRecipient"}, "mail": {"fwd@example.org"},
		"mailForwardingAddress": {"b@example.org", "team+x@example.org", "x@elsewhere.example"}}}
	d := newBench(t, nil, a, b, team, jo, forward)
	for addr, want := range map[string]string{
		"a@example.org":      "a",
		"team@example.org":   "a jo",
		"team+x@example.org": "a jo",
		"fwd@example.org":    "b a jo x@elsewhere.example",
		"none@example.org":   "none@example.org",
		"x@elsewhere.test":   "x@elsewhere.test",
	} {
		found, outside, err := d.Behind(t.Context(), address.Must(addr))
		if got := names(found, outside...); got != want || err != nil {
			t.Errorf("Behind(%s) = %q, %v; want %q", addr, got, err, want)
		}
	}
	d.fake.set(down)
	if found, outside, err := d.Behind(t.Context(), "other@example.org"); !errors.Is(err, ErrUnavailable) || found != nil || outside != nil {
		t.Errorf("Behind = %s, %v, %v; want ErrUnavailable", names(found), outside, err)
	}
}

func TestExpandBounds(t *testing.T) {
	var raws []Raw
	var members []string
	for i := range 11 {
		p := person(fmt.Sprint("p", i), fmt.Sprintf("p%d@example.org", i))
		raws, members = append(raws, p), append(members, p.DN)
	}
	raws = append(raws, group("ten", members[:10]...), group("eleven", members...))
	for i := range 6 { // deep0 in deep1 in …
		raws = append(raws, group(fmt.Sprint("deep", i), fmt.Sprintf("cn=deep%d,ou=Groups,dc=example,dc=org", i-1)))
	}
	b := newBench(t, func(c *Config) { c.MaxMembers, c.MaxDepth = 10, 5 }, raws...)
	for addr, want := range map[address.Address]error{
		"ten@example.org": nil, "eleven@example.org": ErrTooMany, "deep4@example.org": nil, "deep5@example.org": ErrTooMany,
	} {
		e, _, err := b.Lookup(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		if found, _, err := b.Expand(t.Context(), e); !errors.Is(err, want) || err != nil && found != nil {
			t.Errorf("Expand(%s) = %s, %v; want %v", addr, names(found), err, want)
		}
	}
	before := b.fake.count()
	e, _, _ := b.Lookup(t.Context(), "eleven@example.org")
	b.Expand(t.Context(), e)
	if n := b.fake.count() - before; n > 1 {
		t.Errorf("%d members were asked for of a group known to be too big", n)
	}
}

// TestExpandDuringOutage: a group is never thought smaller than it is.
func TestExpandDuringOutage(t *testing.T) {
	a, z := person("a", "a@example.org"), person("z", "z@example.org")
	b := newBench(t, nil, a, z, group("g", a.DN, z.DN))
	e, _, _ := b.Lookup(t.Context(), "g@example.org")
	b.ByDN(t.Context(), a.DN)
	b.fake.set(down)
	if found, _, err := b.Expand(t.Context(), e); !errors.Is(err, ErrUnavailable) || found != nil {
		t.Errorf("Expand = %s, %v; want ErrUnavailable", names(found), err)
	}
}

func resource(cn string) Raw {
	return Raw{DN: "cn=" + cn + ",ou=Resources,dc=example,dc=org", Attrs: map[string][]string{
		"objectClass": {"kolabSharedFolder", "kolabResource"}, "mail": {cn + "@example.org"}, "kolabTargetFolder": {"shared/" + cn},
	}}
}

func collection(cn string, members ...string) Raw {
	r := group(cn, members...)
	r.DN = "cn=" + cn + ",ou=Resources,dc=example,dc=org"
	return r
}

func TestMembers(t *testing.T) {
	red, blue, car := resource("red"), resource("blue"), resource("car")
	rooms := collection("rooms", red.DN, blue.DN)
	all := collection("all", rooms.DN, car.DN, red.DN, "uid=doe,ou=People,dc=example,dc=org", "cn=all,ou=Resources,dc=example,dc=org")
	dyn := collection("dyn")
	dyn.Attrs["memberURL"] = []string{"ldap:///ou=Resources,dc=example,dc=org??one?(mail=car@example.org)"}
	b := newBench(t, nil, red, blue, car, rooms, all, dyn, person("doe", doe))
	for addr, want := range map[address.Address]string{
		"rooms@example.org": "red blue", "all@example.org": "red blue car", "dyn@example.org": "car",
	} {
		e, _, err := b.Lookup(t.Context(), addr)
		if err != nil || e.Kind != Collection {
			t.Fatalf("%s is a %s, %v", addr, e.Kind, err)
		}
		if found, err := b.Members(t.Context(), e); names(found) != want || err != nil {
			t.Errorf("Members(%s) = %q, %v; want %q", addr, names(found), err, want)
		}
		// To somebody who writes to it, a collection is one recipient.
		if found, _, err := b.Expand(t.Context(), e); len(found) != 1 || found[0] != e || err != nil {
			t.Errorf("Expand(%s) = %q, %v", addr, names(found), err)
		}
	}
}

func TestParseURL(t *testing.T) {
	for _, tt := range []struct {
		url  string
		want Query
		ok   bool
	}{
		{"ldap:///dc=x??sub?(uid=a)", Query{Base: "dc=x", Filter: "(uid=a)"}, true},
		{"ldap:///dc=x?mail,cn?one?(uid=a)", Query{Base: "dc=x", Scope: One, Filter: "(uid=a)"}, true},
		{"ldap:///o=a%2cb%20c??base", Query{}, false}, // "b c" is no RDN
		{"ldap:///ou=a%20b,dc=x", Query{Base: "ou=a b,dc=x", Scope: Base, Filter: everything}, true},
		{"ldap:///dc=x??sub?(cn=a%3fb)?x-ext=1", Query{Base: "dc=x", Filter: "(cn=a?b)"}, true},
		{"ldap:///dc=x??sub?(uid=a)?!x-ext", Query{}, false},
		{"ldap:///dc=x??sub?(uid=a", Query{}, false},
		{"ldap:///dc=x??deep?(uid=a)", Query{}, false},
		{"ldap://host/dc=x??sub?(uid=a)", Query{}, false},
		{"ldaps:///dc=x??sub?(uid=a)", Query{}, false},
		{"ldap:///dc=x%zz??sub?(uid=a)", Query{}, false},
		{"ldap:///nobase??sub?(uid=a)", Query{}, false},
		{"", Query{}, false},
	} {
		got, err := parseURL(tt.url)
		if checked := CheckURL(tt.url); (checked == nil) != (err == nil) {
			t.Errorf("CheckURL(%q) = %v; want %v", tt.url, checked, err)
		}
		if (err == nil) != tt.ok || tt.ok && (got.Base != tt.want.Base || got.Scope != tt.want.Scope || got.Filter != tt.want.Filter) {
			t.Errorf("parseURL(%q) = %+v, %v; want %+v, ok %v", tt.url, got, err, tt.want, tt.ok)
		}
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("parseURL(%q): %v is not ErrMalformed", tt.url, err)
		}
	}
}

func TestDomain(t *testing.T) {
	entry := Raw{DN: "associatedDomain=main.example,cn=config", Attrs: map[string][]string{
		"associatedDomain": {"alias.example", "Main.Example", "other.example", "b\u00fccher.example"}, "inetDomainBaseDN": {"dc=main,dc=example"},
	}}
	b := newBench(t, func(c *Config) {
		c.RelayDomains = []string{"Relay.Example."}
		c.DomainAliases = map[string]string{"example.net": "example.org", "found.example": "main.example"}
		c.DomainBases = map[string]string{"relay.example": "dc=relay"}
		c.DomainSearch = DomainSearch{Base: "cn=config"}
	}, entry)
	for _, tt := range []struct {
		ask, name, base, aliases string
		relay                    bool
	}{
		{"example.org", "example.org", "dc=example,dc=org", "example.net", false},
		{"EXAMPLE.NET", "example.org", "dc=example,dc=org", "example.net", false},
		{"relay.example", "relay.example", "dc=relay", "", true},
		{"main.example", "main.example", "dc=main,dc=example", "alias.example other.example xn--bcher-kva.example", false},
		{"alias.example", "main.example", "dc=main,dc=example", "alias.example other.example xn--bcher-kva.example", false},
		{"found.example", "main.example", "dc=main,dc=example", "alias.example other.example xn--bcher-kva.example", false},
		{"elsewhere.example", "", "", "", false},
		{"", "", "", "", false},
		{"not a domain", "", "", "", false},
	} {
		d, ok, err := b.Domain(t.Context(), tt.ask)
		if err != nil || ok != (tt.name != "") || d.Name != tt.name || d.Base != tt.base || strings.Join(d.Aliases, " ") != tt.aliases || d.Relay != tt.relay {
			t.Errorf("Domain(%q) = %+v, %v, %v; want %+v", tt.ask, d, ok, err, tt)
		}
	}
	b.Lookup(t.Context(), "x@alias.example")
	asked := slices.IndexFunc(b.fake.asked, func(q Query) bool {
		return q.Base == "dc=main,dc=example" && strings.Contains(q.Filter, "x@main.example")
	})
	if asked < 0 {
		t.Errorf("x@alias.example was not asked for in the main domain below its base: %+v", b.fake.asked)
	}
	b.fake.set(down)
	if _, ok, err := b.Domain(t.Context(), "third.example"); ok || !errors.Is(err, ErrUnavailable) {
		t.Errorf("a domain nobody could be asked about: %v, %v", ok, err)
	}
	if d, ok, err := b.Domain(t.Context(), "example.org"); !ok || err != nil || d.Name != "example.org" {
		t.Errorf("a configured domain needs no directory: %v, %v", ok, err)
	}
}
