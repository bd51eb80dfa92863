package envelope

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldif"
	"usher/milter/config"
	"usher/milter/filter"
	"usher/milter/message"
)

// TestMistakes: whatever is wrong is said with its line, all at once.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("d.ldif", "dn: uid=a,dc=x\nobjectClass: person\nmail: a@example.org\n")
	write("maps", "a@example.org\n")
	head := "listen: [{socket: \"inet:127.0.0.1:1\", role: submission}]\ndomains: [example.org]\ndirectory: {ldif: d.ldif, base: \"dc=x\"}\nmodules:\n  envelope:\n    enabled: true\n"
	tests := []struct{ text, want string }{
		{"    header_from: off\n", `7: envelope.header_from: want none, authorized or aligned, not "off"`},
		{"    hosts: {scanner: {net: 10.0.0.300}}\n", "envelope.hosts.scanner.net"},
		{"    hosts: {scanner: {net: 10.0.0.1/8}}\n", "bits are set behind the mask: want 10.0.0.0/8"},
		{"    hosts: {scanner: {net: 10.0.0.1, senders: [joe]}}\n", `7: envelope.hosts.scanner.senders[0]: want an address or @domain, not "joe"`},
		{"    hosts: {a: {net: 10.0.0.1}, b: {net: 10.0.0.1}}\n", "10.0.0.1/32 is that of a already"},
		{"    sender_rules: {a@example.org: [b.example, \"uid=,,\"]}\n", "7: envelope.sender_rules.a@example.org[1]: "},
		{"    sender_rules: {joe: [b.example]}\n", "want an address such as list@example.org"},
		{"    accounts:\n      joe:\n        recipient_rules:\n          - example.org\n          - \"ldap:///dc=x??sub?(a=\"\n", `11: envelope.accounts.joe.recipient_rules[1]: `},
		{"    block_senders: [\"-a.example\"]\n", "the list says already whether it denies"},
		{"    posting: {a@example.org: friends}\n", "want public, internal or members"},
		{"    unknown_recipient: {example.org: maybe}\n", "want pass or refuse"},
		{"    groups: {networks: [{group: kiosk, net: 10.0.0.0/8}]}\n", "want the name (DN) of a group"},
		{"    groups: {max_depth: 0}\n", "7: envelope.groups.max_depth: want between 1 and 100, not 0"},
		{"    limits: {rcpt_per_hour: -1}\n", "want 0 (no limit) or more, not -1"},
		{"    attributes: {status: [\"a b\"]}\n", `"a b" cannot be the name of an attribute`},
		{"    always_reachable: [postmaster@example.org]\n", "want what stands before the @"},
		{"    login_maps: [nowhere]\n", "no such file"},
		{"    login_maps: [maps]\n", "maps:1: there is nothing behind the key"},
	}
	for _, tt := range tests {
		write("usher.yaml", head+tt.text)
		c, err := config.Load(filepath.Join(dir, "usher.yaml"), []filter.Definition{Module})
		if err == nil {
			_, err = c.Steps(filter.Host{Directory: openFile(t, c.Directory)})
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.text, err, tt.want)
		}
	}
	write("usher.yaml", head+"    header_from: off\n    posting: {a: b}\n    block_senders: [joe]\n")
	_, err := config.Load(filepath.Join(dir, "usher.yaml"), []filter.Definition{Module})
	if err == nil || strings.Count(err.Error(), "envelope.") < 3 {
		t.Errorf("not all mistakes at once: %v", err)
	}
	if _, err := build(filter.Host{}, defaults); err == nil {
		t.Error("it works without a directory")
	}
}

func openFile(t *testing.T, cfg ldapdir.Config) *ldapdir.Dir {
	t.Helper()
	d, err := ldapdir.New(cfg, ldif.Open, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDirectoryAttributes(t *testing.T) {
	c := defaults
	c.Attributes.Posting = []string{"myMode"}
	c.Attributes.Status = []string{}
	kolab := c.DirectoryAttributes("kolab")
	for _, want := range []string{"kolabAllowSMTPSender", "sendAsDelegate", "myMode", "memberUid", "nsRoleDN"} {
		if !slices.Contains(kolab, want) {
			t.Errorf("%s is not asked for: %v", want, kolab)
		}
	}
	if slices.Contains(kolab, "postingMode") || slices.Contains(kolab, "mailStatus") {
		t.Errorf("what is configured does not replace the preset: %v", kolab)
	}
	if ad := c.DirectoryAttributes("ad"); !slices.Contains(ad, "unauthOrig") || slices.Contains(ad, "kolabAllowSMTPSender") {
		t.Errorf("ad: %v", ad)
	}
	both := Attributes{}.over("kolab", "ad")
	if got := strings.Join(both.Status, " "); got != "mailStatus inetUserStatus userAccountControl" {
		t.Errorf("two directories: %s", got)
	}
}

func TestNetwork(t *testing.T) {
	for _, tt := range []struct {
		text, client string
		bits         int
	}{
		{"10.0.0.20", "10.0.0.20", 32}, {"10.0.0.20", "10.0.0.21", -1}, {"10.0.0.0/8", "10.9.9.9", 8}, {"10.0.0.0/8", "::ffff:10.9.9.9", 8},
		{"2001:db8::/32", "2001:db8::1", 32}, {"2001:db8::1", "2001:db8::1", 128}, {"0.0.0.0/0", "2001:db8::1", -1}, {"::ffff:10.0.0.1", "10.0.0.1", 32},
	} {
		var n Network
		if err := n.UnmarshalText([]byte(tt.text)); err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
		if got := n.bits(netip.MustParseAddr(tt.client)); got != tt.bits {
			t.Errorf("%s in %s: %d bits; want %d", tt.client, tt.text, got, tt.bits)
		}
		text, _ := n.MarshalText()
		var again Network
		if err := again.UnmarshalText(text); err != nil || again != n {
			t.Errorf("%s is written %s, which is %v, %v", tt.text, text, again, err)
		}
	}
	if (Network{}).bits(netip.MustParseAddr("10.0.0.1")) != -1 || (Network{}).bits(netip.Addr{}) != -1 {
		t.Error("the zero network holds somebody")
	}
}

func TestMatch(t *testing.T) {
	m := &module{&gatherer{policy: &policy{Config: defaults}}}
	alice := &ldapdir.Entry{Addresses: []address.Address{"alice@example.org", "a.smith@example.org"}}
	h := func(fields ...string) (h message.Header) {
		for i := 0; i < len(fields); i += 2 {
			h = append(h, message.Field{Name: fields[i], Raw: " " + fields[i+1]})
		}
		return h
	}
	tests := []struct {
		name string
		env  filter.Envelope
		h    message.Header
		want filter.Interest
	}{
		{"the usual mail", filter.Envelope{User: "alice", Principal: alice}, h("From", "Alice <alice@example.org>"), filter.Nothing},
		{"an alias", filter.Envelope{User: "alice", Principal: alice}, h("From", "a.smith@example.org"), filter.Header},
		{"two authors", filter.Envelope{User: "alice", Principal: alice}, h("From", "alice@example.org, bob@example.org"), filter.Header},
		{"a Sender field", filter.Envelope{User: "alice", Principal: alice}, h("From", "alice@example.org", "Sender ", "x@y.example"), filter.Header},
		{"nobody known", filter.Envelope{User: "alice"}, h("From", "alice@example.org"), filter.Header},
		{"no login", filter.Envelope{}, h("From", "x@y.example", "Sender", "z@y.example"), filter.Nothing},
		{"role local", filter.Envelope{User: "alice", Role: filter.Local}, h("Sender", "z@y.example"), filter.Nothing},
	}
	for _, tt := range tests {
		if got := m.Match(&tt.env, tt.h); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
