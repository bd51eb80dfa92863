package envelope

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
)

func TestParseRule(t *testing.T) {
	tests := []struct {
		text  string
		deny  bool
		kind  ruleKind
		value string
		ok    bool
	}{
		{"example.org", false, domain, "example.org", true},
		{" -Example.ORG ", true, domain, "example.org", true},
		{"bücher.example", false, domain, "xn--bcher-kva.example", true},
		{".Example.org", false, suffix, "example.org", true},
		{"-.org", true, suffix, "org", true},
		{"$mydomains", false, ours, "", true},
		{"-$MyDomains", true, ours, "", true},
		{"user@", false, localPart, "user", true},
		{"-Hotline@", true, localPart, "hotline", true},
		{"a@b.example", false, mailbox, "a@b.example", true},
		{"a=b@example.org", false, mailbox, "a=b@example.org", true},
		{"uid=doe,ou=People,dc=x", false, named, "uid=doe,ou=People,dc=x", true},
		{"mail=a@example.org,dc=x", false, named, "mail=a@example.org,dc=x", true},
		{"-ldap:///dc=x??sub?(uid=a)", true, search, "ldap:///dc=x??sub?(uid=a)", true},
		{"-", true, everybody, "", true},
		{"", false, 0, "", false},
		{"--", false, 0, "", false},
		{"joe", false, 0, "", false},
		{"-joe", false, 0, "", false},
		{"$mydomain", false, 0, "", false},
		{"@example.org", false, 0, "", false},
		{"@", false, 0, "", false},
		{"a b@example.org", false, 0, "", false},
		{".", false, 0, "", false},
		{"..org", false, 0, "", false},
		{"*.example.org", false, 0, "", false},
		{"exam ple.org", false, 0, "", false},
		{"uid=,,", false, 0, "", false},
		{"ldap://evil.example/dc=x", false, 0, "", false},
		{"ldap:///dc=x??sub?(uid=", false, 0, "", false},
		{"\xff@example.org", false, 0, "", false},
		{strings.Repeat("a", 9000) + ".org", false, 0, "", false},
	}
	for _, tt := range tests {
		r, err := parseRule(tt.text)
		if (err == nil) != tt.ok {
			t.Errorf("parseRule(%.40q): %v; want ok %v", tt.text, err, tt.ok)
		} else if tt.ok && (r.deny != tt.deny || r.kind != tt.kind || r.value != tt.value) {
			t.Errorf("parseRule(%q) = %+v", tt.text, r)
		}
	}
	if _, err := parseRules(slices.Repeat([]string{"-"}, maxRules+1)); err == nil {
		t.Error("there is no end to the rules of one list")
	}
}

// FuzzParseRule holds that what is read means the same when it is written again in canonical form.
func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"-", "-.a.b", "user@", "$mydomains", "a@b.c", `"a b"@c.d`, "uid=a,dc=b", "ldap:///dc=x??sub?(a=b)", "bücher.example", "-[192.0.2.1]", ".[::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseRule(s)
		if err != nil {
			return
		}
		text := map[ruleKind]string{domain: r.value, suffix: "." + r.value, localPart: r.value + "@", mailbox: r.value,
			ours: "$mydomains", named: r.value, search: r.value, everybody: ""}[r.kind]
		if r.deny {
			text = "-" + text
		}
		again, err := parseRule(text)
		if err != nil || again.kind != r.kind || again.deny != r.deny || again.value != r.value {
			t.Errorf("%q is %+v, written %q it is %+v, %v", s, r, text, again, err)
		}
	})
}

// known are facts for rules without a directory behind them.
func knownFacts() *facts {
	f := newFacts()
	group := &ldapdir.Entry{DN: "cn=g,dc=x", Kind: ldapdir.Group}
	person := &ldapdir.Entry{DN: "uid=p,dc=x", Kind: ldapdir.Person, Addresses: []address.Address{"p@a.example", "q@b.example"}}
	f.known[query{kind: askEntry, a: group.DN}] = answer{found: true, entry: group}
	f.known[query{kind: askEntry, a: person.DN}] = answer{found: true, entry: person}
	f.known[query{kind: askMember, a: group.DN, b: person.DN}] = answer{found: true}
	for _, a := range person.Addresses {
		f.known[query{kind: askOwners, a: a.String()}] = answer{found: true, match: ldapdir.Match{Owners: []*ldapdir.Entry{person}, Address: a}}
	}
	for d, ours := range map[string]bool{"a.example": true, "b.example": true, "c.d.example": false} {
		f.known[query{kind: askDomain, a: d}] = answer{found: ours}
	}
	return f
}

// ladder are allow rules that all match p@a.example, the most specific first.
var ladder = [][]string{
	{"p@a.example", "q@b.example", "uid=p,dc=x"}, {"cn=g,dc=x"}, {"p@"}, {"a.example", "$mydomains"}, {".a.example"}, {".example"},
}

func TestSpecificity(t *testing.T) {
	p := subject{address: "p@a.example", untagged: "p@a.example", people: []*ldapdir.Entry{knownFacts().known[query{kind: askEntry, a: "uid=p,dc=x"}].entry}}
	judge := func(texts ...string) truth {
		rules, err := parseRules(texts)
		if err != nil {
			t.Fatal(err)
		}
		f := knownFacts()
		verdict := list{rules: rules}.judge(f, p, p)
		if len(f.needs) > 0 {
			t.Fatalf("%v need %v", texts, f.needs)
		}
		return verdict
	}
	for high, specific := range ladder {
		for _, s := range specific {
			for _, same := range specific {
				if judge(s, "-"+same) != no || judge("-"+same, s) != no {
					t.Errorf("deny does not win the tie of %s and %s", s, same)
				}
			}
			for _, general := range slices.Concat(ladder[high+1:]...) {
				if judge(s, "-"+general) != yes || judge("-"+general, s) != yes {
					t.Errorf("%s does not beat -%s", s, general)
				}
				if judge("-"+s, general) != no || judge(general, "-"+s) != no {
					t.Errorf("-%s does not beat %s", s, general)
				}
			}
			if judge(s, "-") != yes || judge("-") != no {
				t.Errorf("a bare - is not the last")
			}
		}
	}
}

// TestOrderMeansNothing shuffles random lists.
func TestOrderMeansNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := slices.Concat(ladder...)
	all = append(all, "other.example", "x@a.example", "notp@", "uid=other,dc=x")
	p := subject{address: "p@a.example", untagged: "p@a.example", people: []*ldapdir.Entry{knownFacts().known[query{kind: askEntry, a: "uid=p,dc=x"}].entry}}
	for range 2000 {
		var texts []string
		for range 1 + r.IntN(6) {
			s := all[r.IntN(len(all))]
			if r.IntN(2) == 0 {
				s = "-" + s
			}
			texts = append(texts, s)
		}
		verdict := func() truth {
			rules, _ := parseRules(texts)
			f := knownFacts()
			f.known[query{kind: askOwners, a: "x@a.example"}] = answer{}
			f.known[query{kind: askEntry, a: "uid=other,dc=x"}] = answer{}
			return list{rules: rules}.judge(f, p, p)
		}
		before := verdict()
		r.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		if after := verdict(); after != before || after == unsure {
			t.Fatalf("%v: %v, in another order %v", texts, before, after)
		}
	}
}

// TestUnsure: what cannot be asked makes a list unsure exactly if the answer could change its verdict.
func TestUnsure(t *testing.T) {
	stranger := "cn=unknown,dc=x" // nothing is known of it
	p := subject{address: "p@a.example", untagged: "p@a.example", people: []*ldapdir.Entry{{DN: "uid=p,dc=x", Addresses: []address.Address{"p@a.example"}}}}
	tests := []struct {
		rules []string
		want  truth
	}{
		{[]string{stranger}, unsure},
		{[]string{"-" + stranger}, unsure},
		{[]string{stranger, "p@a.example"}, yes},
		{[]string{stranger, "-p@a.example"}, no},
		{[]string{"-" + stranger, "p@a.example"}, unsure},
		{[]string{"-" + stranger, "-a.example"}, no},
		{[]string{stranger, "a.example"}, yes},
		{[]string{stranger, "-a.example"}, unsure},
	}
	for _, tt := range tests {
		rules, err := parseRules(tt.rules)
		if err != nil {
			t.Fatal(err)
		}
		if got := (list{rules: rules}).judge(knownFacts(), p, p); got != tt.want {
			t.Errorf("%v: %v; want %v", tt.rules, got, tt.want)
		}
	}
}

func TestRulesSpoiltByOne(t *testing.T) {
	if rules, err := parseRules([]string{"example.org", "joe"}); err == nil || rules != nil {
		t.Errorf("rules %v, %v", rules, err)
	}
	if got := fmt.Sprint(ruleTexts(&ldapdir.Entry{Attrs: map[string][]string{"authorig": {"cn=a"}, "unauthorig": {"cn=b", "cn=c"}}}, []string{"authorig", "-unauthorig"})); got != "[cn=a -cn=b -cn=c]" {
		t.Errorf("rules of Exchange's pairs: %s", got)
	}
}
