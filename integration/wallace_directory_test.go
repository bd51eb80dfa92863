package integration

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldap"
)

// lookUp runs the entries about the directory alone.
func lookUp(t *testing.T, h *house, e wallaceEntry) {
	checks := map[string]func(*ldapdir.Dir){
		"RDIR-001":     func(d *ldapdir.Dir) { h.is(d, "audi", ldapdir.Resource); h.is(d, "cars", ldapdir.Collection) },
		"R-001-lookup": func(d *ldapdir.Dir) { h.is(d, "audi", ldapdir.Resource); h.is(d, "cars", ldapdir.Collection) },
		"RDIR-002": func(d *ldapdir.Dir) {
			cars := h.is(d, "cars", ldapdir.Collection)
			if len(cars.Members) != 3 || !slices.Equal(cars.Policies, []string{"ACT_ACCEPT"}) {
				h.differ("cars has the members %v and the policies %v", cars.Members, cars.Policies)
			}
		},
		"RDIR-003-policy-inheritance": h.checkInheritance,
	}
	check := checks[e.ID]
	if check == nil {
		t.Fatalf("no check of %s", e.ID)
	}
	check(h.directory())
}

// directory asks the suite's slapd.
func (h *house) directory() *ldapdir.Dir {
	h.t.Helper()
	c := ldapdir.Defaults()
	c.URL, c.Base, c.Domains, c.Preset = []string{h.slapd.URL}, ldapBase, []string{mailDomain}, "kolab"
	d, err := ldapdir.New(c, ldap.Open, nil, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { d.Close() })
	return d
}

// is looks up one address, behind which exactly one entry must be: more are an error of the lookup.
func (h *house) is(d *ldapdir.Dir, key string, kind ldapdir.Kind) *ldapdir.Entry {
	h.t.Helper()
	r := h.fixture.resource(key)
	e, ok, err := d.Lookup(h.t.Context(), address.Must(r.Mail))
	if err != nil || !ok || e.DN != r.dn() || e.Kind != kind {
		h.t.Fatalf("%s: %+v, %v, %v", r.Mail, e, ok, err)
	}
	return e
}

// checkInheritance expands the collection, and asks usher rooms what the policy of each is and who says so.
func (h *house) checkInheritance(d *ldapdir.Dir) {
	h.t.Helper()
	members, err := d.Members(h.t.Context(), h.is(d, "cars", ldapdir.Collection))
	if err != nil || len(members) != 3 {
		h.differ("the members of cars are %v, %v", members, err)
	}
	for key, want := range map[string]rule{
		"cars": {"accept", "cars"}, "audi": {"accept", "cars"}, "boxter": {"accept_and_notify", "boxter"},
	} {
		got := h.rules(key)["policy"]
		if from := h.fixture.resource(want.Origin).dn(); got.Value != want.Value || !strings.HasSuffix(got.Origin, " of "+from) {
			h.differ("the policy of %s is %+v, want %s of %s", key, got, want.Value, from)
		}
	}
}

// rule is what usher rooms says of one.
type rule struct{ Value, Origin string }

// rules asks the program for those of one facility.
func (h *house) rules(key string) map[string]rule {
	h.t.Helper()
	path, err := program()
	if err != nil {
		h.t.Fatal(err)
	}
	out, err := exec.Command(path, "rooms", "-json", "-config", h.config, h.fixture.resource(key).Mail).Output()
	if err != nil {
		h.t.Fatalf("usher rooms: %v", err)
	}
	var facilities []struct{ Rules map[string]rule }
	if err := json.Unmarshal(out, &facilities); err != nil || len(facilities) != 1 {
		h.t.Fatalf("usher rooms says %s, %v", out, err)
	}
	return facilities[0].Rules
}
