package integration

import (
	"slices"
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

// checkInheritance expands the collection, and asks the program what each member's policy is and why.
func (h *house) checkInheritance(d *ldapdir.Dir) {
	h.t.Helper()
	members, err := d.Members(h.t.Context(), h.is(d, "cars", ldapdir.Collection))
	if err != nil || len(members) != 3 {
		h.differ("the members of cars are %v, %v", members, err)
	}
	h.differ("no command tells the effective policy")
}
