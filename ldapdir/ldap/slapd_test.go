package ldap_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/address"
	"usher/ldapdir"
	"usher/ldapdir/ldap"
	"usher/ldapdir/ldap/slapdtest"
)

// settings are those of a site, with much time: tests run on busy machines.
func settings(urls ...string) ldapdir.Config {
	cfg := ldapdir.Defaults()
	cfg.URL, cfg.Base, cfg.Domains = urls, slapdtest.Base, []string{"example.org"}
	cfg.RequestTimeout, cfg.DialTimeout, cfg.Deadline = 20*time.Second, 20*time.Second, time.Minute
	return cfg
}

// hasty gives settings little time, for tests that wait until it is over.
func hasty(cfg ldapdir.Config) ldapdir.Config {
	cfg.RequestTimeout, cfg.DialTimeout, cfg.Breaker.Pause = time.Second, time.Second, 200*time.Millisecond
	return cfg
}

func open(t testing.TB, cfg ldapdir.Config) *ldapdir.Dir {
	t.Helper()
	d, err := ldapdir.New(cfg, ldap.Open, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// found tells whether a backend finds the room, without a cache in between.
func found(t testing.TB, b ldapdir.Backend) error {
	t.Helper()
	raws, err := b.Search(t.Context(), ldapdir.Query{Base: slapdtest.Base, Filter: "(mail=room@example.org)", Limit: 2})
	if err == nil && len(raws) != 1 {
		err = fmt.Errorf("%d entries", len(raws))
	}
	return err
}

func backend(t testing.TB, cfg ldapdir.Config) ldapdir.Backend {
	t.Helper()
	b, err := ldap.Open(cfg.Complete().Profile, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// TestOffice asks a real server what modules ask.
func TestOffice(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	cfg := settings(server.URL)
	cfg.Domains, cfg.DomainSearch.Base = nil, "ou=Domains,"+slapdtest.Base
	d := open(t, cfg)
	if err := d.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	room, ok, err := d.Lookup(t.Context(), "ROOM@example.org")
	if !ok || err != nil || room.Kind != ldapdir.Resource || room.Calendar != "shared/Resources/Blue@example.org" || room.Policies[0] != "ACT_ACCEPT" {
		t.Errorf("room = %+v, %v, %v", room, ok, err)
	}
	all, outside, err := expand(t, d, "staff@example.org")
	if all != "john.doe jane.smith juergen.meier claire.martin" || outside != "" || err != nil {
		t.Errorf("staff = %s, %s, %v", all, outside, err)
	}
	if all, outside, err := expand(t, d, "info@office.example"); all != "jane.smith" || outside != "partner@elsewhere.example" || err != nil {
		t.Errorf("info = %s, %s, %v", all, outside, err)
	}
	if all, _, err := expand(t, d, "english@example.org"); all != "john.doe jane.smith" || err != nil {
		t.Errorf("english = %s, %v", all, err)
	}
	if _, ok, err := d.Login(t.Context(), "SMITH"); !ok || err != nil {
		t.Errorf("login: %v, %v", ok, err)
	}
}

func expand(t *testing.T, d *ldapdir.Dir, addr string) (string, string, error) {
	t.Helper()
	e, ok, err := d.Lookup(t.Context(), address.Must(addr))
	if !ok || err != nil {
		t.Fatalf("%s: %v, %v", addr, ok, err)
	}
	entries, outside, err := d.Expand(t.Context(), e)
	var in, out []string
	for _, e := range entries {
		in = append(in, e.Mail().Local())
	}
	for _, a := range outside {
		out = append(out, a.String())
	}
	return strings.Join(in, " "), strings.Join(out, " "), err
}

// TestRestart: a server that was restarted between two questions is not noticed.
func TestRestart(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	b := backend(t, settings(server.URL))
	for range 3 {
		if err := found(t, b); err != nil {
			t.Fatal(err)
		}
		server.Restart()
	}
	server.Stop()
	if err := found(t, b); err == nil || errors.Is(err, ldapdir.ErrRefused) {
		t.Errorf("stopped: %v", err)
	}
	server.Restart()
	if err := found(t, b); err != nil { // although it counts as down for half a minute
		t.Errorf("back: %v", err)
	}
}

// TestFrozen: a server that takes connections and says nothing costs a moment, stale answers are used, and it is
// asked again after it woke up.
func TestFrozen(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	cfg := hasty(settings(server.URL))
	cfg.Cache.TTL, cfg.Breaker.Failures = time.Nanosecond, 1
	d := open(t, cfg)
	if _, ok, err := d.Lookup(t.Context(), "room@example.org"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	server.Freeze()
	if e, ok, err := d.Lookup(t.Context(), "room@example.org"); !ok || err != nil || !e.Stale {
		t.Errorf("frozen: %+v, %v, %v", e, ok, err)
	}
	if _, _, err := d.Lookup(t.Context(), "green@example.org"); !errors.Is(err, ldapdir.ErrUnavailable) {
		t.Errorf("frozen, never seen: %v", err)
	}
	if s := d.Stats().Directories[0]; s.Breaker != "open" || !s.Servers[0].Down {
		t.Errorf("%+v", s)
	}
	if err := d.Probe(t.Context()); err == nil {
		t.Error("the probe found nothing wrong")
	}
	server.Thaw()
	deadline := time.Now().Add(20 * time.Second)
	for {
		if e, ok, err := d.Lookup(t.Context(), "room@example.org"); ok && err == nil && !e.Stale {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("not asked again")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if s := d.Stats().Directories[0]; s.Breaker != "closed" || s.Servers[0].Down {
		t.Errorf("%+v", s)
	}
}

// TestFailover: the second server answers while the first is frozen, gone, or was never there.
func TestFailover(t *testing.T) {
	first, second := slapdtest.Start(t, office(t)), slapdtest.Start(t, office(t))
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	b := backend(t, hasty(settings("ldap://"+nobody.Addr().String(), first.URL, second.URL)))
	down := func() (n int) {
		for _, s := range b.(ldapdir.Monitored).Servers() {
			if s.Down {
				n++
			}
		}
		return n
	}
	if err := found(t, b); err != nil || down() != 1 {
		t.Fatalf("%v, %d servers down", err, down())
	}
	first.Freeze()
	if err := found(t, b); err != nil || down() != 2 {
		t.Errorf("first frozen: %v, %d servers down", err, down())
	}
	second.Stop()
	first.Thaw()
	if err := found(t, b); err != nil { // both count as down, and one is better than none
		t.Errorf("second gone, first back: %v", err)
	}
	first.Stop()
	if err := found(t, b); err == nil {
		t.Error("nobody is there, and somebody answered")
	}
	if err := b.(ldapdir.Prober).Probe(t.Context()); err == nil || strings.Count(err.Error(), "ldap://") < 3 {
		t.Errorf("the probe names not every server: %v", err)
	}
}

// TestContext: who has no more time does not wait for a server, nor for a turn.
func TestContext(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	cfg := settings(server.URL)
	cfg.Pool, cfg.RequestTimeout = 1, time.Hour
	b := backend(t, cfg)
	if err := found(t, b); err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	for range 2 { // once on a connection from the pool, once on one that cannot be made
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := b.Search(ctx, ldapdir.Query{Base: slapdtest.Base, Filter: "(uid=doe)"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		cancel()
	}
	holder, release := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		b.Search(holder, ldapdir.Query{Base: slapdtest.Base, Filter: "(uid=doe)"})
		close(done)
	}()
	time.Sleep(20 * time.Millisecond) // it has the only turn by now, or the other is refused just the same
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Search(ctx, ldapdir.Query{Base: slapdtest.Base, Filter: "(uid=doe)"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a turn: %v", err)
	}
	release()
	<-done
	server.Thaw()
	if err := found(t, b); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestPages: a search bigger than the server's size limit is complete; one that may not page is an error,
// not the part that came.
func TestPages(t *testing.T) {
	var entries strings.Builder
	entries.WriteString(office(t))
	for i := range 1201 {
		fmt.Fprintf(&entries, "\ndn: cn=many%d,ou=People,%s\nobjectClass: inetOrgPerson\ncn: many%d\nsn: many\n", i, slapdtest.Base, i)
	}
	server := slapdtest.Start(t, entries.String())
	q := ldapdir.Query{Base: slapdtest.Base, Filter: "(sn=many)", Attrs: []string{"cn"}}
	b := backend(t, settings(server.URL))
	raws, err := b.Search(t.Context(), q)
	if len(raws) != 1201 || err != nil {
		t.Errorf("%d entries, %v", len(raws), err)
	}
	for _, limit := range []int{1200, 600, 499, 1} {
		q.Limit = limit
		if raws, err := b.Search(t.Context(), q); raws != nil || !errors.Is(err, ldapdir.ErrTooMany) {
			t.Errorf("limit %d: %d entries, %v", limit, len(raws), err)
		}
	}
	q.Limit = 1201
	if raws, err := b.Search(t.Context(), q); len(raws) != 1201 || err != nil {
		t.Errorf("limit 1201: %d entries, %v", len(raws), err)
	}
	cfg := settings(server.URL)
	cfg.PageSize = 10_000 // limits.size.pr allows 1000
	q.Limit = 0
	if raws, err := backend(t, cfg).Search(t.Context(), q); err == nil && len(raws) != 1201 {
		t.Errorf("%d entries without an error", len(raws))
	}
}

func TestBind(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	cfg := settings(server.URL)
	cfg.BindDN, cfg.PasswordFile = slapdtest.RootDN, write(t, "password", "wrong\n")
	b := backend(t, cfg)
	if err := found(t, b); err == nil || !strings.Contains(err.Error(), "bind as "+slapdtest.RootDN) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("wrong password: %v", err)
	}
	if err := os.WriteFile(cfg.PasswordFile, []byte(slapdtest.Password+"\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := found(t, b); err != nil { // read again at the next bind
		t.Errorf("right password: %v", err)
	}
	if err := os.WriteFile(cfg.PasswordFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := found(t, backend(t, cfg)); err == nil { // an empty password would be an anonymous bind (RFC 4513 5.1.2)
		t.Error("an empty password was taken")
	}
}

func TestEncrypted(t *testing.T) {
	cert, ca := certificate(t, "127.0.0.1")
	server := slapdtest.StartTLS(t, office(t), cert)
	_, otherCA := certificate(t, "127.0.0.1")
	for _, tt := range []struct {
		name, url string
		startTLS  bool
		ca        string
		ok        bool
	}{
		{"ldaps", server.LDAPS, false, ca, true},
		{"StartTLS", server.URL, true, ca, true},
		{"socket", server.LDAPI, false, "", true},
		{"ldaps, unknown issuer", server.LDAPS, false, otherCA, false},
		{"StartTLS, unknown issuer", server.URL, true, otherCA, false},
		{"StartTLS, the system's issuers", server.URL, true, "", false},
		{"ldaps, another name", strings.Replace(server.LDAPS, "127.0.0.1", "localhost", 1), false, ca, false},
		{"plain on the encrypted port", strings.Replace(server.LDAPS, "ldaps", "ldap", 1), false, "", false},
	} {
		cfg := settings(tt.url)
		cfg.StartTLS, cfg.CAFile = tt.startTLS, tt.ca
		if !tt.ok {
			cfg = hasty(cfg) // speaking in the clear to an encrypted port waits for an answer
		}
		if err := found(t, backend(t, cfg)); (err == nil) != tt.ok {
			t.Errorf("%s: %v; want ok %v", tt.name, err, tt.ok)
		}
	}
	plain := slapdtest.Start(t, office(t))
	cfg := settings(plain.URL)
	cfg.StartTLS = true
	if err := found(t, backend(t, cfg)); err == nil {
		t.Error("went on in the clear where StartTLS was wanted")
	}
	if _, err := ldap.Open(ldapdir.Profile{CAFile: write(t, "ca.pem", "no certificate")}, nil); err == nil {
		t.Error("a CA file without a certificate was taken")
	}
}

// certificate makes one that signs itself, and the file a client needs to believe it.
func certificate(t *testing.T, ip string) (slapdtest.TLS, string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "slapd"}, IPAddresses: []net.IP{net.ParseIP(ip)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	cert := write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return slapdtest.TLS{CertFile: cert, KeyFile: write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))}, cert
}

// TestReferrals: an answer that points elsewhere is not complete, unless we are told that it is.
func TestReferrals(t *testing.T) {
	server := slapdtest.Start(t, office(t)+`
dn: ou=Branch,dc=example,dc=org
objectClass: referral
objectClass: extensibleObject
ou: Branch
ref: ldap://branch.example/ou=Branch,dc=example,dc=org
`)
	cfg := settings(server.URL)
	if err := found(t, backend(t, cfg)); !errors.Is(err, ldapdir.ErrRefused) || !strings.Contains(err.Error(), "branch.example") {
		t.Errorf("%v", err)
	}
	cfg.Referrals = "ignore"
	if err := found(t, backend(t, cfg)); err != nil {
		t.Errorf("ignored: %v", err)
	}
}

// TestRefusals: questions the server turns down are told from a server that is not there.
func TestRefusals(t *testing.T) {
	server := slapdtest.Start(t, office(t))
	b := backend(t, settings(server.URL))
	for _, q := range []ldapdir.Query{
		{Base: "ou=Nowhere," + slapdtest.Base, Filter: "(uid=doe)"},
		{Base: "dc=elsewhere", Filter: "(uid=doe)"},
		{Base: "no name", Filter: "(uid=doe)"},
		{Base: slapdtest.Base, Filter: "(uid=doe"},
		{Base: slapdtest.Base, Filter: strings.Repeat("(!", 100_000) + "(uid=doe)" + strings.Repeat(")", 100_000)},
	} {
		if raws, err := b.Search(t.Context(), q); raws != nil || !errors.Is(err, ldapdir.ErrRefused) {
			t.Errorf("Search(%.60q below %s) = %v, %v; want ErrRefused", q.Filter, q.Base, raws, err)
		}
	}
	if err := found(t, b); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
