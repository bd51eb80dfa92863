package ldapdir

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/address"
)

// fake is a backend that answers what it is told, and counts.
type fake struct {
	mu      sync.Mutex
	asked   []Query
	answers func(q Query) ([]Raw, error)
	waiting chan struct{} // one value per question that waits
	hold    chan struct{} // questions wait until it is closed
}

func (f *fake) Search(ctx context.Context, q Query) ([]Raw, error) {
	f.mu.Lock()
	f.asked = append(f.asked, q)
	answers, hold, waiting := f.answers, f.hold, f.waiting
	f.mu.Unlock()
	if hold != nil {
		waiting <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return answers(q)
}

func (f *fake) Close() error { return nil }

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

func (f *fake) set(answers func(q Query) ([]Raw, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers = answers
}

// people answers with the entries whose values the filter names in full, or whose name is the base.
func people(raws ...Raw) func(Query) ([]Raw, error) {
	return func(q Query) ([]Raw, error) {
		var found []Raw
		for _, raw := range raws {
			if q.Scope == Base && SameDN(q.Base, raw.DN) || q.Scope != Base && named(raw, q.Filter) {
				found = append(found, raw)
			}
		}
		return found, nil
	}
}

func named(raw Raw, filter string) bool {
	for attr, values := range raw.Attrs {
		for _, v := range values {
			if strings.Contains(strings.ToLower(filter), strings.ToLower("("+attr+"="+Escape(v)+")")) {
				return true
			}
		}
	}
	return false
}

func down(Query) ([]Raw, error) { return nil, errors.New("connection refused") }

func person(uid string, addresses ...string) Raw {
	return Raw{DN: "uid=" + uid + ",ou=People,dc=example,dc=org", Attrs: map[string][]string{
		"objectClass": {"inetOrgPerson"}, "uid": {uid}, "mail": addresses[:1], "alias": addresses[1:],
	}}
}

func group(cn string, members ...string) Raw {
	return Raw{DN: "cn=" + cn + ",ou=Groups,dc=example,dc=org", Attrs: map[string][]string{
		"objectClass": {"groupOfUniqueNames"}, "mail": {cn + "@example.org"}, "uniqueMember": members,
	}}
}

// bench is a Dir over a fake, with a clock to turn.
type bench struct {
	*Dir
	fake *fake
	now  time.Time
	mu   sync.Mutex
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func newBench(t testing.TB, change func(*Config), raws ...Raw) *bench {
	t.Helper()
	cfg := Defaults()
	cfg.URL, cfg.Base, cfg.Domains = []string{"ldap://ldap.example.org"}, "dc=example,dc=org", []string{"example.org"}
	if change != nil {
		change(&cfg)
	}
	b := &bench{fake: &fake{answers: people(raws...)}, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	b.Dir, err = New(cfg, func(Profile, *slog.Logger) (Backend, error) { return b.fake, nil }, b.clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLookup(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.RelayDomains = []string{"relay.example"}
		c.DomainAliases = map[string]string{"example.net": "example.org"}
	},
		person("doe", "John.Doe@example.org", "doe@example.org", "tag+ged@example.org"),
		person("smith", "jane@example.org", "doe@example.net"),
		person("tag", "tag@example.org"),
		person("far", "far@relay.example"),
		person("q", `"odd name"@example.org`),
		Raw{DN: "uid=gone,dc=example,dc=org", Attrs: map[string][]string{"mail": {"gone@example.org"}, "kolabDeleteflag": {"host"}}},
		Raw{DN: "uid=stays,dc=example,dc=org", Attrs: map[string][]string{"mail": {"stays@example.org"}, "KolabDeleteFlag": {"false"}}},
	)
	tests := []struct {
		addr, uid, as string
		tagged        bool
		asked         int
	}{
		{"john.doe@example.org", "doe", "john.doe@example.org", false, 1},
		{"DOE@EXAMPLE.org", "doe", "doe@example.org", false, 1},
		{"doe+lists@example.org", "doe", "doe@example.org", true, 2},
		{"tag+ged@example.org", "doe", "tag+ged@example.org", false, 1},
		{"tag+other+ged@example.org", "tag", "tag@example.org", true, 2},
		{"+tag@example.org", "", "", false, 1},
		{"jane@example.net", "smith", "jane@example.org", false, 2},
		{"jane+x@example.net", "smith", "jane@example.org", true, 4},
		{"doe@example.net", "smith", "doe@example.net", false, 1}, // exact before the main domain
		{"far@relay.example", "far", "far@relay.example", false, 1},
		{`"odd name"@example.org`, "q", `"odd name"@example.org`, false, 1},
		{`"jane+x y"@example.org`, "", "", false, 1},
		{"gone@example.org", "", "", false, 1},
		{"stays@example.org", "stays", "stays@example.org", false, 1},
		{"nobody@example.org", "", "", false, 1},
		{"jane@elsewhere.example", "", "", false, 0},
		{"jane@notexample.org", "", "", false, 0},
		{"jane@sub.example.org", "", "", false, 0},
		{"", "", "", false, 0},
	}
	for _, tt := range tests {
		b.cache = newCache(1000)
		before := b.fake.count()
		m, ok, err := b.Resolve(t.Context(), address.Must(tt.addr))
		uid := ""
		if ok {
			uid, _, _ = strings.Cut(strings.TrimPrefix(m.Entry().DN, "uid="), ",")
		}
		if err != nil || uid != tt.uid || m.Address.String() != tt.as || m.Tagged != tt.tagged || b.fake.count()-before != tt.asked {
			t.Errorf("Resolve(%s) = %s as %s, tagged %v, %v after %d questions; want %+v", tt.addr, uid, m.Address, m.Tagged, err, b.fake.count()-before, tt)
		}
	}
}

// TestTagNotCutOnFailure: that the exact address could not be asked for says nothing about its owner.
func TestTagNotCutOnFailure(t *testing.T) {
	b := newBench(t, nil)
	b.fake.set(func(q Query) ([]Raw, error) {
		if strings.Contains(q.Filter, "+") {
			return nil, errors.New("connection reset")
		}
		return []Raw{person("doe", "doe@example.org")}, nil
	})
	if e, ok, err := b.Lookup(t.Context(), "doe+x@example.org"); ok || e != nil || !errors.Is(err, ErrUnavailable) {
		t.Errorf("Lookup = %v, %v, %v; want ErrUnavailable", e, ok, err)
	}
}

func TestSharedAddress(t *testing.T) {
	b := newBench(t, nil,
		person("b", "b@example.org", "info@example.org"), person("a", "a@example.org", "info@example.org"), person("z", "info@example.org"))
	m, _, err := b.Resolve(t.Context(), "info@example.org")
	var uids []string
	for _, e := range m.Owners {
		uids = append(uids, e.Logins[0])
	}
	if got := strings.Join(uids, " "); got != "z a b" || err != nil {
		t.Errorf("owners = %s, %v; want the one whose primary address it is, then by name", got, err)
	}
}

func TestLogin(t *testing.T) {
	b := newBench(t, func(c *Config) { c.StripRealms = []string{"Corp.Example"} },
		person("doe", "john@example.org"), person("smith", "jane@example.org"),
		person("twin", "t1@example.org"), Raw{DN: "uid=twin,ou=Guests,dc=example,dc=org", Attrs: map[string][]string{"uid": {"TWIN"}}},
		// Somebody's mail is somebody else's login: the order of the attributes decides.
		person("x@example.org", "other@example.org"), person("x", "x@example.org"),
	)
	for _, tt := range []struct {
		login, name string
		err         error
	}{
		{"doe", "uid=doe,ou=People,dc=example,dc=org", nil},
		{"DOE", "uid=doe,ou=People,dc=example,dc=org", nil},
		{"john@example.org", "uid=doe,ou=People,dc=example,dc=org", nil},
		{"doe@corp.example", "uid=doe,ou=People,dc=example,dc=org", nil},
		{"Doe@CORP.example", "uid=doe,ou=People,dc=example,dc=org", nil},
		{"doe@other.example", "", nil},
		{"@corp.example", "", nil},
		{"doe*", "", nil},
		{"*", "", nil},
		{"doe)(uid=*", "", nil},
		{"", "", nil},
		{"  ", "", nil},
		{"twin", "", ErrAmbiguous},
		{"x@example.org", "uid=x@example.org,ou=People,dc=example,dc=org", nil},
	} {
		e, ok, err := b.Login(t.Context(), tt.login)
		if !errors.Is(err, tt.err) || ok != (tt.name != "") || ok && e.DN != tt.name {
			t.Errorf("Login(%q) = %+v, %v, %v; want %q, %v", tt.login, e, ok, err, tt.name, tt.err)
		}
	}
}

func TestByDN(t *testing.T) {
	b := newBench(t, nil, person("doe", "doe@example.org"))
	for dn, want := range map[string]bool{
		"uid=doe,ou=People,dc=example,dc=org": true, "UID=Doe , ou=people,DC=example,dc=org": true,
		"uid=nobody,dc=example,dc=org": false, "doe": false, "": false, "uid=doe,,": false,
	} {
		if e, ok, err := b.ByDN(t.Context(), dn); ok != want || (e != nil) != want || err != nil {
			t.Errorf("ByDN(%q) = %v, %v, %v", dn, e, ok, err)
		}
	}
	if n := b.fake.count(); n != 2 {
		t.Errorf("%d questions; want one per entry however it is spelled, none for what is no name", n)
	}
}

func TestProfilesByDomain(t *testing.T) {
	fakes := map[string]*fake{
		"a": {answers: people(person("doe", "doe@a.example"), person("only-a", "x@a.example"))},
		"b": {answers: people(person("doe", "doe@b.example"), Raw{DN: "uid=far,dc=b", Attrs: map[string][]string{"uid": {"far"}}})},
	}
	cfg := Defaults()
	for _, name := range []string{"a", "b"} {
		cfg.Profiles = append(cfg.Profiles, Profile{Name: name, URL: []string{"ldap://" + name}, Base: "dc=" + name, Domains: []string{name + ".example"},
			Schema: Schema{Logins: []string{"uid", "mail"}}})
	}
	d, err := New(cfg, func(p Profile, _ *slog.Logger) (Backend, error) { return fakes[p.Name], nil }, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if e, ok, err := d.Lookup(t.Context(), "doe@b.example"); !ok || err != nil || e.Mail() != "doe@b.example" || fakes["a"].count() != 0 {
		t.Errorf("Lookup = %v, %v, %v; a was asked %d times", e, ok, err, fakes["a"].count())
	}
	if e, _, err := d.Login(t.Context(), "doe@b.example"); err != nil || e.Mail() != "doe@b.example" || fakes["a"].count() != 0 {
		t.Errorf("Login with a realm = %v, %v; a was asked %d times", e, err, fakes["a"].count())
	}
	if e, _, err := d.Login(t.Context(), "doe"); err != nil || e.Mail() != "doe@a.example" {
		t.Errorf("Login = %v, %v; want the first profile's", e, err)
	}
	if _, ok, err := d.ByDN(t.Context(), "uid=far,dc=b"); !ok || err != nil {
		t.Errorf("ByDN below b's base = %v, %v", ok, err)
	}
	fakes["a"].set(down)
	if _, ok, err := d.Login(t.Context(), "far"); ok || !errors.Is(err, ErrUnavailable) {
		t.Errorf("Login while the first profile is down = %v, %v; nobody may be taken for somebody else", ok, err)
	}
}

func TestEveryQuestionIsEscaped(t *testing.T) {
	b := newBench(t, func(c *Config) { c.DomainSearch.Base = "cn=config" })
	for _, evil := range []string{"*", "*)(uid=*", "x)(|(mail=*", `\2a`, "(", ")", "a*b"} {
		b.Login(t.Context(), evil)
		b.Lookup(t.Context(), address.Address(evil+"@example.org"))
		b.Domain(t.Context(), evil)
	}
	for _, q := range b.fake.asked {
		if attrs, err := FilterAttrs(q.Filter); err != nil || strings.Contains(q.Filter, "*") || len(attrs) > 2 {
			t.Errorf("asked %s (%v)", q.Filter, err)
		}
	}
	if len(b.fake.asked) < 14 {
		t.Errorf("only %d questions", len(b.fake.asked))
	}
}

// TestConcurrent asks everything at once, for the race detector.
func TestConcurrent(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Cache.MaxEntries = 20 }, person("doe", "doe@example.org"), group("all", "uid=doe,ou=People,dc=example,dc=org"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				b.Lookup(t.Context(), "doe@example.org")
				b.Lookup(t.Context(), address.Address(fmt.Sprintf("nobody%d-%d@example.org", i, j)))
				if e, ok, _ := b.Lookup(t.Context(), "all@example.org"); ok {
					b.Expand(t.Context(), e)
				}
				b.Stats()
				b.later(time.Second)
			}
		})
	}
	wg.Wait()
	if s := b.Stats(); s.Errors > 0 || s.Cached > 20 || s.Lookups != s.Hits+s.Asked && s.Asked == 0 {
		t.Errorf("%+v", s)
	}
}
