package envelope

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/filter"
	"usher/milter/message"
)

// double is a directory of entries in memory that can be told how old they are and whether it answers.
type double struct {
	cfg     ldapdir.Config
	now     time.Time
	down    bool
	entries []*ldapdir.Entry // all that is known, also while it is down
	gone    []*ldapdir.Entry // known not to be there
}

func (c *caseOf) double(t testing.TB, now time.Time) *double {
	t.Helper()
	cfg := c.directoryConfig(t)
	d := &double{cfg: cfg, now: now, down: c.LDAP.State != "" && c.LDAP.State != "up"}
	for dn, attrs := range c.entries {
		age, absent := time.Duration(-1), false
		for cachedDN, e := range c.Cache {
			if ldapdir.SameDN(cachedDN, dn) {
				age = time.Duration(e.Age * float64(time.Second))
				absent = e.Absent
				if e.Attrs != nil && age < cfg.Cache.TTL {
					attrs = e.Attrs
				}
			}
		}
		switch {
		case absent && age < cfg.Cache.NegativeTTL:
			d.gone = append(d.gone, cfg.Complete().Schema.Entry(ldapdir.Raw{DN: dn, Attrs: attrsOf(attrs)}, now))
			continue
		case d.down && (absent || age < 0 || age > cfg.Cache.MaxStale):
			continue
		case !d.down && age >= cfg.Cache.TTL:
			age = -1 // asked again
		}
		e := cfg.Complete().Schema.Entry(ldapdir.Raw{DN: dn, Attrs: attrsOf(attrs)}, now.Add(-max(age, 0)))
		e.Stale = age >= cfg.Cache.TTL
		d.entries = append(d.entries, e)
	}
	slices.SortFunc(d.entries, func(a, b *ldapdir.Entry) int { return strings.Compare(a.DN, b.DN) })
	return d
}

// missing is the answer to a question about what is not there: nobody, or nobody knows.
func (d *double) missing() error {
	if d.down {
		return fmt.Errorf("%w: it is down", ldapdir.ErrUnavailable)
	}
	return nil
}

func (d *double) pick(fits func(*ldapdir.Entry) bool) (found []*ldapdir.Entry) {
	for _, e := range d.entries {
		if fits(e) {
			found = append(found, e)
		}
	}
	return found
}

func (d *double) Login(_ context.Context, user string) (*ldapdir.Entry, bool, error) {
	names := []string{user}
	for _, realm := range d.cfg.StripRealms {
		if local, ok := strings.CutSuffix(user, "@"+realm); ok {
			names = append(names, local)
		}
	}
	for _, name := range names {
		found := d.pick(func(e *ldapdir.Entry) bool {
			return slices.ContainsFunc(e.Logins, func(l string) bool { return ldapdir.Fold(l) == ldapdir.Fold(name) })
		})
		if len(found) > 0 {
			return found[0], true, nil
		}
	}
	return nil, false, d.missing()
}

func (d *double) Resolve(_ context.Context, a address.Address) (ldapdir.Match, bool, error) {
	if _, ours, _ := d.Domain(context.Background(), a.Domain()); !ours {
		return ldapdir.Match{}, false, nil
	}
	for tagged, b := range d.forms(a) {
		if owners := d.pick(func(e *ldapdir.Entry) bool { return slices.Contains(e.Addresses, b) }); len(owners) > 0 {
			return ldapdir.Match{Owners: owners, Address: b, Tagged: tagged == 1}, true, nil
		}
		known := slices.ContainsFunc(d.gone, func(e *ldapdir.Entry) bool { return slices.Contains(e.Addresses, b) })
		if err := d.missing(); err != nil && !known {
			return ldapdir.Match{}, false, err
		}
	}
	return ldapdir.Match{}, false, nil
}

func (d *double) forms(a address.Address) []address.Address {
	if untagged, ok := a.Untagged(d.cfg.RecipientDelimiter); ok {
		return []address.Address{a, untagged}
	}
	return []address.Address{a}
}

func (d *double) ByDN(_ context.Context, dn string) (*ldapdir.Entry, bool, error) {
	if found := d.pick(func(e *ldapdir.Entry) bool { return ldapdir.SameDN(e.DN, dn) }); len(found) > 0 {
		return found[0], true, nil
	}
	return nil, false, d.missing()
}

func (d *double) ByDNs(ctx context.Context, dns []string) (all []*ldapdir.Entry, err error) {
	for _, dn := range dns {
		e, ok, err := d.ByDN(ctx, dn)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, e)
		}
	}
	return all, nil
}

// Search knows filters of one comparison, below a base.
func (d *double) Search(_ context.Context, url string) ([]*ldapdir.Entry, error) {
	if d.down {
		return nil, d.missing()
	}
	if err := ldapdir.CheckURL(url); err != nil {
		return nil, err
	}
	base, rest, _ := strings.Cut(strings.TrimPrefix(url, "ldap:///"), "?")
	filter := rest[strings.LastIndexByte(rest, '?')+1:]
	attr, value, _ := strings.Cut(strings.Trim(filter, "()"), "=")
	return d.pick(func(e *ldapdir.Entry) bool {
		return below(e.DN, base) && slices.Contains(e.Attrs[strings.ToLower(attr)], value)
	}), nil
}

func (d *double) Domain(_ context.Context, domain string) (ldapdir.Domain, bool, error) {
	for i, ours := range slices.Concat(d.cfg.Domains, d.cfg.RelayDomains) {
		if c, err := address.CanonicalDomain(ours); err == nil && c == domain {
			return ldapdir.Domain{Name: c, Relay: i >= len(d.cfg.Domains)}, true, nil
		}
	}
	return ldapdir.Domain{}, false, nil
}

// pure builds the deciding part of the module around a directory.
func (c *caseOf) pure(t testing.TB, d Directory, now time.Time) *gatherer {
	t.Helper()
	var r reader
	p := r.policy(c.moduleConfig(t))
	ts := r.tables(p.Config)
	if len(r.mistakes) > 0 {
		t.Fatal(r.mistakes)
	}
	return assemble(p, d, []string{"kolab"}, settings(c.config).str("recipient_delimiter", ""), ts, filter.Host{Ledger: c.counters(now)}).gatherer
}

// playPure asks the function stage by stage, as the callbacks of a milter would.
func playPure(t *testing.T, c *caseOf) []came {
	t.Helper()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	g := c.pure(t, c.double(t, now), now)
	var all []came
	for _, m := range c.mails() {
		all = append(all, c.decideAll(t, g, m, now))
	}
	return all
}

func (c *caseOf) decideAll(t *testing.T, g *gatherer, m *mailOf, now time.Time) came {
	t.Helper()
	ctx := t.Context()
	if c.WithinMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.WithinMS)*10*time.Millisecond)
		defer cancel()
	}
	env := &filter.Envelope{Role: filter.Role(m.Session.Role), Client: m.client(), User: m.Session.Auth, FromArg: m.Mail,
		From: address.Must(m.Mail), Size: m.Size, SMTPUTF8: m.Session.SMTPUTF8, Time: now}
	got := came{expected: expected{Would: &would{}}}
	quiet := c.audit() || env.Role == filter.Local
	ask := func(q question) (shown, meant string, edits []filter.Edit) {
		q.env = env
		d, f := g.decide(ctx, q)
		for _, fact := range f.proof(now) {
			got.Degraded = got.Degraded || fact.Stale
			got.answers = append(got.answers, fmt.Sprintf("  %s: %s (%s, %v)", fact.What, fact.Answer, fact.Source, fact.Age))
		}
		replays(t, g.policy, q, d, f)
		shown, meant = "accept", "accept"
		if d.reason != accepted {
			refusal := g.policy.refusal(d, env)
			meant = said(refusal)
			got.answers = append(got.answers, refusal.String())
		}
		if passes := d.reason == directoryUnavailable && c.onError(m.Session.Role) == filter.Pass; !quiet && !passes {
			shown = meant
			g.ledger.(*filter.MemoryLedger).Add(d.charges...)
		}
		if len(d.moderators) > 0 && !quiet {
			shown = "moderate"
		}
		return shown, meant, d.edits
	}
	got.Mail, got.Would.Mail, _ = ask(question{stage: filter.AtMail})
	got.Message = "not-reached"
	if got.Mail != "accept" {
		for range m.Rcpt {
			got.Rcpt = append(got.Rcpt, "not-reached")
		}
		return got
	}
	for _, r := range m.Rcpt {
		a := address.Must(r.meant())
		shown, meant, _ := ask(question{stage: filter.AtRcpt, rcpt: a})
		got.Rcpt, got.Would.Rcpt = append(got.Rcpt, shown), append(got.Would.Rcpt, meant)
		if shown == "accept" || shown == "moderate" {
			m, _, err := g.directory.Resolve(ctx, a)
			env.Rcpts = append(env.Rcpts, filter.Recipient{Address: a, Entry: m.Entry(), Err: err})
			got.Delivered = append(got.Delivered, a.String())
		}
	}
	if len(env.Rcpts) == 0 {
		return got
	}
	h := c.header(m)
	if got.Message, got.Would.Message, _ = ask(question{stage: filter.AtHeader, header: h}); got.Message != "accept" {
		return got
	}
	_, _, edits := ask(question{stage: atEnd, header: h})
	if quiet {
		edits = nil
	}
	dropped, added := rcptEdits(edits)
	got.edited(dropped, slices.DeleteFunc(added, func(a string) bool { // the host adds nobody twice
		return slices.ContainsFunc(env.Rcpts, func(r filter.Recipient) bool { return r.Address.String() == a })
	}))
	got.SenderHeader = senderOf(h, applied(h, edits), m.Expect.SenderHeader)
	return got
}

func rcptEdits(edits []filter.Edit) (dropped, added []string) {
	for _, e := range edits {
		switch e := e.(type) {
		case filter.DropRcpt:
			dropped = append(dropped, e.Addr.String())
		case filter.AddRcpt:
			added = append(added, e.Addr.String())
		}
	}
	return dropped, added
}

// header is that of a mail, as the client sent it.
func (c *caseOf) header(m *mailOf) (h message.Header) {
	for _, f := range m.fields(c.mailOfLogin(m.Session.Auth)) {
		h = append(h, message.Field{Name: f[0], Raw: " " + f[1], Origin: len(h) + 1})
	}
	return h
}

// mailOfLogin is the primary address of whoever logs in.
func (c *caseOf) mailOfLogin(login string) string {
	for _, e := range c.entries {
		if fmt.Sprint(e["uid"]) == login {
			return texts(e["mail"])[0]
		}
	}
	return "unknown@example.org"
}

func applied(h message.Header, edits []filter.Edit) message.Header {
	for _, e := range edits {
		switch e := e.(type) {
		case filter.SetHeader:
			h = h.Set(message.NewField(e.Name, e.Value))
		case filter.DelHeader:
			h = h.Without(e.Name)
		}
	}
	return h
}

// senderOf says what became of the Sender field in the words of cases; want decides between words that both fit.
func senderOf(was, is message.Header, want string) string {
	before, now := senderValues(was), senderValues(is)
	fits := []string{strings.Join(now, " and ")}
	if len(now) == 0 {
		fits[0] = "none"
	}
	if slices.Equal(before, now) {
		fits = append(fits, "keep")
	}
	if slices.Contains(fits, want) {
		return want
	}
	return fits[0]
}

func senderValues(h message.Header) (values []string) {
	for _, f := range h {
		if strings.EqualFold(strings.TrimSpace(f.Name), "Sender") {
			values = append(values, f.Value())
		}
	}
	return values
}

// replays holds that a decision is a function of the facts in its proof: made again from those alone, it is the same.
func replays(t *testing.T, p *policy, q question, d decision, f *facts) {
	t.Helper()
	again := newFacts()
	for _, used := range f.used {
		again.known[used] = f.known[used]
	}
	d2 := p.decide(again, q)
	if len(again.needs) > 0 || d2.outcome != d.outcome || !slices.Equal(d2.charges, d.charges) || len(again.used) != len(f.used) {
		t.Errorf("from its proof alone the decision is %+v, not %+v (missing %v)", d2.outcome, d.outcome, again.needs)
	}
}
