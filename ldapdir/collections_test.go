package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestCollections(t *testing.T) {
	blue, green := resource("blue"), resource("green")
	rooms := collection("rooms", blue.DN, green.DN)
	vip := collection("vip", blue.DN)
	all := collection("all", rooms.DN, vip.DN, blue.DN)
	site := collection("site", all.DN)
	loop1, loop2 := collection("loop1", "cn=loop2,ou=Resources,dc=example,dc=org", green.DN), collection("loop2", "cn=loop1,ou=Resources,dc=example,dc=org")
	mixed := group("mixed", green.DN, "uid=joe,ou=People,dc=example,dc=org") // no collection, but one holds it
	above := collection("above", mixed.DN)
	b := newBench(t, nil, blue, green, rooms, vip, all, site, loop1, loop2, mixed, above, resource("alone"))
	for uid, want := range map[string]string{
		"blue": "all rooms vip site", "green": "loop1 rooms above all loop2 site", "rooms": "all site", "loop1": "loop2", "alone": "", "site": "",
	} {
		e, ok, err := b.ByDN(t.Context(), "cn="+uid+",ou=Resources,dc=example,dc=org")
		if !ok || err != nil {
			t.Fatal(uid, err)
		}
		if found, err := b.Collections(t.Context(), e); names(found) != want || err != nil {
			t.Errorf("Collections(%s) = %q, %v; want %q", uid, names(found), err, want)
		}
	}
	blueEntry, _, _ := b.ByDN(t.Context(), blue.DN)
	before := b.fake.count()
	if _, err := b.Collections(t.Context(), blueEntry); err != nil || b.fake.count() != before {
		t.Errorf("%d questions for what is known, %v", b.fake.count()-before, err)
	}
	if found, err := b.Collections(t.Context(), &Entry{DN: "no name"}); len(found) > 0 || err != nil {
		t.Errorf("what is no name is in %s, %v", names(found), err)
	}
}

func TestCollectionsBounds(t *testing.T) {
	var raws []Raw
	last := resource("deep")
	raws = append(raws, last)
	for i := range 6 {
		last = collection(fmt.Sprint("deep", i), last.DN)
		raws = append(raws, last)
	}
	wide := resource("wide")
	raws = append(raws, wide)
	for i := range 11 {
		raws = append(raws, collection(fmt.Sprint("wide", i), wide.DN))
	}
	b := newBench(t, func(c *Config) { c.MaxMembers, c.MaxDepth = 10, 5 }, raws...)
	for dn, want := range map[string]error{raws[1].DN: nil, raws[0].DN: ErrTooMany, wide.DN: ErrTooMany} {
		e, _, err := b.ByDN(t.Context(), dn)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := b.Collections(t.Context(), e); !errors.Is(err, want) || err != nil && found != nil {
			t.Errorf("Collections(%s) = %s, %v; want %v", dn, names(found), err, want)
		}
	}
}

// TestCollectionsDuringOutage: that nobody answers is never taken for "in none", not even by one who was told so before.
func TestCollectionsDuringOutage(t *testing.T) {
	alone, dynamic := resource("alone"), Raw{DN: "cn=dyn,ou=Resources,dc=example,dc=org", Attrs: map[string][]string{
		"objectClass": {"groupOfURLs"}, "memberURL": {"ldap:///ou=Resources,dc=example,dc=org??sub?(cn=alone)"}}}
	b := newBench(t, nil, alone)
	e, _, _ := b.ByDN(t.Context(), alone.DN)
	if found, err := b.Collections(t.Context(), e); len(found) > 0 || err != nil {
		t.Fatalf("Collections = %s, %v", names(found), err)
	}
	b.fake.set(down)
	b.later(2 * time.Minute)
	if found, err := b.Collections(t.Context(), e); !errors.Is(err, ErrUnavailable) || found != nil {
		t.Errorf("Collections = %s, %v; want ErrUnavailable", names(found), err)
	}
	// Only the search of a dynamic collection fails.
	b = newBench(t, nil, alone)
	b.fake.set(func(q Query) ([]Raw, error) {
		switch q.Filter {
		case "(|(memberURL=*))":
			return []Raw{dynamic}, nil
		case "(cn=alone)":
			return nil, errors.New("connection reset")
		}
		return nil, nil
	})
	if found, err := b.Collections(t.Context(), e); !errors.Is(err, ErrUnavailable) || found != nil {
		t.Errorf("with a search that fails: Collections = %s, %v; want ErrUnavailable", names(found), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.later(time.Hour)
	if _, err := b.Collections(ctx, e); err == nil {
		t.Error("an answer without having asked")
	}
}
