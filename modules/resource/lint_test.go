package resource

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/ldapdir"
)

// entryOf is a resource or a collection in LDIF: kind, attributes.
func entryOf(name, class string, lines ...string) string {
	text := "\ndn: cn=" + name + ",ou=Resources,dc=example,dc=org\nobjectClass: " + class + "\ncn: " + name + "\nmail: " + strings.ToLower(name) + "@example.org\n"
	return text + strings.Join(lines, "\n") + "\n"
}

func room(name string, lines ...string) string {
	return entryOf(name, "kolabSharedFolder", append(lines, "kolabTargetFolder: shared/"+name)...)
}

// TestLintFacilities: each entry is a house's second room with one thing that is not as it should be.
func TestLintFacilities(t *testing.T) {
	const owned = "owner: uid=ann,ou=People,dc=example,dc=org"
	tests := []struct{ entry, want string }{ // want: w(rong) or h(int), attribute, part of the text; "" is nothing
		{room("X"), ""},
		{room("X", owned, "kolabInvitationPolicy: ACT_MANUAL", "kolabDescAttribute: capacity=8", "kolabDescAttribute: beamer", "kolabDescAttribute: chairs=leather"), ""},
		{entryOf("X", "kolabSharedFolder"), "w kolabTargetFolder: has no calendar folder"},
		{room("X", "kolabInvitationPolicy: ACT_MANUAL"), "w policy: an owner is to decide, and there is none"},
		{room("X", "kolabInvitationPolicy: ACT_ACCEPT_AND_NOTIFY"), "h policy: an owner is to be told, and there is none"},
		{room("X", "kolabDescAttribute: request_out_of_policy=ann@example.org"), "w request_out_of_policy: an owner may be asked"},
		{room("X", "kolabDescAttribute: request_out_of_policy=nobody"), ""},
		{room("X", owned, "kolabInvitationPolicy: ACT_PERHAPS"), "w kolabInvitationPolicy: no policy that is known"},
		{room("X", "kolabInvitationPolicy: ACT_ALWAYS_ACCEPT"), "h kolabInvitationPolicy: accepts when free"},
		{room("X", owned, "kolabInvitationPolicy: ACT_MANUAL_IF_CONFLICTS"), "h kolabInvitationPolicy: asks the owner about every"},
		{room("X", owned, "kolabInvitationPolicy: ACT_SAVE_TO_FOLDER"), "h kolabInvitationPolicy: is for people"},
		{room("X", "kolabInvitationPolicy: ACT_UPDATE"), "h kolabInvitationPolicy: says nothing about requests"},
		{room("X", "kolabInvitationPolicy: ACT_ACCEPT", "kolabInvitationPolicy: {1}ACT_ACCEPT:example.org"), "h kolabInvitationPolicy: the order of several"},
		{room("X", owned, "kolabDescAttribute: capacity=many"), "w kolabDescAttribute: want a whole number"},
		{room("X", owned, "kolabDescAttribute: capacity=8", "kolabDescAttribute: capacity=9"), "w kolabDescAttribute: want one value, not 2"},
		{room("X", "kolabDescAttribute: capasity=8"), "h kolabDescAttribute: is no rule and taken for a feature"},
		{room("X", owned, "kolabDescAttribute: request_in_policy=everybody"), "h request_in_policy: what is within the rules is booked at once, and no owner is asked"},
		{room("X", owned, "kolabDescAttribute: request_in_policy=everybody", "kolabDescAttribute: book_in_policy=ann@example.org"), ""},
		{room("X", "kolabDescAttribute: enforce_capacity=TRUE"), "h enforce_capacity: the capacity is not known"},
		{room("X", "kolabDescAttribute: min_duration=2h", "kolabDescAttribute: max_duration=1h"), "h min_duration: nothing can be booked"},
		{room("X", "kolabDescAttribute: min_duration=12h", "kolabDescAttribute: work_hours_only=TRUE"), "h min_duration: longer than the working hours"},
		{room("X", "kolabDescAttribute: book_in_policy=gone@example.org"), "h kolabDescAttribute: nobody has this address"},
		{room("X", "kolabDescAttribute: book_in_policy=guest@elsewhere.example"), ""},
		{entryOf("X", "groupOfUniqueNames", "uniqueMember: cn=Suite,ou=Resources,dc=example,dc=org"), ""},
		{entryOf("X", "groupOfUniqueNames", "uniqueMember: cn=Shed,ou=Resources,dc=example,dc=org"), "w members: none of its members can be booked"},
		{entryOf("X", "groupOfUniqueNames"), "w members: none of its members can be booked"},
	}
	for _, tt := range tests {
		m := moduleOf(t, hotel+tt.entry, nil)
		e, _, err := m.directory.Lookup(t.Context(), "x@example.org")
		if err != nil {
			t.Fatal(err)
		}
		found, err := m.Lint(t.Context(), e)
		said := sayings(found)
		attr, text, _ := strings.Cut(tt.want, ": ")
		if err != nil || len(said) != min(len(tt.want), 1) || tt.want != "" && (!strings.HasPrefix(said[0], attr+": ") || !strings.Contains(said[0], text)) {
			t.Errorf("%s\nfound %q, %v; want %q", tt.entry, said, err, tt.want)
		}
	}
}

func sayings(found []ldapdir.Finding) (all []string) {
	for _, f := range found {
		kind := "w "
		if f.Hint {
			kind = "h "
		}
		all = append(all, kind+f.Attr+": "+f.Text)
	}
	return all
}

func TestLintTogether(t *testing.T) {
	m := moduleOf(t, hotel+room("X")+room("Y")+strings.ReplaceAll(room("Z"), "shared/Z", "shared/X"), func(c *Config) {
		c.Resources = map[string]map[string][]string{"x@example.org": {}, "gone@example.org": {}, "ann@example.org": {}, "house@example.org": {"book_in_policy": {"gone@example.org"}}}
	})
	var all []*ldapdir.Entry
	for _, name := range []string{"z", "y", "x", "house", "shed"} {
		e := m.facilityAt(t, name).Entry
		if m.Concerned(e) {
			all = append(all, e)
		}
	}
	found, err := m.LintTogether(t.Context(), all)
	want := []string{
		"w resources: this is the address of a person and not of a resource: the rules count for nothing",
		"w resources: nothing has this address: the rules count for nothing",
		"h book_in_policy: nobody has this address or name: it lets nobody in",
	}
	if err != nil || len(found) != 4 || !strings.HasPrefix(found[0].Text, "is the folder of cn=X,") || found[0].DN != "cn=Z,ou=Resources,dc=example,dc=org" || !slices.Equal(sayings(found[1:]), want) {
		t.Errorf("found %q, %v", sayings(found), err)
	}
	if found[1].DN != "usher.yaml: resources.ann@example.org" || found[3].Value != "gone@example.org" {
		t.Errorf("places %q, %q", found[1].DN, found[3].Value)
	}
}

func TestLintDuringOutage(t *testing.T) {
	m := moduleOf(t, hotel, nil)
	suite, house := m.facilityAt(t, "suite").Entry, m.facilityAt(t, "house").Entry
	whole := m.directory
	m.directory = deaf{whole, "collections"}
	if _, err := m.Lint(t.Context(), suite); !errors.Is(err, errDeaf) {
		t.Errorf("a resource: %v", err)
	}
	m.directory = deaf{whole, "members"}
	if _, err := m.Lint(t.Context(), house); !errors.Is(err, errDeaf) {
		t.Errorf("a collection: %v", err)
	}
}
