package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"usher/milter/filter"
	"usher/milter/ledger"
	"usher/milter/miltertest"
)

// guarded is an office in which senders are checked.
var guarded = []string{"resource: {enabled: true}", "resource: {enabled: true}\n  envelope: {enabled: true, limits: {rcpt_per_hour: 3, denied_rcpt_10m: 2},\n    accounts: {doe: {recipient_rules: [-claire.martin@example.org]}}}"}

// order runs a command in this process, with the configuration of another.
func (p *process) order(want int, args ...string) string {
	p.t.Helper()
	var out, errout strings.Builder
	args = append(args[:1:1], append([]string{"-config", p.file()}, args[1:]...)...)
	if code := run(args, stdio{strings.NewReader(""), &out, &errout}); code != want {
		p.t.Errorf("usher %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errout)
	}
	return out.String() + errout.String()
}

// TestCommandsTalkToServe: while usher serve has the ledger it is asked, what it is told counts at once and is in
// its log, and all of it is there after a restart.
func TestCommandsTalkToServe(t *testing.T) {
	p := served(t, guarded...)
	if info, err := os.Stat(filepath.Join(p.home, "state", controlSocket)); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	if d := deliver(t, p.dial("s"), lunch(t)); !d.Accepted() {
		t.Fatalf("%+v", d)
	}
	if got := p.order(exitOK, "limits", "doe"); !strings.Contains(got, "doe      rcpt     1h      1     3      20") {
		t.Errorf("limits:\n%s", got)
	}
	p.order(exitOK, "suspend", "john.doe@example.org", "-why", "sends spam")
	p.await(`level=INFO msg="account suspended" account=doe why="sends spam" by=\S+\n`)
	if d := deliver(t, p.dial("s"), lunch(t)); d.Accepted() {
		t.Error("a suspended account goes on")
	}
	mail := filepath.Join(p.home, "plain.eml")
	if got := p.order(exitUnavailable, "explain", "-login", "doe", mail); !strings.Contains(got, "sends spam") {
		t.Errorf("explain does not ask usher serve:\n%s", got)
	}
	metrics := p.get("/metrics")
	for _, want := range []string{"usher_suspended_accounts 1\n", `usher_charges_total{counter="rcpt"} 1` + "\n"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}

	p.signal(syscall.SIGHUP)
	p.await("configuration loaded")
	if d := deliver(t, p.dial("s"), lunch(t)); d.Accepted() {
		t.Error("a reload let the account go")
	}
	p.signal(syscall.SIGTERM)
	if code := p.exit(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if got := p.order(exitOK, "limits"); !strings.Contains(got, "sends spam") || !strings.Contains(got, "doe      rcpt     1h      1     3      20") {
		t.Errorf("while none runs:\n%s", got)
	}

	p.begin()
	p.await(`(?s)msg=stopped.*msg=serving `)
	if d := deliver(t, p.dial("s"), lunch(t)); d.Accepted() {
		t.Error("a restart let the account go")
	}
	p.order(exitOK, "resume", "doe")
	p.await(`level=INFO msg="account resumed" account=doe by=\S+\n`)
	if d := deliver(t, p.dial("s"), lunch(t)); !d.Accepted() {
		t.Errorf("resumed, and still %+v", d)
	}
	p.order(exitNoUser, "resume", "nobody")
}

// TestTooManyRefusals: who guesses is suspended by usher, an administrator sees it in the log and in the counters.
func TestTooManyRefusals(t *testing.T) {
	p := served(t, guarded...)
	s := p.dial("s")
	guess := lunch(t)
	guess.Rcpts = miltertest.To("claire.martin@example.org")
	takes := func(m miltertest.Mail) bool {
		d := deliver(t, s, m)
		return d.Accepted()
	}
	if takes(guess) || !takes(lunch(t)) || takes(guess) {
		t.Error("one refusal was one too many, or none was one")
	}
	p.await(`level=INFO msg="account suspended" account=doe why=denied_rcpt_10m by=usher\n`)
	if takes(lunch(t)) {
		t.Error("who guesses goes on")
	}
	got := p.order(exitOK, "limits", "-json", "doe")
	var all statement
	if err := json.Unmarshal([]byte(got), &all); err != nil || len(all.Accounts) != 1 || len(all.Accounts[0].Counters) != 3 {
		t.Fatalf("%v: %s", err, got)
	}
	u := all.Accounts[0]
	if u.Suspended == nil || u.Suspended.Why != "denied_rcpt_10m" || u.Suspended.By != "" {
		t.Errorf("suspended: %+v", u.Suspended)
	}
	for i, want := range []reading{{"rcpt", 3600, 1, 3, nil}, {"rcpt", 86400, 1, 5000, nil}, {"denied", 600, 2, 2, nil}} {
		is := u.Counters[i]
		if is.Resets == nil || time.Until(*is.Resets) > time.Duration(is.Window)*time.Second {
			t.Errorf("%+v resets %v", is, is.Resets)
		}
		if is.Resets = nil; is != want {
			t.Errorf("%+v, want %+v", is, want)
		}
	}
	p.order(exitOK, "resume", "doe")
	if !takes(lunch(t)) {
		t.Error("resumed, and still nothing is taken")
	}
}

// TestControlRefusesNonsense: the socket is for our own commands, and has bounds all the same.
func TestControlRefusesNonsense(t *testing.T) {
	p := served(t)
	c := newClient(filepath.Join(p.home, "state"))
	for path, question := range map[string]any{
		"/suspend": wish{Why: "nobody is named"}, "/resume": "no wish", "/limits": nil, "/nothing": nil,
	} {
		if err := c.ask(t.Context(), http.MethodPost, path, question, new(any)); err == nil {
			t.Errorf("%s was answered", path)
		}
	}
	for _, w := range []wish{{Account: "doe", Why: strings.Repeat("x", maxWhy+1)}, {Account: strings.Repeat("x", 1<<20)}} {
		if err := c.ask(t.Context(), http.MethodPost, "/suspend", w, new(any)); err == nil {
			t.Errorf("%d bytes were taken", len(w.Account)+len(w.Why))
		}
	}
	if err := c.ask(t.Context(), http.MethodGet, "/used?window=soon&now=later", nil, new(any)); err == nil {
		t.Error("a window that is none was taken")
	}
	if got := p.order(exitOK, "limits"); got != "nothing is counted, and nobody is suspended\n" {
		t.Errorf("nonsense left something behind: %s", got)
	}
}

// TestNobodyAnswers: the state directory is taken, and there is no socket to ask.
func TestNobodyAnswers(t *testing.T) {
	p := prepare(t, guarded...)
	l, err := ledger.Open(filepath.Join(p.home, "state"), slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := p.order(exitTemporary, "suspend", "doe"); !strings.Contains(got, "does not answer on "+p.home+"/state/control.sock") {
		t.Errorf("said %s", got)
	}
	p.order(exitTemporary, "limits")
	if got := p.order(exitOK, "explain", "-login", "doe", filepath.Join(p.home, "plain.eml")); !strings.Contains(got, "what accounts have used is not known") {
		t.Errorf("explain does not say what it does not know:\n%s", got)
	}
}

// TestRemoteLedgerSaysWhatTheLocalOneSays.
func TestRemoteLedgerSaysWhatTheLocalOneSays(t *testing.T) {
	s, p := inProcess(t)
	ended := make(chan error)
	signals := make(chan os.Signal)
	go func() { ended <- s.run(signals) }()
	p.await("msg=serving ")
	now := time.Date(2026, 3, 2, 8, 0, 0, 123456000, time.UTC)
	s.ledger.Add(filter.Charge{Account: "a & b=c", Counter: "rcpt", Amount: 3, Time: now.Add(-time.Hour + time.Microsecond)})
	if err := s.ledger.Suspend("a & b=c", filter.Suspension{Since: now, Why: "why", By: "root"}); err != nil {
		t.Fatal(err)
	}
	r := &remote{client: newClient(filepath.Join(p.home, "state")), log: s.log}
	for _, account := range []string{"a & b=c", "nobody"} {
		for _, at := range []time.Time{now, now.Add(time.Microsecond)} {
			want, got := s.ledger.Used(account, "rcpt", time.Hour, at), r.Used(account, "rcpt", time.Hour, at)
			if got.Used != want.Used || !got.Since.Equal(want.Since) {
				t.Errorf("%s: %v, want %v", account, got, want)
			}
		}
		want, wantOK := s.ledger.Suspended(account)
		if got, ok := r.Suspended(account); ok != wantOK || got.Why != want.Why || got.By != want.By || !got.Since.Equal(want.Since) {
			t.Errorf("%s: %v, want %v", account, got, want)
		}
	}
	signals <- syscall.SIGTERM
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestALongList(t *testing.T) {
	if got := (statement{More: 7, Accounts: []spending{{Account: "do\x1be", Counters: []reading{{Counter: "rcpt", Window: 86400, Used: 5}}}}}).tables(); !strings.Contains(got, "do?e     rcpt     24h     5     -      -\nand 7 more accounts") {
		t.Errorf("%s", got)
	}
	for seconds, want := range map[int]string{600: "10m", 3600: "1h", 90: "1m30s", 5400: "1h30m", 86400: "24h", 7: "7s"} {
		if got := span(seconds); got != want {
			t.Errorf("%d s: %s, want %s", seconds, got, want)
		}
	}
}

// TestOnlyServeCharges: filter and explain leave no trace.
func TestOnlyServeCharges(t *testing.T) {
	p := prepare(t, guarded...)
	for range 5 {
		p.order(exitOK, "explain", "-login", "doe", filepath.Join(p.home, "plain.eml"))
	}
	if _, err := os.Stat(filepath.Join(p.home, "state")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("explain made something: %v", err)
	}
}
