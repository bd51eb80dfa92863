package filter

import (
	"context"
	"errors"
	"testing"
	"time"

	"usher/address"
	"usher/milter/message"
)

// judge is a module that is asked about recipients only.
type judge struct {
	verdict Verdict
	err     error
}

func (judge) Match(*Envelope, message.Header) Interest { return Nothing }

func (judge) Plan(context.Context, *Tx) (Plan, error) { return Plan{}, nil }

func (j judge) CheckRecipient(context.Context, *Envelope, Recipient) (Verdict, error) {
	return j.verdict, j.err
}

func TestChargesFollowWhatWasSaid(t *testing.T) {
	no := &Refusal{Code: 550, Enhanced: "5.7.1", Text: "no", Reason: "x.no"}
	spent := func(counter string) []Charge { return []Charge{{Account: "a", Counter: counter, Amount: 1}} }
	busy := &Failure{Refusal: &Refusal{Code: 451, Enhanced: "4.4.3", Text: "busy"}, Err: errors.New("down")}
	tests := []struct {
		name    string
		modules []judge
		onError OnError
		audit   bool
		refused string
		charged string
		seen    int
	}{
		{"all agree", []judge{{verdict: Verdict{Charges: spent("1")}}, {verdict: Verdict{Charges: spent("2")}}}, Defer, false, "", "12", 2},
		{"a later module refuses", []judge{{verdict: Verdict{Charges: spent("1")}}, {verdict: Verdict{Refusal: no, Charges: spent("2")}}}, Defer, false, "550 5.7.1 no", "2", 2},
		{"an earlier module refuses", []judge{{verdict: Verdict{Refusal: no, Charges: spent("1")}}, {}}, Defer, false, "550 5.7.1 no", "1", 1},
		{"audit", []judge{{verdict: Verdict{Refusal: no, Charges: spent("1")}}, {}}, Defer, true, "", "", 2},
		{"only would refuse", []judge{{verdict: Verdict{Refusal: no, Would: true, Charges: spent("1")}}}, Defer, false, "", "", 1},
		{"a failure says what to answer", []judge{{err: busy}}, Defer, false, "451 4.4.3 busy", "", 1},
		{"a failure never refuses for good", []judge{{err: &Failure{Refusal: no, Err: errors.New("x")}}}, Defer, false, Unavailable().String(), "", 1},
		{"a failure that passes", []judge{{err: busy, verdict: Verdict{Charges: spent("1")}}, {verdict: Verdict{Charges: spent("2")}}}, Pass, false, "", "2", 2},
	}
	for _, tt := range tests {
		var p Pipeline
		var charged string
		seen := 0
		p.Charge = func(_ context.Context, cs []Charge) {
			for _, c := range cs {
				charged += c.Counter
			}
		}
		p.Seen = func(c Checked) {
			seen++
			if c.Stage != AtRcpt || c.Rcpt != "b@example.org" || c.Step != "judge" || c.Audit != (tt.audit || c.Would) {
				t.Errorf("%s: seen %+v", tt.name, c)
			}
		}
		for _, m := range tt.modules {
			p.Steps = append(p.Steps, Step{Name: "judge", Setting: Setting{Module: m, OnError: tt.onError, Audit: tt.audit}})
		}
		env := &Envelope{Role: Submission}
		refused := ""
		if r := p.Rcpt(t.Context(), env, Recipient{Address: address.Must("b@example.org")}); r != nil {
			refused = r.String()
		}
		if refused != tt.refused || charged != tt.charged || seen != tt.seen {
			t.Errorf("%s: refused %q, charged %q, %d seen; want %q, %q, %d", tt.name, refused, charged, seen, tt.refused, tt.charged, tt.seen)
		}
		if (len(env.Rcpts) == 1) != (tt.refused == "") {
			t.Errorf("%s: recipients %v", tt.name, env.Rcpts)
		}
	}
}

func TestMemoryLedger(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var l MemoryLedger
	if u := l.Used("a", "rcpt", time.Hour, now); u != (Usage{}) {
		t.Errorf("empty: %v", u)
	}
	l.Add(Charge{"a", "rcpt", 3, now.Add(-2 * time.Hour), ""}, Charge{"a", "rcpt", 2, now.Add(-time.Minute), ""},
		Charge{"a", "denied", 1, now, ""}, Charge{"b", "rcpt", 9, now, ""}, Charge{"a", "", 0, now, "too many"})
	for window, want := range map[time.Duration]Usage{
		time.Hour: {2, now.Add(-time.Minute)}, 3 * time.Hour: {5, now.Add(-2 * time.Hour)}, time.Minute: {},
	} {
		if u := l.Used("a", "rcpt", window, now); u != want {
			t.Errorf("within %v: %v; want %v", window, u, want)
		}
	}
	l.Add(Charge{"a", "", 0, now.Add(time.Hour), "again"})
	if s, ok := l.Suspended("a"); !ok || s.Why != "too many" || !s.Since.Equal(now) {
		t.Errorf("suspended: %v, %v", s, ok)
	}
	l.Add(Charge{"a", "rcpt", 1, now.Add(23 * time.Hour), ""})
	if u := l.Used("a", "rcpt", 48*time.Hour, now.Add(23*time.Hour)); u.Used != 3 {
		t.Errorf("what is a day old is kept: %v", u)
	}
	l.Resume("a")
	if _, ok := l.Suspended("a"); ok || l.Used("a", "rcpt", time.Hour, now).Used != 0 || l.Used("b", "rcpt", time.Hour, now).Used != 9 {
		t.Error("resume forgets too little or too much")
	}
}

func TestDegraded(t *testing.T) {
	if (Verdict{Proof: []Fact{{}, {}}}).Degraded() || !(Verdict{Proof: []Fact{{}, {Stale: true}}}).Degraded() {
		t.Error("a stale fact makes a degraded verdict, and nothing else does")
	}
}
