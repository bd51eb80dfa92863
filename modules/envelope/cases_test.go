package envelope

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/config"
	"usher/milter/filter"
)

// suite is a file of cases; its head says how to read one.
type suite struct {
	Defaults struct {
		Config map[string]any `yaml:"config"`
	} `yaml:"defaults"`
	Directory map[string]map[string]any `yaml:"directory"`
	Raw       []yaml.Node               `yaml:"cases"`
	Cases     []*caseOf                 `yaml:"-"`
}

// caseOf is one case. Several mails on one connection stand in Transactions.
type caseOf struct {
	ID        string                    `yaml:"id"`
	Title     string                    `yaml:"title"`
	Config    map[string]any            `yaml:"config"`
	Module    map[string]any            `yaml:"module"` // settings in our own words, over those of config
	Relay     []string                  `yaml:"relay_domains"`
	Directory map[string]map[string]any `yaml:"directory"`
	WithinMS  int                       `yaml:"within_ms"`
	LDAP      struct {
		State string `yaml:"state"`
	} `yaml:"ldap"`
	Cache  map[string]cached `yaml:"cache"`
	State  map[string]any    `yaml:"state"`
	Pauses struct {
		AfterRcpt float64 `yaml:"after_rcpt"`
	} `yaml:"pauses"`
	Transactions []*mailOf `yaml:"transactions"`
	mailOf       `yaml:",inline"`

	broken  error                     // it could not be read
	config  map[string]any            // with the defaults
	entries map[string]map[string]any // with the base directory
}

// cached is an entry as it was seen before the case, by its name. Absent: there was none.
type cached struct {
	Age    float64        `yaml:"age"`
	Attrs  map[string]any `yaml:"attrs"`
	Absent bool           `yaml:"absent"`
}

type mailOf struct {
	Session sessionOf   `yaml:"session"`
	Auth    *string     `yaml:"auth"` // of one of several mails, in place of the session's
	Mail    string      `yaml:"mail"`
	Size    int64       `yaml:"size"`
	Rcpt    []rcptOf    `yaml:"rcpt"`
	Headers [][2]string `yaml:"headers"`
	Expect  expected    `yaml:"expect"`
}

type sessionOf struct {
	Role     string `yaml:"role"`
	Auth     string `yaml:"auth"`
	Author   string `yaml:"author"`
	IP       string `yaml:"ip"`
	SMTPUTF8 bool   `yaml:"smtputf8"`
}

type rcptOf struct {
	Raw  string `yaml:"raw"`
	Addr string `yaml:"rcpt_addr"`
}

func (r *rcptOf) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		r.Raw = n.Value
		return nil
	}
	type plain rcptOf
	return n.Decode((*plain)(r))
}

// meant is the address the mail server understood.
func (r rcptOf) meant() string {
	if r.Addr != "" {
		return r.Addr
	}
	return r.Raw
}

type expected struct {
	Mail         string   `yaml:"mail"`
	Rcpt         []string `yaml:"rcpt"`
	Message      string   `yaml:"message"`
	SenderHeader string   `yaml:"sender_header"`
	Delivered    []string `yaml:"delivered"`
	Moderated    []string `yaml:"moderated"`
	Added        []string `yaml:"added"` // who gets the mail without having been asked for
	Degraded     bool     `yaml:"degraded"`
	Would        *would   `yaml:"would"`
}

type would struct {
	Mail    string   `yaml:"mail"`
	Rcpt    []string `yaml:"rcpt"`
	Message string   `yaml:"message"`
}

// String is what is expected in one line.
func (e expected) String() string {
	s := fmt.Sprintf("%s | %s | %s", e.Mail, strings.Join(e.Rcpt, ", "), e.Message)
	if e.SenderHeader != "" {
		s += " | sender " + e.SenderHeader
	}
	if e.Delivered != nil {
		s += " | to " + strings.Join(e.Delivered, ", ")
	}
	if e.Moderated != nil {
		s += fmt.Sprintf(" | moderated %v, added %v", e.Moderated, e.Added)
	}
	if e.Degraded {
		s += " | degraded"
	}
	if e.Would != nil {
		s += fmt.Sprintf(" | would %s %s %s", e.Would.Mail, strings.Join(e.Would.Rcpt, ", "), e.Would.Message)
	}
	return s
}

// mails are the transactions; what they leave out is the case's.
func (c *caseOf) mails() []*mailOf {
	if len(c.Transactions) == 0 {
		return []*mailOf{&c.mailOf}
	}
	for _, m := range c.Transactions {
		if m.Session == (sessionOf{}) {
			m.Session = c.Session
		}
		if m.Auth != nil {
			m.Session.Auth = *m.Auth
		}
	}
	return c.Transactions
}

// fields are the header as the client sent it.
func (m *mailOf) fields(principalMail string) [][2]string {
	if m.Headers != nil {
		return m.Headers
	}
	if m.Mail != "" {
		return [][2]string{{"From", m.Mail}}
	}
	return [][2]string{{"From", principalMail}}
}

func loadSuite(t testing.TB, file string) *suite {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	if err := yaml.Unmarshal(text, &s); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(s.Raw) == 0 {
		t.Fatalf("%s: no cases", file)
	}
	for i := range s.Raw {
		c := &caseOf{}
		if err := s.Raw[i].Decode(c); err != nil { // one that is beyond us fails alone
			c.broken = err
		}
		s.Cases = append(s.Cases, c)
	}
	s.complete()
	return &s
}

// complete gives every case the defaults and the base directory.
func (s *suite) complete() {
	for _, c := range s.Cases {
		c.config = overlay(s.Defaults.Config, c.Config)
		c.entries = s.with(c.Directory)
	}
}

// overlay lays settings over others, key by key.
func overlay(base, over map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, base)
	for key, v := range over {
		below, isMap := all[key].(map[string]any)
		above, also := v.(map[string]any)
		if isMap && also {
			v = overlay(below, above)
		}
		all[key] = v
	}
	return all
}

// with is the base directory with entries added or merged; null takes an attribute away.
func (s *suite) with(more map[string]map[string]any) map[string]map[string]any {
	all := map[string]map[string]any{}
	for dn, e := range s.Directory {
		all[dn] = e
	}
	for dn, e := range more {
		for known := range all {
			if ldapdir.SameDN(known, dn) {
				dn = known
			}
		}
		merged := map[string]any{}
		maps.Copy(merged, all[dn])
		for name, v := range e {
			if v == nil {
				delete(merged, name)
				continue
			}
			merged[name] = v
		}
		all[dn] = merged
	}
	return all
}

// texts are the values of an attribute in a case.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, fmt.Sprint(one))
		}
		return all
	case bool:
		return []string{strings.ToUpper(fmt.Sprint(v))}
	}
	return []string{fmt.Sprint(v)}
}

// attrsOf are the attributes of an entry as a directory would have them: group: true is a class. Addresses beyond
// ASCII cannot stand in mail, whose syntax is IA5; they have an attribute of their own.
func attrsOf(e map[string]any) map[string][]string {
	class := "inetOrgPerson"
	all := map[string][]string{}
	for name, v := range e {
		switch {
		case name == "group" && v == true:
			class = "groupOfNames"
		case (name == "folder" || name == "sharedFolder") && v == true:
			class = "kolabSharedFolder"
		case name == "mail" || name == "alias":
			for _, text := range texts(v) {
				if attr := name; isASCII(text) {
					all[attr] = append(all[attr], text)
				} else {
					all["intl"+attr] = append(all["intl"+attr], text)
				}
			}
		default:
			all[name] = texts(v)
		}
	}
	all["objectClass"] = []string{class}
	return all
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// settings read values out of a case's config.
type settings map[string]any

func (s settings) at(path string) any {
	var v any = map[string]any(s)
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func (s settings) str(path, otherwise string) string {
	if v, ok := s.at(path).(string); ok {
		return v
	}
	return otherwise
}

func (s settings) flag(path string) bool { return s.at(path) == true }

func (s settings) num(path string) int {
	n, _ := s.at(path).(int)
	return n
}

func (s settings) list(path string) []string { return texts(s.at(path)) }

// directoryConfig is the directory section a case describes; the file is put in by whoever opens it.
func (c *caseOf) directoryConfig(t testing.TB) ldapdir.Config {
	t.Helper()
	module := c.moduleConfig(t)
	s := settings(c.config)
	cfg := ldapdir.Defaults()
	cfg.LDIF, cfg.Base, cfg.Preset = "testdata/envelope-cases.yaml", "dc=example,dc=org", "kolab"
	cfg.Domains, cfg.RelayDomains = s.list("our_domains"), c.Relay
	cfg.RecipientDelimiter = s.str("recipient_delimiter", "")
	cfg.StripRealms = s.list("login.strip_realms")
	cfg.Schema.Logins = s.list("login.attrs")
	for _, attr := range s.list("address_attrs") {
		cfg.Schema.Addresses = append(cfg.Schema.Addresses, attr, "intl"+attr)
	}
	cfg.Schema.Members, cfg.Schema.Forwards = []string{"member"}, []string{"rfc822Member"}
	cfg.Schema.Wanted = module.DirectoryAttributes("kolab")
	seconds := func(path string) time.Duration { return time.Duration(s.num(path)) * time.Second }
	cfg.Cache.TTL, cfg.Cache.NegativeTTL, cfg.Cache.MaxStale = seconds("cache.ttl"), seconds("cache.negative_ttl"), seconds("cache.max_stale")
	return cfg
}

// moduleConfig is the module's section a case describes, for one role.
func (c *caseOf) moduleConfig(t testing.TB) Config {
	t.Helper()
	s := settings(c.config)
	m := defaults
	m.LocalSender = s.str("mx.local_sender", m.LocalSender)
	m.AuthNullSender = s.str("auth_null_sender", m.AuthNullSender)
	m.DelegatePolicy = s.str("delegate_policy", m.DelegatePolicy)
	m.HeaderFrom = s.str("header_from", m.HeaderFrom)
	m.AllowResent = s.flag("allow_resent")
	m.ReplyTo = s.str("reply_to", m.ReplyTo)
	m.SenderHeader = SenderHeader{s.flag("sender_header.on_behalf"), s.flag("sender_header.alias"), s.flag("sender_header.send_as")}
	m.AlwaysReachable = s.list("always_reachable")
	m.KolabCompatOpenAllowlist = s.flag("kolab_compat_open_allowlist")
	m.Groups.DefaultMode = s.str("groups.default_mode", "public")
	m.Groups.AcceptNullSender = s.flag("groups.accept_null_sender")
	m.Groups.ExternalMembers = s.str("groups.external_members", "envelope")
	m.Groups.MaxDepth = s.num("groups.max_depth")
	m.RateExempt = s.list("rate_exempt")
	m.Limits = Limits{s.num("limits.rcpt_per_message"), s.num("limits.rcpt_per_hour"), s.num("limits.rcpt_per_day"),
		s.num("limits.denied_rcpt_10m"), filter.Size(s.num("limits.size"))}
	m.UnknownRecipient = map[string]string{"*": s.str("unknown_recipient", "pass")}
	if byDomain, ok := s.at("unknown_recipient").(map[string]any); ok {
		for d, what := range byDomain {
			m.UnknownRecipient[d] = fmt.Sprint(what)
		}
	}
	m.Hosts = map[string]Host{}
	hosts, _ := s.at("hosts").(map[string]any)
	for net, v := range hosts {
		h := settings(v.(map[string]any))
		var n Network
		if err := n.UnmarshalText([]byte(net)); err != nil {
			t.Fatal(err)
		}
		m.Hosts[h.str("name", net)] = Host{Net: []Network{n}, Senders: h.list("senders"), Relay: h.flag("relay"),
			Internal: h.flag("internal"), NullSender: h.flag("null_sender")}
	}
	if c.Module != nil {
		text, err := yaml.Marshal(c.Module)
		if err == nil {
			err = config.Decode(c.ID, "testdata", text, &m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if ms := m.Check(); len(ms) > 0 {
		t.Fatal(ms)
	}
	return m
}

func (c *caseOf) audit() bool { return settings(c.config).str("mode", "enforce") == "audit" }

// onError is what the case wants of the module when the directory does not answer.
func (c *caseOf) onError(role string) filter.OnError {
	key := "outage.submission"
	if role == "inbound" {
		key = "outage.mx"
	}
	if settings(c.config).str(key, "tempfail") == "accept" {
		return filter.Pass
	}
	return filter.Defer
}

// counters are the ledger before the case: counters by account, or names of suspended accounts.
func (c *caseOf) counters(now time.Time) *filter.MemoryLedger {
	l := &filter.MemoryLedger{}
	for what, v := range c.State {
		accounts, counted := v.(map[string]any)
		if !counted {
			for _, account := range texts(v) {
				l.Add(filter.Charge{Account: account, Time: now, Suspend: what})
			}
		}
		for account, n := range accounts {
			charge := filter.Charge{Account: account, Time: now.Add(-time.Minute)}
			charge.Amount, _ = n.(int)
			switch {
			case strings.HasPrefix(what, "rcpt_1h"):
				charge.Counter = counterRcpts
			case strings.HasPrefix(what, "rcpt_"):
				charge.Counter, charge.Time = counterRcpts, now.Add(-2*time.Hour)
			case strings.HasPrefix(what, "denied"):
				charge.Counter = counterDenied
			default:
				charge.Suspend, charge.Amount = fmt.Sprint(what, " ", n), 0
			}
			l.Add(charge)
		}
	}
	return l
}

// came is what came of a mail, in the words of expected.
type came struct {
	expected
	answers []string // in full
}

// said writes a refusal as cases do.
func said(r *filter.Refusal) string {
	if r == nil {
		return "accept"
	}
	return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Reason)
}

// judge compares what came with what was expected, as far as the case says anything about it.
func (m *mailOf) judge(got came) []string {
	want := m.Expect
	var wrong []string
	differ := func(what, got, want string) {
		if want != "" && got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, not %q", what, got, want))
		}
	}
	differ("mail", got.Mail, want.Mail)
	differ("rcpt", strings.Join(got.Rcpt, ", "), strings.Join(want.Rcpt, ", "))
	differ("message", got.Message, want.Message)
	differ("sender_header", got.SenderHeader, want.SenderHeader)
	if want.Delivered != nil {
		differ("delivered", strings.Join(got.Delivered, " "), canonical(want.Delivered))
	}
	if want.Moderated != nil {
		differ("moderated", fmt.Sprint(got.Moderated), fmt.Sprint(want.Moderated))
	}
	if want.Added != nil {
		differ("added", fmt.Sprint(got.Added), fmt.Sprint(want.Added))
	}
	if want.Degraded && !got.Degraded {
		wrong = append(wrong, "it does not say that it rests on stale data")
	}
	if want.Would != nil && got.Would != nil {
		differ("would mail", got.Would.Mail, want.Would.Mail)
		differ("would rcpt", strings.Join(got.Would.Rcpt, ", "), strings.Join(want.Would.Rcpt, ", "))
		differ("would message", got.Would.Message, want.Would.Message)
	}
	return wrong
}

// edited takes what edits make of the recipients.
func (g *came) edited(dropped, added []string) {
	g.Added = added
	for _, a := range dropped {
		g.Moderated = append(g.Moderated, a)
		g.Delivered = slices.DeleteFunc(g.Delivered, func(d string) bool { return d == a })
	}
}

func canonical(addrs []string) string {
	var all []string
	for _, a := range addrs {
		all = append(all, address.Must(a).String())
	}
	return strings.Join(all, " ")
}

func (m *mailOf) client() netip.Addr {
	a, _ := netip.ParseAddr(m.Session.IP)
	return a
}

// TestCases runs every case twice: through the pure function with a double for a directory, and as a real
// conversation with the directory in a file.
func TestCases(t *testing.T) {
	file := os.Getenv("USHER_ENVELOPE_CASES")
	if file == "" {
		file = "testdata/envelope-cases.yaml"
	}
	s := loadSuite(t, file)
	fmt.Println(s.run(t))
}

// TestRules runs our own cases, one or more for each numbered rule, over the base directory of the other file.
func TestRules(t *testing.T) {
	base, s := loadSuite(t, "testdata/envelope-cases.yaml"), loadSuite(t, "testdata/rules.yaml")
	s.Defaults = base.Defaults
	maps.Copy(base.Directory, s.Directory)
	s.Directory = base.Directory
	s.complete()
	fmt.Println(s.run(t))
}

func (s *suite) run(t *testing.T) string {
	passed := 0
	for _, c := range s.Cases {
		ok := t.Run(c.ID, func(t *testing.T) {
			if c.broken != nil {
				t.Fatal(c.broken)
			}
			t.Run("pure", func(t *testing.T) { c.report(t, "pure", playPure(t, c)) })
			t.Run("milter", func(t *testing.T) { c.report(t, "milter", playMilter(t, c)) })
		})
		if ok {
			passed++
		}
	}
	return fmt.Sprintf("%d cases: %d passed, %d failed", len(s.Cases), passed, len(s.Cases)-passed)
}

func (c *caseOf) report(t *testing.T, how string, got []came) {
	t.Helper()
	for i, m := range c.mails() {
		verdict, wrong := "ok  ", m.judge(got[i])
		if len(wrong) > 0 {
			verdict = "FAIL"
			t.Errorf("%s: %s\n%s", c.Title, strings.Join(wrong, "; "), strings.Join(got[i].answers, "\n"))
		}
		if m.Expect.Would == nil {
			got[i].Would = nil
		}
		fmt.Printf("%s %-8s %-6s want %s || came %s\n", verdict, c.ID, how, m.Expect, got[i].expected)
	}
}
