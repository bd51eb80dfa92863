package ldap_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/jimlambrt/gldap"
	"go.uber.org/goleak"

	"usher/ldapdir"
	"usher/ldapdir/ldap"
)

// script is a server in process that answers searches with the codes it is told, one after another, then with
// success. Each answer brings one entry first, so that a part is there to be mistaken for the whole.
type script struct {
	url   string
	mu    sync.Mutex
	codes []int
	seen  []string // filters
	binds int
}

func (s *script) next(filter string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, filter)
	if len(s.codes) == 0 {
		return gldap.ResultSuccess
	}
	code := s.codes[0]
	s.codes = s.codes[1:]
	return code
}

func (s *script) search(w *gldap.ResponseWriter, r *gldap.Request) {
	m, err := r.GetSearchMessage()
	if err != nil {
		return
	}
	code := s.next(m.Filter)
	w.Write(r.NewSearchResponseEntry("uid=doe,dc=example,dc=org", gldap.WithAttributes(map[string][]string{"MAIL": {"doe@example.org"}, "Uid": {"doe"}})))
	w.Write(r.NewSearchDoneResponse(gldap.WithResponseCode(code)))
}

func startScript(t *testing.T, codes ...int) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	server, err := gldap.NewServer(gldap.WithLogger(hclog.NewNullLogger()))
	if err != nil {
		t.Fatal(err)
	}
	s := &script{url: "ldap://" + addr, codes: codes}
	mux, _ := gldap.NewMux()
	mux.Search(s.search)
	mux.Bind(func(w *gldap.ResponseWriter, r *gldap.Request) {
		s.mu.Lock()
		s.binds++
		s.mu.Unlock()
		w.Write(r.NewBindResponse(gldap.WithResponseCode(gldap.ResultSuccess)))
	})
	server.Router(mux)
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Run(addr)
	}()
	t.Cleanup(func() {
		server.Stop()
		<-done
	})
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return s
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("gldap does not listen")
	return nil
}

// TestResultCodes: which results are tried again, and what the others mean.
func TestResultCodes(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("codes", func(t *testing.T) {
		for _, tt := range []struct {
			name          string
			first, second []int
			asked         int
			want          error
		}{
			{"success", nil, nil, 1, nil},
			{"busy once", []int{gldap.ResultBusy}, nil, 2, nil},
			{"shutting down", []int{gldap.ResultUnavailable, gldap.ResultUnavailable}, nil, 2, nil},
			{"unwilling", []int{gldap.ResultUnwillingToPerform}, nil, 2, nil},
			{"both unavailable", []int{gldap.ResultUnavailable}, []int{gldap.ResultUnavailable}, 2, errAny},
			{"size limit", []int{gldap.ResultSizeLimitExceeded}, nil, 1, ldapdir.ErrTooMany},
			{"time limit", []int{gldap.ResultTimeLimitExceeded}, nil, 1, ldapdir.ErrRefused},
			{"administrative limit", []int{gldap.ResultAdminLimitExceeded}, nil, 1, ldapdir.ErrRefused},
			{"not allowed", []int{gldap.ResultInsufficientAccessRights}, nil, 1, ldapdir.ErrRefused},
			{"referral", []int{gldap.ResultReferral}, nil, 1, ldapdir.ErrRefused},
			{"no such base", []int{gldap.ResultNoSuchObject}, nil, 1, ldapdir.ErrRefused},
		} {
			first, second := startScript(t, tt.first...), startScript(t, tt.second...)
			b := backend(t, settings(first.url, second.url))
			raws, err := b.Search(t.Context(), ldapdir.Query{Base: "dc=example,dc=org", Filter: "(uid=doe)", Limit: 5})
			if asked := len(first.seen) + len(second.seen); asked != tt.asked {
				t.Errorf("%s: %d questions; want %d", tt.name, asked, tt.asked)
			}
			switch {
			case tt.want == nil && (err != nil || len(raws) != 1):
				t.Errorf("%s: %v, %v", tt.name, raws, err)
			case tt.want == errAny && (err == nil || errors.Is(err, ldapdir.ErrRefused) || errors.Is(err, ldapdir.ErrTooMany)):
				t.Errorf("%s: %v; want a failure of the server", tt.name, err)
			case tt.want != nil && tt.want != errAny && !errors.Is(err, tt.want):
				t.Errorf("%s: %v; want %v", tt.name, err, tt.want)
			}
			if err != nil && raws != nil {
				t.Errorf("%s: a part came with the error", tt.name)
			}
			b.Close()
		}
	})
}

var errAny = errors.New("any")

// TestThroughTheWire: spelling of attribute names and escaping survive a server that is not slapd.
func TestThroughTheWire(t *testing.T) {
	s := startScript(t)
	d := open(t, settings(s.url))
	e, ok, err := d.Lookup(t.Context(), "doe@example.org")
	if !ok || err != nil || e.Mail() != "doe@example.org" || e.Logins[0] != "doe" || e.Attr("mail") != "doe@example.org" {
		t.Errorf("%+v, %v, %v", e, ok, err)
	}
	d.Login(t.Context(), "*)(uid=*")
	if got := s.seen[len(s.seen)-1]; strings.Count(got, "=") != 4 || strings.Contains(strings.ReplaceAll(got, `\2a`, ""), "*") {
		t.Errorf("asked %s", got)
	}
}

// TestPoolIsBounded: many at once share the connections there are, and none is opened for each question.
func TestPoolIsBounded(t *testing.T) {
	s := startScript(t)
	cfg := settings(s.url)
	cfg.Pool, cfg.RequestTimeout = 3, 10*time.Second
	cfg.BindDN, cfg.PasswordFile = "cn=usher", write(t, "password", "secret")
	b := backend(t, cfg)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 10 {
				if _, err := b.Search(t.Context(), ldapdir.Query{Base: "dc=x", Filter: "(uid=doe)"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if s.binds > 3 || len(s.seen) != 200 {
		t.Errorf("%d connections for %d questions", s.binds, len(s.seen))
	}
}

// TestClose: nobody gets a connection afterwards, and nothing is left running.
func TestClose(t *testing.T) {
	s := startScript(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	b, err := ldap.Open(settings(s.url).Complete().Profile, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := ldapdir.Query{Base: "dc=x", Filter: "(uid=doe)"}
	if _, err := b.Search(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if raws, err := b.Search(context.Background(), q); err == nil {
		t.Errorf("after Close: %v", raws)
	}
}
