package ldapdir

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"usher/address"
)

// naming is somebody with delegates.
func naming(uid string, delegates ...string) Raw {
	p := person(uid, uid+"@example.org")
	p.Attrs["kolabDelegate"] = delegates
	return p
}

func TestDelegators(t *testing.T) {
	smith := person("smith", "jane.smith@example.org", "jane@example.org")
	b := newBench(t, nil, smith, naming("zoe", smith.DN), naming("amy", "smith", smith.DN), naming("bob", "jane@example.org"),
		naming("eve", "smithy"), person("none", "none@example.org"))
	e, _, err := b.Lookup(t.Context(), address.Must("jane@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := b.Delegators(t.Context(), e); names(found) != "amy bob zoe" || err != nil {
		t.Errorf("Delegators = %q, %v; want amy, bob and zoe, each once", names(found), err)
	}
	before := b.fake.count()
	if _, err := b.Delegators(t.Context(), e); err != nil || b.fake.count() != before {
		t.Errorf("%d questions for what is known, %v", b.fake.count()-before, err)
	}
	none, _, _ := b.Lookup(t.Context(), address.Must("none@example.org"))
	if found, err := b.Delegators(t.Context(), none); len(found) > 0 || err != nil {
		t.Errorf("nobody names none, and %s do, %v", names(found), err)
	}
	if found, err := b.Delegators(t.Context(), &Entry{DN: "no name", Logins: []string{"smith"}}); len(found) > 0 || err != nil {
		t.Errorf("what is no name is named by %s, %v", names(found), err)
	}
}

// TestDelegatorsBounds: too many are an error and not the first of them, and nobody is not what an outage says.
func TestDelegatorsBounds(t *testing.T) {
	smith := person("smith", "smith@example.org")
	raws := []Raw{smith}
	for i := range 11 {
		raws = append(raws, naming(fmt.Sprint("boss", i), "smith"))
	}
	b := newBench(t, func(c *Config) { c.MaxMembers = 10 }, raws...)
	b.fake.set(func(q Query) ([]Raw, error) {
		found, err := people(raws...)(q)
		if q.Limit > 0 && len(found) > q.Limit {
			return nil, ErrTooMany
		}
		return found, err
	})
	e, _, err := b.Lookup(t.Context(), address.Must("smith@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := b.Delegators(t.Context(), e); !errors.Is(err, ErrTooMany) || found != nil {
		t.Errorf("Delegators = %s, %v; want ErrTooMany", names(found), err)
	}
	b.fake.set(people(smith))
	if found, err := b.Delegators(t.Context(), e); len(found) > 0 || err != nil {
		t.Errorf("Delegators = %s, %v", names(found), err)
	}
	b.fake.set(down)
	b.later(2 * time.Minute)
	if found, err := b.Delegators(t.Context(), e); !errors.Is(err, ErrUnavailable) || found != nil {
		t.Errorf("Delegators = %s, %v; want ErrUnavailable", names(found), err)
	}
}
