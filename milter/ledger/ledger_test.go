package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/milter/filter"
	"usher/milter/store"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// said is a log that several may write.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func open(t testing.TB, dir string) (*Ledger, *said) {
	t.Helper()
	var log said
	l, err := Open(dir, slog.New(slog.NewTextHandler(&log, nil)), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, &log
}

func closed(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func charged1(account, counter string, amount int, at time.Time) filter.Charge {
	return filter.Charge{Account: account, Counter: counter, Amount: amount, Time: at}
}

// TestSameAnswers: whatever happens, and however often it is closed and opened meanwhile, a Ledger says what a
// MemoryLedger says.
func TestSameAnswers(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := &comparison{T: t, r: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), now: noon}
			c.ours, _ = open(t, c.dir)
			for range 400 {
				c.step()
			}
		})
	}
}

// comparison lets the same things happen to both.
type comparison struct {
	*testing.T
	r    *rand.Rand
	dir  string
	now  time.Time
	ours *Ledger
	want filter.MemoryLedger
}

var (
	accounts = []string{"doe", "smith", "host:scanner"}
	counters = []string{"rcpt", "denied"}
	windows  = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour}
)

func (c *comparison) step() {
	switch n := c.r.IntN(100); {
	case n < 80:
		c.charge()
	case n < 83:
		account := c.someone()
		c.want.Resume(account)
		if _, err := c.ours.Resume(account, "test"); err != nil {
			c.Fatal(err)
		}
	case n < 86:
		closed(c.T, c.ours)
		c.ours, _ = open(c.T, c.dir)
	}
	c.compare()
}

func (c *comparison) someone() string { return accounts[c.r.IntN(len(accounts))] }

// charge lets time pass, mostly little; mails do not come strictly in order.
func (c *comparison) charge() {
	scale := []time.Duration{0, time.Second, time.Minute, 5 * time.Hour}[min(c.r.IntN(9), 3)]
	c.now = c.now.Add(time.Duration(c.r.Int64N(int64(scale)+1)) / 1000 * 1000)
	late := c.now.Add(-time.Duration(c.r.IntN(3)) * time.Second)
	charge := charged1(c.someone(), counters[c.r.IntN(2)], c.r.IntN(5), late)
	if c.r.IntN(30) == 0 {
		charge.Suspend = fmt.Sprint("reason ", c.r.IntN(100))
	}
	c.ours.Add(charge)
	c.want.Add(charge)
}

func (c *comparison) compare() {
	c.Helper()
	for _, account := range append(accounts, "nobody") {
		got, ok := c.ours.Suspended(account)
		want, wantOK := c.want.Suspended(account)
		if ok != wantOK || got.Why != want.Why || got.By != want.By || !got.Since.Equal(want.Since) {
			c.Fatalf("%s suspended: %v, %v; want %v, %v", account, got, ok, want, wantOK)
		}
		for _, counter := range counters {
			for _, window := range windows {
				got, want := c.ours.Used(account, counter, window, c.now), c.want.Used(account, counter, window, c.now)
				if got.Used != want.Used || !got.Since.Equal(want.Since) {
					c.Fatalf("%s of %s within %v: %v; want %v", counter, account, window, got, want)
				}
			}
		}
	}
}

// crash is the ledger as another process would find it if this one ended now.
func crash(t *testing.T, dir string) *Ledger {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	after := t.TempDir()
	if err := os.WriteFile(filepath.Join(after, File), data, 0o600); err != nil {
		t.Fatal(err)
	}
	l, _ := open(t, after)
	return l
}

func TestASuspensionIsOnTheDiskAtOnce(t *testing.T) {
	dir := t.TempDir()
	l, log := open(t, dir)
	c := charged1("doe", "denied", 1, noon)
	c.Suspend = "denied_rcpt_10m"
	l.Add(c)
	after := crash(t, dir)
	if s, ok := after.Suspended("doe"); !ok || s.Why != c.Suspend || !s.Since.Equal(noon) {
		t.Errorf("after a crash: %v, %v", s, ok)
	}
	if after.Used("doe", "denied", time.Hour, noon).Used != 1 {
		t.Error("the charge that led to it was forgotten")
	}
	if err := l.Suspend("smith", filter.Suspension{Since: noon, Why: "phished", By: "root"}); err != nil {
		t.Fatal(err)
	}
	if was, err := l.Resume("doe", "root"); !was || err != nil {
		t.Errorf("resume: %v, %v", was, err)
	}
	after = crash(t, dir)
	if _, ok := after.Suspended("doe"); ok || after.Used("doe", "denied", time.Hour, noon).Used != 0 {
		t.Error("a crash undid a resumption")
	}
	if s, ok := after.Suspended("smith"); !ok || s.By != "root" || after.SuspendedAccounts() != 1 {
		t.Errorf("by hand: %v, %v", s, ok)
	}
	for _, want := range []string{
		`level=INFO msg="account suspended" account=doe why=denied_rcpt_10m by=usher`,
		`level=INFO msg="account suspended" account=smith why=phished by=root`,
		`level=INFO msg="account resumed" account=doe by=root`,
	} {
		if strings.Count(log.String(), want+"\n") != 1 {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

// An account that goes on trying is stopped for its first reason, and costs no further write.
func TestTheFirstReasonStays(t *testing.T) {
	l, log := open(t, t.TempDir())
	for i, why := range []string{"first", "second"} {
		c := charged1("doe", "denied", 1, noon.Add(time.Duration(i)*time.Minute))
		c.Suspend = why
		l.Add(c)
	}
	if s, _ := l.Suspended("doe"); s.Why != "first" || !s.Since.Equal(noon) {
		t.Errorf("%v", s)
	}
	if n := strings.Count(log.String(), "account suspended"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if err := l.Suspend("doe", filter.Suspension{Since: noon, Why: "by hand", By: "root"}); err != nil {
		t.Error(err)
	}
	if s, _ := l.Suspended("doe"); s.Why != "by hand" || l.SuspendedAccounts() != 1 {
		t.Errorf("%v; %d suspended", s, l.SuspendedAccounts())
	}
}

// Charges reach the disk without anybody asking.
func TestChargesAreWrittenSoon(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir)
	l.Add(charged1("doe", "rcpt", 7, noon))
	for range 1000 {
		if crash(t, dir).Used("doe", "rcpt", time.Hour, noon).Used == 7 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("they are not there")
}

func TestRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	r, err := Read(dir, slog.New(slog.DiscardHandler))
	if err != nil || r.Used("doe", "rcpt", time.Hour, noon).Used != 0 {
		t.Errorf("where there is none: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading made it")
	}
	l, _ := open(t, dir)
	l.Add(charged1("doe", "rcpt", 7, noon))
	if _, err := Read(dir, slog.New(slog.DiscardHandler)); !errors.Is(err, store.ErrInUse) {
		t.Errorf("while somebody writes: %v", err)
	}
	closed(t, l)
	if r, err = Read(dir, slog.New(slog.DiscardHandler)); err != nil || r.Used("doe", "rcpt", time.Hour, noon).Used != 7 {
		t.Errorf("afterwards: %v", err)
	}
	if err := r.Suspend("doe", filter.Suspension{}); err == nil {
		t.Error("what is only read was written")
	}
	if _, err := r.Resume("doe", ""); err == nil {
		t.Error("what is only read was written")
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
}

func TestADamagedLedgerBeginsAnewLoudly(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), bytes.Repeat([]byte("no ledger\n"), 9999), 0o600); err != nil {
		t.Fatal(err)
	}
	l, log := open(t, dir)
	l.Add(charged1("doe", "rcpt", 7, noon))
	if l.Used("doe", "rcpt", time.Hour, noon).Used != 7 {
		t.Error("the fresh one does not count")
	}
	if !strings.Contains(log.String(), `level=ERROR msg="ledger damaged, moved aside; counters begin at 0, and accounts suspended here can send again"`) {
		t.Errorf("said %s", log)
	}
	if kept, _ := filepath.Glob(filepath.Join(dir, File+".*.damaged")); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}

// One value that cannot be read costs no other one, and lets nobody go.
func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, dir)
	if err := l.Suspend("doe", filter.Suspension{Since: noon, Why: "phished"}); err != nil {
		t.Fatal(err)
	}
	l.Add(charged1("doe", "rcpt", 1, noon))
	if err := l.flush(); err != nil {
		t.Fatal(err)
	}
	if err := l.file.Update(func(tx *store.Tx) error {
		return errors.Join(tx.Append(charged, []byte("nonsense, nonsense")), tx.Append(charged, nil), tx.Put(suspended, []byte("doe"), []byte("{")))
	}); err != nil {
		t.Fatal(err)
	}
	l.Add(charged1("doe", "rcpt", 2, noon))
	closed(t, l)
	l, log := open(t, dir)
	if u := l.Used("doe", "rcpt", time.Hour, noon); u.Used != 3 {
		t.Errorf("used %v", u)
	}
	if s, ok := l.Suspended("doe"); !ok || s.Why != "unknown" {
		t.Errorf("suspended %v, %v", s, ok)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 3 {
		t.Errorf("said %s", log)
	}
}

// A disk that takes nothing: it counts on, says so once, and writes when the disk is there again.
func TestADiskThatTakesNothing(t *testing.T) {
	dir := t.TempDir()
	l, log := open(t, dir)
	good := l.file
	gone, err := store.Open(filepath.Join(t.TempDir(), "gone"), options(slog.New(slog.DiscardHandler), clock))
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	l.useFile(gone)
	c := charged1("doe", "rcpt", 7, noon)
	c.Suspend = "denied"
	l.Add(c)
	if err := l.Suspend("smith", filter.Suspension{Since: noon}); err == nil {
		t.Error("nobody is told that it is not written")
	}
	if _, ok := l.Suspended("smith"); !ok || l.Used("doe", "rcpt", time.Hour, noon).Used != 7 {
		t.Error("it does not count on")
	}
	l.useFile(good)
	if err := l.flush(); err != nil {
		t.Error(err)
	}
	after := crash(t, dir)
	_, doe := after.Suspended("doe")
	_, smith := after.Suspended("smith")
	if !doe || !smith || after.Used("doe", "rcpt", time.Hour, noon).Used != 7 {
		t.Errorf("not written afterwards: %v, %v", doe, smith)
	}
	if n := strings.Count(log.String(), "ledger not written"); n != 1 || !strings.Contains(log.String(), "ledger is written again") {
		t.Errorf("said %s", log)
	}
}

func (l *Ledger) useFile(s *store.Store) {
	l.writing.Lock()
	l.file = s
	l.writing.Unlock()
}

// What waits for the disk has bounds; suspensions find room beyond them.
func TestTheQueueIsBounded(t *testing.T) {
	l := &Ledger{log: slog.New(slog.DiscardHandler), file: new(store.Store), book: newBook()}
	for i := range maxQueue + 100 {
		l.add(charged1("doe", "rcpt", 1, noon.Add(time.Duration(i)*time.Millisecond)))
	}
	c := charged1("doe", "rcpt", 1, noon)
	c.Suspend = "enough"
	l.add(c)
	if n := len(l.queue); n != maxQueue+1 || !l.dropped {
		t.Errorf("%d wait", n)
	}
}

func TestTheFileForgets(t *testing.T) {
	l, _ := open(t, t.TempDir())
	batches := func() (n int) {
		_ = l.file.View(func(tx *store.Tx) error {
			for range tx.All(charged) {
				n++
			}
			return nil
		})
		return n
	}
	at := noon
	add := func(step time.Duration) {
		at = at.Add(step)
		l.Add(charged1("doe", "rcpt", 1, at))
		if err := l.flush(); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 {
		add(time.Second)
	}
	if n := batches(); n != 50 {
		t.Errorf("forgot too early: %d batches", n)
	}
	add(40 * 24 * time.Hour) // the clock was wrong
	add(-40 * 24 * time.Hour)
	add(26 * time.Hour)
	for range 5 {
		add(time.Second)
	}
	if n := batches(); n != 6 {
		t.Errorf("%d batches are left, want 6", n)
	}
}

func TestManyAtATime(t *testing.T) {
	l, _ := open(t, t.TempDir())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				at := noon.Add(time.Duration(j) * time.Second)
				l.Add(charged1("doe", "rcpt", 1, at))
				l.Used("doe", "rcpt", time.Hour, at)
				l.Accounts(5)
				if j%100 == 0 {
					c := charged1(fmt.Sprint("user", i), "", 0, at)
					c.Suspend = "why"
					l.Add(c)
				}
			}
		})
	}
	all.Wait()
	if u := l.Used("doe", "rcpt", time.Hour, noon.Add(200*time.Second)); u.Used != 1600 || l.SuspendedAccounts() != 8 {
		t.Errorf("%v, %d suspended", u, l.SuspendedAccounts())
	}
}

func TestAccounts(t *testing.T) {
	l, _ := open(t, t.TempDir())
	for i, name := range []string{"a", "b", "c"} {
		l.Add(charged1(name, "rcpt", 1, noon.Add(time.Duration(i)*time.Second)), charged1(name, "denied", 1, noon.Add(time.Duration(i)*time.Second)))
	}
	if err := l.Suspend("d", filter.Suspension{Since: noon}); err != nil {
		t.Fatal(err)
	}
	if all, more := l.Accounts(3); fmt.Sprint(all) != "[{d []} {c [denied rcpt]} {b [denied rcpt]}]" || more != 1 {
		t.Errorf("%v and %d more", all, more)
	}
	if a, ok := l.Account("b"); !ok || fmt.Sprint(a) != "{b [denied rcpt]}" {
		t.Errorf("%v, %v", a, ok)
	}
	if _, err := l.Resume("b", ""); err != nil {
		t.Fatal(err)
	}
	if a, ok := l.Account("b"); ok {
		t.Errorf("%v is left", a)
	}
}

// A name of any length is one name, and none is nobody's.
func TestOddNames(t *testing.T) {
	l, _ := open(t, t.TempDir())
	long := strings.Repeat("x", 70000)
	c := charged1(long, long, 1, noon)
	c.Suspend = "why"
	l.Add(c, filter.Charge{Counter: "rcpt", Amount: 1, Time: noon, Suspend: "nobody"})
	if _, ok := l.Suspended(long); !ok || l.Used(long, long, time.Hour, noon).Used != 1 {
		t.Error("a long name is lost")
	}
	if _, ok := l.Suspended(""); ok {
		t.Error("nobody is suspended")
	}
	if err := l.flush(); err != nil {
		t.Error(err)
	}
}
