package ldapdir

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/address"
)

func mappingOf(preset string, change func(*Schema)) *mapping {
	var s Schema
	if change != nil {
		change(&s)
	}
	return newMapping(s.over(presets[preset]))
}

func TestEntry(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	e := mappingOf("kolab", func(s *Schema) { s.Extra = []string{"mobile"} }).entry(Raw{DN: "uid=doe,ou=People,dc=x", Attrs: map[string][]string{
		"objectClass": {"top", "InetOrgPerson"}, "UID": {"doe"}, "cn": {"John Doe"}, "Mail": {"John.Doe@Example.org", "not an address", "john.doe@example.org"},
		"alias": {"doe@example.org", ""}, "kolabDelegate": {"uid=smith,dc=x", "meier"}, "OWNER": {"uid=a,dc=x"}, "mobile": {"1"},
		"kolabInvitationPolicy": {"ACT_ACCEPT:example.org", "ACT_MANUAL"}, "preferredLanguage": {"de"}, "mailForwardingAddress": {"x@y.example"},
	}}, now)
	want := &Entry{
		DN: "uid=doe,ou=People,dc=x", Kind: Person, Name: "John Doe", Addresses: []address.Address{"john.doe@example.org", "doe@example.org"},
		Logins: []string{"doe", "John.Doe@Example.org", "not an address", "john.doe@example.org"}, Forwards: []address.Address{"x@y.example"},
		Owners: []string{"uid=a,dc=x"}, Delegates: []string{"uid=smith,dc=x", "meier"}, Policies: []string{"ACT_ACCEPT:example.org", "ACT_MANUAL"},
		Language: "de", Fetched: now, Attrs: e.Attrs,
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
	if e.Attr("Mobile") != "1" || e.Attr("CN") != "John Doe" || len(e.Attrs["mail"]) != 3 || len(e.Attrs) != 11 {
		t.Errorf("attributes %v", e.Attrs)
	}
}

func TestProxyAddresses(t *testing.T) {
	m := mappingOf("plain", func(s *Schema) { s.Addresses = []string{"mail", "ProxyAddresses"} })
	e := m.entry(Raw{DN: "cn=a", Attrs: map[string][]string{
		"mail": {"old@example.org"}, "proxyAddresses": {"smtp:a@example.org", "SMTP:Main@example.org", "X500:/o=Example", "sip:a@example.org", "b@example.org"},
	}}, time.Time{})
	if got := fmt.Sprint(e.Addresses); got != "[main@example.org old@example.org a@example.org]" {
		t.Errorf("addresses %s", got)
	}
	if got := fill(m.AddressFilter, "a@b"); got != "(|(mail=a@b)(ProxyAddresses=smtp:a@b))" {
		t.Errorf("filter %s", got)
	}
}

func TestActiveDirectory(t *testing.T) {
	m := mappingOf("ad", func(s *Schema) { s.Wanted = []string{"authOrig", "mail"} })
	e := m.entry(Raw{DN: "CN=Doe,OU=Staff,DC=x", Attrs: map[string][]string{
		"objectClass": {"top", "person", "user"}, "sAMAccountName": {"doe"}, "mail": {"doe@example.org"},
		"proxyAddresses": {"SMTP:doe@example.org", "smtp:john@example.org"}, "publicDelegates": {"CN=Meier,OU=Staff,DC=x"},
	}}, time.Time{})
	if got := fmt.Sprint(e.Kind, e.Addresses, e.Logins, e.Delegates); got != "person[doe@example.org john@example.org] [doe doe@example.org] [CN=Meier,OU=Staff,DC=x]" {
		t.Errorf("entry %s", got)
	}
	asked := strings.Join(m.attrs, " ")
	if !strings.Contains(asked, "publicDelegates") || !strings.HasSuffix(asked, " authOrig") || strings.Count(asked, "mail") != 1 {
		t.Errorf("asks for %s", asked)
	}
}

func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		preset, dn, classes, more string
		want                      Kind
		calendar                  string
	}{
		{"kolab", "uid=a,ou=People,dc=x", "inetOrgPerson", "", Person, ""},
		{"kolab", "cn=r,ou=Resources,dc=x", "top device kolabSharedFolder kolabResource", "kolabTargetFolder=shared/R", Resource, "shared/R"},
		{"kolab", "cn=r,ou=Elsewhere,dc=x", "kolabSharedFolder KOLABRESOURCE", "", Resource, ""},
		{"kolab", "cn=r,ou=Rooms,OU=resources, dc=x", "kolabSharedFolder", "", Resource, ""},
		{"kolab", "cn=f,ou=Shared Folders,dc=x", "kolabSharedFolder", "", Folder, ""},
		{"kolab", "cn=g,ou=Groups,dc=x", "groupOfUniqueNames", "uniqueMember=uid=a,ou=People,dc=x", Group, ""},
		{"kolab", "cn=g,ou=Groups,dc=x", "groupOfUniqueNames", "", Group, ""},
		{"kolab", "cn=c,ou=Resources,dc=x", "groupOfUniqueNames", "uniqueMember=uid=a,ou=People,dc=x", Collection, ""},
		{"kolab", "cn=c,ou=Groups,dc=x", "groupOfUniqueNames", "uniqueMember=cn=r,ou=Resources,dc=x", Collection, ""},
		{"kolab", "cn=c,ou=Groups,dc=x", "groupOfUniqueNames", "uniqueMember=cn=r,ou=Resources,dc=x|uid=a,ou=People,dc=x", Group, ""},
		{"kolab", "cn=c,ou=Groups,dc=x", "groupOfURLs", "memberURL=ldap:///ou=Resources,dc=x??sub?(cn=*)", Collection, ""},
		{"kolab", "cn=c,ou=Groups,dc=x", "groupOfURLs", "memberURL=ldap:///dc=x??sub?(cn=*)", Group, ""},
		{"kolab", "cn=n,ou=NotResources,dc=x", "kolabSharedFolder", "", Folder, ""},
		{"kolab", "cn=i,dc=x", "mailRecipient", "mailForwardingAddress=a@y.example", Forward, ""},
		{"kolab", "cn=i,dc=x", "posixAccount", "", Person, ""},
		{"kolab", "cn=i,dc=x", "odd", "member=cn=a,dc=x", Group, ""},
		{"plain", "cn=r,dc=x", "room", "", Resource, "a@example.org"},
		{"plain", "uid=r,ou=Resources,dc=x", "inetOrgPerson", "", Resource, "a@example.org"},
		{"plain", "uid=r,ou=Resources,dc=x", "device", "", Resource, "a@example.org"},
		{"plain", "ou=Resources,dc=x", "groupOfNames", "", Collection, ""},
		{"plain", "uid=r,ou=People,dc=x", "inetOrgPerson", "", Person, ""},
	} {
		raw := Raw{DN: tt.dn, Attrs: map[string][]string{"objectClass": strings.Fields(tt.classes), "mail": {"a@example.org"}}}
		if name, values, ok := strings.Cut(tt.more, "="); ok {
			raw.Attrs[name] = strings.Split(values, "|")
		}
		if e := mappingOf(tt.preset, nil).entry(raw, time.Time{}); e.Kind != tt.want || e.Calendar != tt.calendar {
			t.Errorf("%s %s %s %s is a %s with calendar %q; want %s with %q", tt.preset, tt.dn, tt.classes, tt.more, e.Kind, e.Calendar, tt.want, tt.calendar)
		}
	}
	own := mappingOf("kolab", func(s *Schema) {
		s.Kinds.Collection, s.Kinds.Resource, s.ResourceBases = []string{"pool"}, []string{}, []string{}
	})
	for classes, want := range map[string]Kind{"groupOfNames Pool": Collection, "kolabResource kolabSharedFolder": Folder} {
		if e := own.entry(Raw{DN: "cn=x,ou=Resources,dc=x", Attrs: map[string][]string{"objectClass": strings.Fields(classes)}}, time.Time{}); e.Kind != want {
			t.Errorf("%s is a %s; want %s", classes, e.Kind, want)
		}
	}
}

// TestMemory: a hundred thousand people in the cache stay below 256 MiB.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills memory")
	}
	const n = 20_000
	b := newBench(t, nil)
	b.fake.answers = func(q Query) ([]Raw, error) {
		uid := strings.TrimSuffix(strings.TrimPrefix(q.Filter, "(|(mail="), "@example.org)")
		uid, _, _ = strings.Cut(uid, "@")
		p := person(uid, uid+"@example.org", "first.last."+uid+"@example.org", "short"+uid+"@example.org")
		for name, value := range map[string]string{
			"cn": "First Last " + uid, "displayName": "First Last " + uid, "preferredLanguage": "en", "mailHost": "imap.example.org",
			"kolabDelegate": "uid=delegate" + uid + ",ou=People,dc=example,dc=org", "kolabInvitationPolicy": "ACT_ACCEPT_IF_NO_CONFLICT:example.org",
		} {
			p.Attrs[name] = []string{value}
		}
		return []Raw{p}, nil
	}
	before := heap()
	for i := range n {
		if _, ok, err := b.Lookup(t.Context(), address.Address(fmt.Sprintf("u%06d@example.org", i))); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	b.fake.asked = nil
	each := (heap() - before) / n
	t.Logf("%d bytes for each entry", each)
	if each*100_000 > 256<<20 || b.Stats().Cached != n {
		t.Errorf("%d entries take %d bytes each", b.Stats().Cached, each)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkLookup(b *testing.B) {
	d := newBench(b, nil, person("doe", "doe@example.org"))
	for b.Loop() {
		if _, ok, err := d.Lookup(b.Context(), "doe@example.org"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
