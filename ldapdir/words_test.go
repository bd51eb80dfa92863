package ldapdir

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"doe": "doe", "*": `\2a`, "*)(uid=*": `\2a\29\28uid=\2a`, `\2a`: `\5c2a`, "a\x00b": `a\00b`, "é": `\c3\a9`, "\xff": `\ff`, "a b+c@d": "a b+c@d", "": "",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for template, want := range map[string]string{
		"(mail=%s)": "", "(|(mail=%s)(proxyAddresses=smtp:%s))": "", `(&(mail=%s)(cn=100\25))`: "", "(&(objectClass=person)(uid=%s))": "",
		"(mail=doe)":             "no %s",
		"(mail=%u)":              "only %s is replaced",
		"(mail=%s)(uid=%s)":      "left over",
		"(%s=doe)":               "not the name of an attribute",
		"(mail=%s":               ") expected",
		"mail=%s":                "( expected",
		"(|(mail=%s)(uid))":      "= expected",
		"(mail=(%s))":            "must be written",
		`(&(mail=%s)(cn=a\zz))`:  "two hexadecimal digits",
		"(&(mail=%s)(cn>=a*b))":  "must be written",
		"(mail=%s)\n":            "left over",
		"(&(mail=%s) (uid=doe))": ") expected",
	} {
		err := checkTemplate(template)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("checkTemplate(%q) = %v; want %q", template, err, want)
		}
	}
	if got := fill("(|(mail=%s)(p=smtp:%s))", "*%s"); got != `(|(mail=\2a%s)(p=smtp:\2a%s))` {
		t.Errorf("fill = %s", got)
	}
	deep := strings.Repeat("(!", 60) + "(a=b)" + strings.Repeat(")", 60)
	if _, err := FilterAttrs(deep); err == nil {
		t.Error("a filter 60 deep was taken")
	}
}

func TestCanonicalDN(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"uid=doe,dc=example,dc=org", "uid=doe,dc=example,dc=org", true},
		{" UID = Doe , DC=Example;dc=org ", "uid=doe,dc=example,dc=org", true},
		{"userid=doe,2.5.4.11=People,OID.2.5.4.10=X", "uid=doe,ou=people,o=x", true},
		{"cn=a+uid=b,dc=x", "cn=a+uid=b,dc=x", true},
		{"uid=B + CN=a,dc=x", "cn=a+uid=b,dc=x", true},
		{`cn=a\, b,dc=x`, `cn=a\2c b,dc=x`, true},
		{`cn=a\2C b,dc=x`, `cn=a\2c b,dc=x`, true},
		{`cn=a\\,dc=x`, `cn=a\5c,dc=x`, true},
		{`cn=J\C3\BCrgen,dc=x`, "cn=jürgen,dc=x", true},
		{"cn=JU\u0308RGEN  X,dc=x", "cn=jürgen x,dc=x", true},
		{`cn=\ a\ ,dc=x`, "cn=a,dc=x", true},
		{"cn=#04024869,dc=x", "cn=#04024869,dc=x", true},
		{"cn=,dc=x", "cn=,dc=x", true},
		{"", "", true},
		{"  ", "", true},
		{"doe", "", false},
		{"uid=doe,,dc=x", "", false},
		{"uid=doe,", "", false},
		{",uid=doe", "", false},
		{"=doe", "", false},
		{"u d=doe", "", false},
		{`cn=a\`, "", false},
		{`cn=\ff`, "", false},
		{`cn="a, b"`, "", false},
		{"cn=\xff", "", false},
		{strings.Repeat("a=b,", 200) + "a=b", "", false},
		{"cn=" + strings.Repeat("x", 10_000), "", false},
	} {
		if got, ok := CanonicalDN(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("CanonicalDN(%.60q) = %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
	if SameDN("x", "x") || !SameDN("CN=a,dc=x", "cn=A, dc=x") {
		t.Error("SameDN")
	}
	if !Under("uid=a,dc=x", "dc=x") || !Under("dc=x", "dc=x") || Under("uid=a,dc=xx", "dc=x") || Under("ou=adc=x", "dc=x") || !Under("dc=x", "") {
		t.Error("Under")
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Blue   Room ": "blue room", " x": "x", "x\ty": "x y", "ÄÖ": "äö", "A\u0308": "ä", "ﬁ": "fi", "Straße": "straße", "ΣΑΣ": "σασ", "σας": "σασ", "": "", " ": "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q; want %q", in, got, want)
		}
	}
}

// FuzzEscape holds that no value leaves its place: the filter around it stays the one that was configured.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"doe", "*)(uid=*", `\`, "\x00", "é", "%s", ")(|(a=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if len(value) > 10_000 {
			return
		}
		filter := fill("(&(mail=%s)(!(uid=%s)))", value)
		attrs, err := FilterAttrs(filter)
		if err != nil || strings.Join(attrs, " ") != "mail uid" || strings.Contains(filter, "*") {
			t.Fatalf("%q gives %s: %v, %v", value, filter, attrs, err)
		}
	})
}

// FuzzCanonicalDN holds that a canonical name is its own canonical form, and that its parts are names too.
func FuzzCanonicalDN(f *testing.F) {
	for _, s := range []string{"uid=doe,dc=x", `cn=a\, b+uid=\2B,dc=x`, "cn=#0401", `cn=\ \ x\ `, "CN=ΣΑΣ,dc=İ", "a=\u00a0b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dn, ok := CanonicalDN(s)
		if !ok || len(dn) > maxDN { // escapes may make a name longer than may be asked for
			return
		}
		if again, ok := CanonicalDN(dn); !ok || again != dn {
			t.Fatalf("CanonicalDN(%q) = %q, but again %q, %v", s, dn, again, ok)
		}
		if parent, ok := CanonicalDN(ParentDN(dn)); !ok || parent != ParentDN(dn) || !Under(dn, parent) {
			t.Fatalf("the parent of %q is %q, %v", dn, parent, ok)
		}
	})
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"ldap:///dc=x??sub?(uid=a)", "ldap:///?", "ldap:///%zz", "ldap:///dc=x?a?b?c?d?e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := parseURL(s)
		if err != nil {
			return
		}
		if _, err := FilterAttrs(q.Filter); err != nil {
			t.Fatalf("parseURL(%q) lets %s through: %v", s, q.Filter, err)
		}
	})
}
