package resource

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/address"
	"usher/itip"
	"usher/itip/calendar"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/filter"
)

// hotel: a suite in a wing in a house, and people who keep it.
const hotel = `
dn: uid=ann,ou=People,dc=example,dc=org
objectClass: inetOrgPerson
cn: Ann
mail: ann@example.org
alias: a@example.org

dn: uid=bob,ou=People,dc=example,dc=org
objectClass: inetOrgPerson
cn: Bob
mail: bob@example.org

dn: cn=desk,ou=Groups,dc=example,dc=org
objectClass: groupOfUniqueNames
cn: desk
mail: desk@example.org
uniqueMember: uid=bob,ou=People,dc=example,dc=org
uniqueMember: uid=ann,ou=People,dc=example,dc=org

dn: cn=Suite,ou=Resources,dc=example,dc=org
objectClass: kolabResource
objectClass: kolabSharedFolder
cn: Suite
mail: suite@example.org
alias: best@example.org
kolabTargetFolder: shared/Suite@example.org
kolabDescAttribute: capacity=4
kolabDescAttribute: beamer
kolabDescAttribute: chairs=leather
roomSize: 5

dn: cn=Wing,ou=Resources,dc=example,dc=org
objectClass: groupOfUniqueNames
cn: Wing
mail: wing@example.org
owner: uid=bob,ou=People,dc=example,dc=org
kolabDescAttribute: capacity=2
kolabDescAttribute: Max-Duration=2h
kolabDescAttribute: location=west
uniqueMember: cn=Suite,ou=Resources,dc=example,dc=org
uniqueMember: cn=Broken,ou=Resources,dc=example,dc=org

dn: cn=House,ou=Resources,dc=example,dc=org
objectClass: groupOfUniqueNames
cn: House
mail: house@example.org
owner: uid=ann,ou=People,dc=example,dc=org
kolabInvitationPolicy: ACT_ACCEPT_AND_NOTIFY
kolabDescAttribute: max_duration=8h
kolabDescAttribute: min_duration=1h
uniqueMember: cn=Wing,ou=Resources,dc=example,dc=org
uniqueMember: cn=House,ou=Resources,dc=example,dc=org
uniqueMember: cn=Shed,ou=Resources,dc=example,dc=org

dn: cn=Broken,ou=Resources,dc=example,dc=org
objectClass: kolabResource
objectClass: kolabSharedFolder
cn: Broken
mail: broken@example.org
kolabTargetFolder: shared/Broken@example.org
kolabDescAttribute: capacity=many
kolabDescAttribute: parallel=2
kolabDescAttribute: parallel=3

dn: cn=Shed,ou=Resources,dc=example,dc=org
objectClass: kolabResource
objectClass: kolabSharedFolder
cn: Shed
mail: shed@example.org
owner: uid=left,ou=People,dc=example,dc=org
owner: cn=desk,ou=Groups,dc=example,dc=org
kolabInvitationPolicy: ACT_UPDATE

dn: cn=Lone,ou=Resources,dc=example,dc=org
objectClass: kolabResource
objectClass: kolabSharedFolder
cn: Lone
mail: lone@example.org
kolabTargetFolder: shared/Lone@example.org
owner: uid=left,ou=People,dc=example,dc=org
`

// directoryOf serves entries from a file, asking for further attributes as the module would have it.
func directoryOf(t *testing.T, entries string, c Config) *ldapdir.Dir {
	t.Helper()
	cfg := ldapdir.Defaults()
	cfg.LDIF = filepath.Join(t.TempDir(), "hotel.ldif")
	if err := os.WriteFile(cfg.LDIF, []byte(entries), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Base, cfg.Domains = "dc=example,dc=org", []string{"example.org"}
	cfg.Schema.Wanted = c.DirectoryAttributes("kolab")
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func moduleOf(t *testing.T, entries string, change func(*Config)) *module {
	t.Helper()
	c := defaults
	if change != nil {
		change(&c)
	}
	built, err := build(filter.Host{Directory: directoryOf(t, entries, c), Calendars: calendar.NewMemory(calendar.Options{}), Signer: aSigner}, c)
	if err != nil {
		t.Fatal(err)
	}
	return built.(*module)
}

func (m *module) facilityAt(t *testing.T, local string) *facility {
	t.Helper()
	e, ok, err := m.directory.Lookup(t.Context(), address.Must(local+"@example.org"))
	if !ok || err != nil {
		t.Fatal(local, err)
	}
	f, err := m.facility(t.Context(), e)
	if err != nil {
		t.Fatal(local, err)
	}
	return f
}

func namesOf(es []*ldapdir.Entry) string {
	var all []string
	for _, e := range es {
		all = append(all, e.Name)
	}
	return strings.Join(all, " ")
}

// TestNearestValueCounts: entry before usher.yaml, both before the collections', nearest first.
func TestNearestValueCounts(t *testing.T) {
	m := moduleOf(t, hotel, func(c *Config) {
		c.Alternatives, c.BufferAfter = 2, 0
		c.Resources = map[string]map[string][]string{
			"Best@example.org":  {"capacity": {"9"}, "features": {"bath"}, "min_duration": {"30m"}},
			"wing@example.org":  {"max_duration": {"1h"}, "min_duration": {"2h"}, "zone": {"Europe/Berlin"}},
			"house@example.org": {"zone": {"UTC"}, "strategy": {"random"}},
		}
	})
	suite := m.facilityAt(t, "suite")
	const wing, house = "cn=Wing,ou=Resources,dc=example,dc=org", "cn=House,ou=Resources,dc=example,dc=org"
	tests := []struct{ key, value, origin string }{
		{"capacity", "4", "directory: kolabDescAttribute of cn=Suite,ou=Resources,dc=example,dc=org"},
		{"features", "beamer, chairs=leather", "directory: kolabDescAttribute of cn=Suite,ou=Resources,dc=example,dc=org"},
		{"min_duration", "30m", "usher.yaml: resources.Best@example.org"},
		{"max_duration", "2h", "directory: kolabDescAttribute of " + wing},
		{"location", "west", "directory: kolabDescAttribute of " + wing},
		{"zone", "Europe/Berlin", "usher.yaml: resources.wing@example.org"},
		{"policy", "accept_and_notify", "directory: kolabInvitationPolicy of " + house},
		{"strategy", "random", "usher.yaml: resources.house@example.org"},
		{"owner", "uid=bob,ou=People,dc=example,dc=org", "directory: owner of " + wing},
		{"alternatives", "2", "usher.yaml: alternatives"},
		{"parallel", "1", "default"},
	}
	for _, tt := range tests {
		f, _ := ruleNamed(tt.key)
		if got := f.text(&suite.rules); got != tt.value || suite.origins[tt.key] != tt.origin {
			t.Errorf("%s = %s from %s; want %s from %s", tt.key, got, suite.origins[tt.key], tt.value, tt.origin)
		}
	}
	if len(suite.wrong) > 0 || namesOf(suite.collections) != "Wing House" || namesOf(suite.owners) != "Bob" {
		t.Errorf("wrong %v, in %s, owners %s", suite.wrong, namesOf(suite.collections), namesOf(suite.owners))
	}
	if len(suite.origins) != len(ruleFields) {
		t.Errorf("%d origins of %d rules", len(suite.origins), len(ruleFields))
	}
	if w := m.facilityAt(t, "wing"); w.rules.Capacity != 2 || namesOf(w.owners) != "Bob" || w.rules.Policy.of("x@y.example") != acceptAndNotify {
		t.Errorf("the collection has rules of its own: %+v", w.rules)
	}
}

// TestUnreadableValues: nothing is accepted without an owner while a value of a room cannot be read.
func TestUnreadableValues(t *testing.T) {
	broken := moduleOf(t, hotel, nil).facilityAt(t, "broken")
	if got := broken.rules.Policy.of("ann@example.org"); got != manual || !strings.HasPrefix(broken.origins["policy"], "a value cannot be read (else directory: kolabInv") {
		t.Errorf("policy %s from %s", got, broken.origins["policy"])
	}
	if said := strings.Join(broken.wrong, "\n"); len(broken.wrong) != 2 || !strings.Contains(said, `kolabDescAttribute of cn=Broken,ou=Resources,dc=example,dc=org: capacity: want a whole number, not "many"`) ||
		!strings.Contains(said, "parallel: want one value, not 2") {
		t.Errorf("wrong: %s", said)
	}
	if broken.rules.Capacity != 2 || broken.rules.Parallel != 1 {
		t.Errorf("capacity %d, parallel %d; want the collection's, and the default", broken.rules.Capacity, broken.rules.Parallel)
	}
	strict := moduleOf(t, hotel, func(c *Config) {
		c.Resources = map[string]map[string][]string{"broken@example.org": {"policy": {"reject"}}}
	})
	if f := strict.facilityAt(t, "broken"); f.rules.Policy.of("ann@example.org") != reject {
		t.Errorf("policy %v; want reject, which nobody has to decide about", f.rules.Policy)
	}
	for _, policy := range []string{"ACT_PERHAPS", "{1}ACT_ACCEPT\nkolabInvitationPolicy: {2}ACT_ODD"} {
		f := moduleOf(t, strings.ReplaceAll(hotel, "ACT_UPDATE", policy), nil).facilityAt(t, "shed")
		if f.rules.Policy.of("ann@example.org") != manual || len(f.wrong) != 1 {
			t.Errorf("%s: policy %v, wrong %v", policy, f.rules.Policy, f.wrong)
		}
	}
}

// TestOwners: groups are their members, who left does not count, and where nobody is left the next collection's do.
func TestOwners(t *testing.T) {
	m := moduleOf(t, hotel, func(c *Config) { c.Owner = []string{"bob@example.org", "nobody@example.org"} })
	if f := m.facilityAt(t, "shed"); namesOf(f.owners) != "Bob Ann" {
		t.Errorf("owners of the shed: %s", namesOf(f.owners))
	}
	if f := m.facilityAt(t, "lone"); namesOf(f.owners) != "Bob" || f.origins["owner"] != "usher.yaml: owner" {
		t.Errorf("owners of the lone room: %s from %s", namesOf(f.owners), f.origins["owner"])
	}
	// A policy of people says nothing about requests: the collection's counts.
	if f := m.facilityAt(t, "shed"); f.rules.Policy.of("x@y.example") != acceptAndNotify || len(f.wrong) > 0 {
		t.Errorf("policy of the shed: %v, %v", f.rules.Policy, f.wrong)
	}
	if f := m.facilityAt(t, "lone"); f.rules.Policy.of("x@y.example") != accept || f.origins["policy"] != "default" {
		t.Errorf("policy of the lone room: %v from %s", f.rules.Policy, f.origins["policy"])
	}
}

func TestAttributesOfARule(t *testing.T) {
	m := moduleOf(t, hotel, func(c *Config) { c.Attributes = map[string][]string{"capacity": {"seats", "roomSize"}} })
	if f := m.facilityAt(t, "suite"); f.rules.Capacity != 5 || f.origins["capacity"] != "directory: roomSize of cn=Suite,ou=Resources,dc=example,dc=org" || namesOf(f.collections) != "Wing House" {
		t.Errorf("capacity %d from %s", f.rules.Capacity, f.origins["capacity"])
	}
	m = moduleOf(t, hotel, func(c *Config) { c.Attributes = map[string][]string{"rules": {}} })
	if f := m.facilityAt(t, "suite"); f.rules.Capacity != 0 {
		t.Errorf("capacity %d of an attribute that is not looked at", f.rules.Capacity)
	}
	if got := strings.Join((&Config{}).DirectoryAttributes("ad"), " "); got != "msExchResourceCapacity physicalDeliveryOfficeName" {
		t.Errorf("ad: %s", got)
	}
}

func TestMembers(t *testing.T) {
	m := moduleOf(t, hotel, nil)
	members, err := m.members(t.Context(), m.facilityAt(t, "house").Entry, m.facility)
	var got []string
	for _, f := range members {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != "Broken Suite" || err != nil { // a shed without a calendar cannot be booked
		t.Errorf("members %v, %v", got, err)
	}
}

func TestAmong(t *testing.T) {
	m := moduleOf(t, hotel, nil)
	ann, _, _ := m.directory.Lookup(t.Context(), "ann@example.org")
	tests := []struct {
		list  string
		entry *ldapdir.Entry
		addr  address.Address
		want  bool
	}{
		{"everybody", nil, "x@y.example", true},
		{"nobody", ann, "ann@example.org", false},
		{"", ann, "ann@example.org", false},
		{"ann@example.org", ann, "a@example.org", true},
		{"A@example.org", ann, "ann@example.org", true},
		{"bob@example.org", ann, "ann@example.org", false},
		{"desk@example.org", ann, "ann@example.org", true},
		{"CN=desk,ou=Groups,dc=example,dc=org", ann, "ann@example.org", true},
		{"uid=ann,ou=people,dc=example,dc=org", ann, "ann@example.org", true},
		{"desk@example.org", nil, "x@y.example", false},
		{"x@y.example", nil, "x@y.example", true},
		{"@y.example", nil, "x@y.example", true},
		{"@y.example", nil, "x@z.y.example", false},
		{"gone@example.org", ann, "ann@example.org", false},
		{"gone@example.org|desk@example.org", ann, "ann@example.org", true},
	}
	for _, tt := range tests {
		var list []who
		for _, text := range strings.FieldsFunc(tt.list, func(r rune) bool { return r == '|' }) {
			var w who
			if err := w.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
			list = append(list, w)
		}
		if got, err := m.among(t.Context(), list, itip.User{Address: tt.addr}, tt.entry); got != tt.want || err != nil {
			t.Errorf("%s among %s: %v, %v; want %v", tt.addr, tt.list, got, err, tt.want)
		}
	}
}

// deaf is a directory that answers one question less.
type deaf struct {
	directory
	about string
}

var errDeaf = errors.New("ldap down")

func (d deaf) Collections(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, error) {
	if d.about == "collections" {
		return nil, errDeaf
	}
	return d.directory.Collections(ctx, e)
}

func (d deaf) ByDNs(ctx context.Context, dns []string) ([]*ldapdir.Entry, error) {
	if d.about == "owners" {
		return nil, errDeaf
	}
	return d.directory.ByDNs(ctx, dns)
}

func (d deaf) Expand(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, []address.Address, error) {
	if d.about == "groups" {
		return nil, nil, errDeaf
	}
	return d.directory.Expand(ctx, e)
}

func (d deaf) Members(ctx context.Context, e *ldapdir.Entry) ([]*ldapdir.Entry, error) {
	if d.about == "members" {
		return nil, errDeaf
	}
	return d.directory.Members(ctx, e)
}

// TestRulesDuringOutage: rules nobody could be asked about are not the default's.
func TestRulesDuringOutage(t *testing.T) {
	m := moduleOf(t, hotel, nil)
	suite, house := m.facilityAt(t, "suite").Entry, m.facilityAt(t, "house").Entry
	whole := m.directory
	for _, about := range []string{"collections", "owners", "groups"} {
		m.directory = deaf{whole, about}
		if f, err := m.facility(t.Context(), suite); !errors.Is(err, errDeaf) || f != nil {
			t.Errorf("%s: %v, %v", about, f, err)
		}
	}
	for _, about := range []string{"members", "collections"} {
		m.directory = deaf{whole, about}
		if all, err := m.members(t.Context(), house, m.facility); !errors.Is(err, errDeaf) || all != nil {
			t.Errorf("%s: %v, %v", about, all, err)
		}
	}
	m.directory = deaf{whole, "groups"}
	if yes, err := m.among(t.Context(), []who{"desk@example.org"}, itip.User{Address: "ann@example.org"}, nil); yes || !errors.Is(err, errDeaf) {
		t.Errorf("among = %v, %v", yes, err)
	}
}
