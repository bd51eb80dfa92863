package envelope

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"usher/ldapdir"
	"usher/milter/filter"
)

func TestLimitsOfAccounts(t *testing.T) {
	c := defaults
	c.Limits = Limits{RcptPerHour: 100, RcptPerDay: 500, DeniedRcpt10m: 5}
	c.Accounts = map[string]Account{"Robot": {Limits: &Limits{RcptPerHour: 9}}}
	c.RateExempt = []string{"news"}
	c.Hosts = map[string]Host{"scanner": {Limits: &Limits{RcptPerDay: 20}}, "relay": {}}
	c.Attributes.RcptPerHour = []string{"mailRate"}
	var r reader
	p := r.policy(c)
	if len(r.mistakes) > 0 {
		t.Fatal(r.mistakes)
	}
	p.attrs = p.Attributes.lower()
	m := &module{&gatherer{policy: p}}
	person := func(login string) *ldapdir.Entry { return &ldapdir.Entry{DN: "uid=" + login, Logins: []string{login}} }
	generous := person("doe")
	generous.Attrs = map[string][]string{"mailrate": {"700"}}
	for _, tt := range []struct {
		name string
		e    *ldapdir.Entry
		want string // an hour, a day, refusals; "" is nobody
	}{
		{"smith", person("smith"), "100 500 5"},
		{"doe", generous, "700 500 5"},
		{"news", person("news"), "0 0 5"},
		{"robot", nil, "9 0 0"},
		{"Robot", nil, ""}, // is not how it is counted
		{"nobody", nil, ""},
		{"host:scanner", nil, "0 20 0"},
		{"host:relay", nil, "0 0 0"},
		{"host:printer", nil, ""},
	} {
		limits, ok := m.Limits(tt.name, tt.e)
		got := ""
		if ok {
			got = fmt.Sprint(limits[0].Most, limits[1].Most, limits[2].Most)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What is shown is what counts: the account, its counters and windows are those decisions use.
func TestLimitsAreThoseOfDecisions(t *testing.T) {
	c := defaults
	c.Hosts = map[string]Host{"scanner": {Net: []Network{Network(netip.MustParsePrefix("192.0.2.7/32"))}, Limits: &Limits{RcptPerHour: 3}}}
	var r reader
	p := r.policy(c)
	m := &module{&gatherer{policy: p}}
	pr, _ := p.principal(newFacts(), &filter.Envelope{Client: netip.MustParseAddr("192.0.2.7")})
	limits, ok := m.Limits(pr.account, nil)
	if !ok || limits[0] != (filter.Limit{Counter: counterRcpts, Window: time.Hour, Most: 3}) {
		t.Fatalf("%q: %v, %v", pr.account, limits, ok)
	}
	f := newFacts()
	f.known[query{kind: askUsed, a: pr.account, b: limits[0].Counter, window: limits[0].Window}] = answer{found: true, usage: filter.Usage{Used: 3}}
	if o := p.rate(f, &filter.Envelope{}, pr); o.reason != limitRate {
		t.Errorf("with all of it used: %q", o.reason)
	}
}
