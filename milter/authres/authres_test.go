package authres

import (
	"strings"
	"testing"

	"usher/milter/message"
)

func headerOf(values ...string) (h message.Header) {
	for _, v := range values {
		h = h.With(message.Field{Name: "Authentication-Results", Raw: " " + v})
	}
	return h
}

func TestVouch(t *testing.T) {
	const pass = "; dmarc=pass header.from=example.com"
	tests := []struct {
		name   string
		fields []string
		ours   bool
		vouch  bool
	}{
		{"nothing", nil, false, false},
		{"dmarc", []string{"mx.test" + pass}, true, true},
		{"as OpenDMARC writes it", []string{"MX.test 1; dmarc=pass (p=none dis=none) header.from=Example.COM"}, true, true},
		{"as Rspamd writes it", []string{"mx.test;\tdkim=pass header.d=esp.net header.s=k1 header.b=\"aB/c=\";\tspf=pass (mx.test: domain of \"prvs=1=a@esp.net\" designates 192.0.2.1) smtp.mailfrom=\"prvs=1=a@esp.net\";\tdmarc=pass (policy=reject) header.from=example.com"}, true, true},
		{"unquoted BATV", []string{"mx.test; spf=pass smtp.mailfrom=prvs=1=a@esp.net" + pass}, true, true},
		{"with a comment everywhere", []string{"(a) mx.test (b(c)) 1 (d) ; (e) dmarc (f) = (g) pass (h\\)) header.from (i) = (j) example.com (k)"}, true, true},
		{"of an address", []string{"mx.test; dmarc=pass header.from=ann@example.com"}, true, true},
		{"with a version of the method", []string{"mx.test; dmarc/1=pass header.from=example.com"}, true, true},
		{"aligned DKIM", []string{"mx.test; dmarc=none; dkim=fail header.d=example.com; dkim=pass header.d=example.com"}, true, true},
		{"DKIM of another domain", []string{"mx.test; dkim=pass header.d=esp.net"}, true, false},
		{"DKIM and a DMARC that failed", []string{"mx.test; dkim=pass header.d=example.com; dmarc=fail header.from=example.com"}, true, false},
		{"SPF alone", []string{"mx.test; spf=pass smtp.mailfrom=a@example.com"}, true, false},
		{"none", []string{"mx.test; none"}, true, false},
		{"an empty field of ours", []string{"mx.test"}, true, false},
		{"a stranger's", []string{"mx.evil" + pass}, false, false},
		{"one that only begins like ours", []string{"mx.test.evil" + pass}, false, false},
		{"a stranger's above ours", []string{"mx.evil" + pass, "mx.test; dmarc=fail header.from=example.com"}, true, false},
		{"ours above a forged one", []string{"mx.test; dmarc=fail header.from=example.com", "mx.test" + pass}, true, false},
		{"ours that cannot be read above a forged one", []string{"mx.test; dmarc=fail \"", "mx.test" + pass}, true, false},
		{"another author", []string{"mx.test; dmarc=pass header.from=evil.com"}, true, false},
		{"the domain below", []string{"mx.test; dmarc=pass header.from=com"}, true, false},
		{"two authors", []string{"mx.test; dmarc=pass header.from=example.com header.from=evil.com"}, true, false},
		{"no author", []string{"mx.test; dmarc=pass"}, true, false},
		{"passed and failed", []string{"mx.test; dmarc=fail" + pass}, true, false},
		{"passed for two", []string{"mx.test; dmarc=pass header.from=evil.com" + pass}, true, false},
		{"a result in a comment", []string{"mx.test; spf=fail (helo" + pass + ") smtp.helo=x"}, true, false},
		{"a result in quotes", []string{"mx.test; spf=fail reason=\"x" + pass + "\""}, true, false},
		{"a result in quotes with a quote", []string{"mx.test; spf=fail smtp.mailfrom=\"a\\\"" + pass + "\"@evil.com"}, true, false},
		{"a comment without an end", []string{"mx.test" + pass + " (a"}, true, false},
		{"a quote without an end", []string{"mx.test" + pass + "; spf=\"a"}, true, false},
		{"no semicolon", []string{"mx.test dmarc=pass header.from=example.com"}, true, false},
		{"a result without a method", []string{"mx.test; pass header.from=example.com"}, true, false},
		{"too deep", []string{"mx.test" + pass + strings.Repeat("(", 20) + strings.Repeat(")", 20)}, true, false},
		{"too many", []string{"mx.test" + pass + strings.Repeat("; spf=pass", maxResults)}, true, false},
		{"too many properties", []string{"mx.test" + pass + strings.Repeat(" header.b=x", maxProperties)}, true, false},
		{"too long", []string{"mx.test" + pass + " (" + strings.Repeat("x", maxField) + ")"}, true, false},
	}
	for _, tt := range tests {
		rs, ours := Read(headerOf(tt.fields...), "mx.test")
		if got := rs.Vouch("example.com"); ours != tt.ours || got != tt.vouch {
			t.Errorf("%s: ours %v, vouches %v; want %v, %v (%v)", tt.name, ours, got, tt.ours, tt.vouch, rs)
		}
	}
}

// TestNobodyIsOurs: without an authserv-id no field is believed, not even one that names nobody.
func TestNobodyIsOurs(t *testing.T) {
	if rs, ours := Read(headerOf("; dmarc=pass header.from=example.com"), ""); ours || rs != nil {
		t.Errorf("%v, %v", rs, ours)
	}
}

// FuzzRead holds that reading ends within its bounds, and that nothing a stranger puts into quotes becomes a result.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"; dmarc=pass header.from=example.com", " 1; none", "; spf=fail (a(b\\)) \"c", "; dkim=pass reason=\"a;b\" header.d=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rs, _ := Read(headerOf("mx.test"+s), "mx.test")
		if len(rs) > maxResults {
			t.Fatalf("%d results", len(rs))
		}
		for _, r := range rs {
			if r.Method == "" || len(r.Properties) > maxProperties {
				t.Fatalf("%q with %d properties", r.Method, len(r.Properties))
			}
		}
		escaped := strings.NewReplacer("\\", "\\\\", "\"", "\\\"", "\r", "", "\n", "").Replace(s)
		quoted := "mx.test; spf=fail reason=\"" + escaped + "\""
		if rs, ok := Read(headerOf(quoted), "mx.test"); ok && (len(rs) > 1 || rs.Vouch("example.com")) {
			t.Fatalf("%q says %v", quoted, rs)
		}
	})
}
