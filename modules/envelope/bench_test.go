package envelope

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/milter"
	"usher/milter/filter"
	"usher/milter/message"
	"usher/milter/miltertest"
)

// crowd is a directory of any number of people; it makes up whoever is asked for.
type crowd struct{}

func (crowd) Close() error { return nil }

func (crowd) Search(_ context.Context, q ldapdir.Query) ([]ldapdir.Raw, error) {
	i := strings.Index(q.Filter+q.Base, "u")
	for s := q.Filter + q.Base; i >= 0; {
		var n int
		if _, err := fmt.Sscanf(s[i:], "u%06d", &n); err == nil {
			return []ldapdir.Raw{person(n)}, nil
		}
		next := strings.Index(s[i+1:], "u")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil, nil
}

func person(n int) ldapdir.Raw {
	uid := fmt.Sprintf("u%06d", n)
	attrs := map[string][]string{
		"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {"Person " + uid}, "mail": {uid + "@example.org"},
		"alias": {uid + ".alias@example.org"}, "preferredLanguage": {"de"},
	}
	if n%10 == 0 { // one in ten has lists, or a delegate
		attrs["kolabAllowSMTPSender"] = []string{"example.org", "-" + fmt.Sprintf("u%06d@example.org", n+1), ".partner.example"}
		attrs["kolabDelegate"] = []string{fmt.Sprintf("uid=u%06d,ou=People,dc=example,dc=org", n+1)}
	}
	return ldapdir.Raw{DN: "uid=" + uid + ",ou=People,dc=example,dc=org", Attrs: attrs}
}

const people = 100_000

// warmCrowd is a directory whose cache knows everybody by address and by login.
func warmCrowd(b *testing.B, module *Config) (*ldapdir.Dir, float64) {
	b.Helper()
	cfg := ldapdir.Defaults()
	cfg.URL, cfg.Base, cfg.Domains = []string{"ldap://crowd"}, "dc=example,dc=org", []string{"example.org"}
	cfg.Cache.TTL, cfg.Cache.MaxStale, cfg.Cache.MaxEntries = time.Hour, time.Hour, 1_000_000
	cfg.Schema.Wanted = module.DirectoryAttributes("kolab")
	before := heap()
	d, err := ldapdir.New(cfg, func(ldapdir.Profile, *slog.Logger) (ldapdir.Backend, error) { return crowd{}, nil }, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	for n := range people {
		uid := fmt.Sprintf("u%06d", n)
		if _, ok, err := d.Login(b.Context(), uid); !ok || err != nil {
			b.Fatal(uid, err)
		}
		if _, ok, err := d.Resolve(b.Context(), address.Address(uid+"@example.org")); !ok || err != nil {
			b.Fatal(uid, err)
		}
	}
	return d, float64(heap()-before) / (1 << 20)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkDecisions measures what one core decides with everybody in the cache: a mail to one recipient makes
// three decisions. The goals: 20,000 decisions a second, 256 MiB.
func BenchmarkDecisions(b *testing.B) {
	c := defaults
	d, mib := warmCrowd(b, &c)
	built, err := build(filter.Host{Directory: d, Ledger: &filter.MemoryLedger{}}, c)
	if err != nil {
		b.Fatal(err)
	}
	m := built.(*module)
	now := time.Now()
	var turn atomic.Int64
	refused := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += 3 {
		n := int(turn.Add(7919)) % people
		uid := fmt.Sprintf("u%06d", n)
		env := &filter.Envelope{Role: filter.Submission, User: uid, From: address.Address(uid + "@example.org"), Time: now}
		to := address.Address(fmt.Sprintf("u%06d@example.org", (n*31)%people))
		for _, verdict := range []func() (filter.Verdict, error){
			func() (filter.Verdict, error) { return m.CheckSender(b.Context(), env) },
			func() (filter.Verdict, error) {
				return m.CheckRecipient(b.Context(), env, filter.Recipient{Address: to})
			},
			func() (filter.Verdict, error) {
				return m.CheckHeader(b.Context(), env, message.Header{{Name: "From", Raw: " <" + string(env.From) + ">"}})
			},
		} {
			v, err := verdict()
			if err != nil {
				b.Fatal(err)
			}
			if v.Refusal != nil {
				refused++
			}
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
	b.ReportMetric(mib, "MiB")
	if refused > b.N/10 {
		b.Errorf("%d of %d refused", refused, b.N)
	}
}

// BenchmarkAddedLatency measures what a mail waits for us: MAIL, RCPT and the end of its header through the milter
// protocol over loopback, with everybody in the cache. The goal: 99 of 100 below a millisecond.
func BenchmarkAddedLatency(b *testing.B) {
	c := defaults
	d, _ := warmCrowd(b, &c)
	built, err := build(filter.Host{Directory: d, Ledger: &filter.MemoryLedger{}}, c)
	if err != nil {
		b.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	p := &filter.Pipeline{Directory: d, Log: quiet, Steps: []filter.Step{{Name: "envelope", Setting: filter.Setting{Module: built, OnError: filter.Defer}}}}
	server := milter.New(milter.Options{Pipeline: func() milter.Pipeline { return p }, Log: quiet})
	l := milter.Listener{Name: "submission", Role: filter.Submission, Network: "tcp", Address: "127.0.0.1:0"}
	ln, err := l.Listen()
	if err != nil {
		b.Fatal(err)
	}
	go server.Serve(l, ln)
	defer server.Shutdown(b.Context())
	s, err := miltertest.Dial("tcp", ln.Addr().String(), miltertest.Postfix)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var took []time.Duration
	n := 0
	for b.Loop() {
		n = (n + 7919) % people
		from := fmt.Sprintf("u%06d@example.org", n)
		start := time.Now()
		delivery, err := s.Deliver(miltertest.Mail{User: from[:7], From: from, Rcpts: miltertest.To(fmt.Sprintf("u%06d.alias@example.org", (n*31)%people)),
			Raw: []byte("From: " + from + "\r\nSubject: x\r\n\r\nhello\r\n")})
		if took = append(took, time.Since(start)); err != nil || delivery.MailFrom.Refused() {
			b.Fatalf("answered %v, %v", delivery.Final, err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
}
